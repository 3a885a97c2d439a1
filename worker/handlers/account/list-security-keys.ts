import type * as z from "zod";
import { listKeys } from "../../../db/directory/read/security-keys.ts";
import type { mySecurityKey } from "../../contract/shapes/account.ts";
import type { Handler } from "../../gate/context.ts";

const iso = (at: number) => new Date(at).toISOString();
const isoOrNull = (at: number | null) => (at === null ? null : iso(at));

/** My security keys, locked ones included. A program has none. */
export const listSecurityKeys: Handler<"list-my-security-keys"> = async ({ actor }, _input, { env }) => {
  if (actor.kind === "api-account") return Response.json([]);
  const rows = await listKeys(env.DIRECTORY, actor.id);
  return Response.json(
    rows.map((row): z.infer<typeof mySecurityKey> => ({
      id: row.id,
      name: row.name,
      createdAt: iso(row.created),
      lastUsedAt: isoOrNull(row.lastUsed),
      lockedAt: isoOrNull(row.locked),
      synced: row.backedUp === 1,
      transports: JSON.parse(row.transports) as string[],
    })),
  );
};
