import { listSessions } from "../../../db/directory/read/sessions.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { revokeSession } from "../../identity/session.ts";
import { notifyLog } from "../../log/notify.ts";

/** Ends one of my sessions; its browser finds out at its next request. Somebody else's is answered like none. */
export const endSession: Handler<"end-my-session"> = async ({ actor, now, dryRun }, { params }, { env, waitUntil }) => {
  const absent = () => new Problem("not_found", { detail: "You have no such session." });
  if (actor.kind === "api-account") throw absent();
  if (dryRun) {
    if (!(await listSessions(env.DIRECTORY, actor.id)).some(({ id }) => id === params["session"])) throw absent();
    return new Response(null, { status: 204 });
  }
  if (!(await revokeSession(env, actor, params["session"]!, "session-ended", now))) throw absent();
  await notifyLog(env, actor.organizationId, waitUntil);
  return new Response(null, { status: 204 });
};
