/** Entries of a log, for asking-*.ts: as an act on something of a Cloud leaves them. */
import { sql } from "drizzle-orm";
import { commit } from "../db/commit.ts";
import { makeId } from "../worker/contract/ids.ts";
import type { ActAccepted, LogEntry } from "../worker/contract/log-entry.ts";
import { notifyLog, organizationLog } from "../worker/log/notify.ts";
import type { Place, Things } from "./asking.ts";
import type { World } from "./world.ts";

let made = 0;

/** Entries are counted per organization: one of another's log is a number that the asker's own log does not have. */
const FAR = 1_000_000_000;

export async function anEntry(it: World, { env, organizationId, cloud }: Place): Promise<Things> {
  const resource = makeId({ region: 1, organization: organizationId, sequence: 4_200_000_000 + ++made });
  const event: ActAccepted = {
    kind: "act-accepted",
    at: new Date().toISOString(),
    cloudId: it.planted.clouds.find(({ name }) => name === cloud)!.id,
    label: "stop-instance",
    actor: { kind: "person", id: it.odile.id, session: it.odile.session },
    target: { kind: "resource", id: resource },
    environment: "TEST",
    operationId: resource + 1,
    requestId: "asked",
    changeReference: null,
    parameters: {},
    proof: "session",
    evidence: null,
  };
  const body = JSON.stringify({ event, names: {} });
  await commit(env.REGION_EB, [{ query: sql`INSERT INTO outbox(organization_id, at, body) VALUES (${organizationId}, ${Date.now()}, ${body})` }]);
  await notifyLog(env, organizationId);
  const { entries } = await organizationLog(env, organizationId).readPage({ all: true, audiences: [] }, { resourceId: resource }, null, 1);
  const { sequence } = JSON.parse(entries[0]!) as LogEntry;
  return { entry: organizationId === 1 ? sequence : FAR + sequence };
}
