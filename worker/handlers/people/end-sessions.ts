import { endMemberSessions as end } from "../../../db/directory/write/sessions.ts";
import type { Handler } from "../../gate/context.ts";
import { govern } from "../governed.ts";
import { dryRunAnswer } from "../resources/accepted.ts";

/** Ends all sessions of a person at once: their browsers find out at their next request, and sign in again. */
export const endMemberSessions: Handler<"end-member-sessions"> = (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { organizationId, id, name } = permit.target;
  return govern(permit, input, context, { organizationId, subject: { id, name }, write: (directory, act) => end(directory, permit, act) });
};
