import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import type { Follower } from "../../log/followers.ts";
import { organizationLog } from "../../log/notify.ts";
import { readerOf } from "./reader.ts";

/**
 * The live feed of the log: a WebSocket, held by the organization's log and closed within seconds when the session ends. Browsers send no preflight for a
 * WebSocket and do send cookies, so the origin is checked here (ASVS 4.4.2). What the log is told about the follower stands in a request made anew.
 */
export const followLog: Handler<"follow-log"> = async ({ actor }, _input, { env, request }) => {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    throw new Problem("invalid_request", { detail: "The live feed is a WebSocket: ask for it with Upgrade: websocket." });
  }
  if (actor.kind !== "person") {
    throw new Problem("person_required", { detail: "The live feed is bound to a person's session.", change: "Read /itcare/log from time to time." });
  }
  if (request.headers.get("origin") !== env.ORIGIN)
    throw new Problem("cross_site", { detail: "The live feed opens from the console's own origin only.", change: "Open the console there." });
  const follower: Follower = { ...readerOf(actor), session: actor.session, personId: actor.id };
  const headers = { upgrade: "websocket", "itcare-follower": JSON.stringify(follower) };
  const answer = await organizationLog(env, actor.organizationId).fetch("https://log/live", { headers });
  if (answer.status === 429) throw new Problem("too_many_attempts", { detail: "This session has too many live feeds open." });
  return answer;
};
