import type * as z from "zod";
import { readKeyByCredential } from "../../../db/directory/read/security-keys.ts";
import type { LogEntry } from "../../contract/log-entry.ts";
import type { logShapes } from "../../contract/shapes/log.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { organizationLog } from "../../log/notify.ts";
import { readerOf } from "./reader.ts";

type Answer = z.infer<(typeof logShapes)["read-log-entry"]["answer"]>;

/**
 * One entry with what stands around it, and with what the log tells of the key that signed it: whoever may see an act may check its signature. One that
 * is not there and one that is not the actor's to see are answered alike.
 */
export const readLogEntry: Handler<"read-log-entry"> = async ({ actor }, { params }, { env }) => {
  const sequence = /^[1-9]\d{0,14}$/.test(params["entry"]!) ? Number(params["entry"]) : 0;
  const found = await organizationLog(env, actor.organizationId).readEntry(readerOf(actor), sequence);
  if (!found) throw new Problem("not_found", { detail: "There is no such thing, or it is not yours to see." });
  const entry = JSON.parse(found.entry) as LogEntry;
  const parsed = (texts: readonly string[]) => texts.map((text) => JSON.parse(text) as Answer["entry"]);
  const evidence = entry.event.kind === "act-accepted" ? entry.event.evidence : null;
  return Response.json({
    entry: entry as unknown as Answer["entry"],
    names: found.names,
    next: found.next,
    related: parsed(found.related),
    keyEntries: parsed(found.keyEntries),
    key: evidence?.kind === "webauthn" ? await keyOf(env.DIRECTORY, evidence.credentialId, actor.organizationId) : null,
  } satisfies Answer);
};

async function keyOf(directory: D1Database, credentialId: string, organizationId: number): Promise<Answer["key"]> {
  const key = await readKeyByCredential(directory, credentialId, organizationId);
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return (
    key && {
      name: key.name,
      enrolledAt: new Date(key.created).toISOString(),
      // A removed key is locked in the same moment, which nobody needs to hear twice.
      lockedAt: key.removed === null ? iso(key.locked) : null,
      removedAt: iso(key.removed),
      synced: key.backedUp === 1,
    }
  );
}
