import type * as z from "zod";
import { listSessions as readSessions } from "../../../db/directory/read/sessions.ts";
import type { mySession } from "../../contract/shapes/account.ts";
import type { Handler } from "../../gate/context.ts";
import { endOf, isAlive } from "../../identity/session.ts";

const iso = (at: number) => new Date(at).toISOString();

/** Where I am signed in. A program has no sessions. */
export const listSessions: Handler<"list-my-sessions"> = async ({ actor, now }, _input, { env }) => {
  if (actor.kind === "api-account") return Response.json([]);
  const rows = await readSessions(env.DIRECTORY, actor.id);
  const sessions = rows
    .filter((row) => isAlive(row, now))
    .map((row): z.infer<typeof mySession> => ({
      id: row.id,
      agent: row.agent,
      network: row.network,
      createdAt: iso(row.created),
      lastSeenAt: iso(row.lastSeen),
      mfaAt: row.mfaAt === null ? null : iso(row.mfaAt),
      expiresAt: iso(endOf(row)),
      current: row.id === actor.session,
    }));
  return Response.json(sessions);
};
