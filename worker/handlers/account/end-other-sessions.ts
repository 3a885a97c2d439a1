import { commit } from "../../../db/commit.ts";
import { appendEvent } from "../../../db/directory/write/outbox.ts";
import { endOtherSessions as others } from "../../../db/directory/write/sessions.ts";
import type { Handler } from "../../gate/context.ts";
import { notifyLog } from "../../log/notify.ts";

/** Ends all my sessions but this one; their browsers find out at their next request. A program has none to end. */
export const endOtherSessions: Handler<"end-my-other-sessions"> = async ({ actor, now, dryRun }, _input, { env, waitUntil }) => {
  if (actor.kind === "person" && !dryRun) {
    const { id, session } = actor;
    await commit(env.DIRECTORY, [others(id, session), appendEvent("session-ended", actor, { session: null }, now)]);
    await notifyLog(env, actor.organizationId, waitUntil);
  }
  return new Response(null, { status: 204 });
};
