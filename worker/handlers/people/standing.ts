/** Suspending, taking back and ending somebody's account, and the link by which somebody comes in. */
import { hashText, randomToken } from "../../contract/operation.ts";
import type { Permit } from "../../contract/permit.ts";
import { changeStanding, renewActivation as renew } from "../../../db/directory/write/people.ts";
import type { Context, Handler, Input } from "../../gate/context.ts";
import { lacksState } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import { postMails } from "../../mail/send.ts";
import { govern } from "../governed.ts";
import { dryRunAnswer } from "../resources/accepted.ts";
import { tellInvited, tellStanding } from "../requests/mails.ts";

type StandingLabel = "suspend-person" | "resume-person" | "end-person";

export const suspendPerson: Handler<"suspend-person"> = (permit, input, context) => change(permit, input, context, input.body.options?.reason);

export const resumePerson: Handler<"resume-person"> = (permit, input, context) => change(permit, input, context);

/** For good: what they hold, their keys and their password go with the commit, their address is free; their name stays beside what the log tells. */
export const endPerson: Handler<"end-person"> = (permit, input, context) => change(permit, input, context, input.body?.reason);

async function change(
  permit: Permit<StandingLabel>,
  input: Pick<Input<StandingLabel>, "params" | "idempotency" | "changeReference"> & { body?: unknown },
  context: Context,
  reason?: string,
): Promise<Response> {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { organizationId, id, name } = permit.target;
  const answer = await govern(permit, input, context, {
    organizationId,
    subject: { id, name },
    write: (directory, act) => changeStanding(directory, permit, tellStanding(permit, reason), act),
    unchanged: lastRepresentative,
  });
  postMails(context.env, context.waitUntil);
  return answer;
}

function lastRepresentative(): Problem {
  return new Problem("state_forbids", {
    detail: "It is the organization's last security representative.",
    change: "Make somebody else a security representative first.",
    missing: [lacksState("the last", ["another"], { kind: "act", label: "give-duty", id: null, options: { duty: "security-representative" } })],
  });
}

/** In place of the link before, which is worth nothing from then on. Nobody but the person sees it. */
export const renewActivation: Handler<"renew-activation"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { organizationId, id, name } = permit.target;
  const token = randomToken();
  const tokenHash = await hashText(token);
  const mails = tellInvited(id, token, permit.actor.organizationName, permit.now);
  const answer = await govern(permit, input, context, {
    organizationId,
    subject: { id, name },
    write: (directory, act) => renew(directory, permit, { tokenHash, mails }, act),
  });
  postMails(context.env, context.waitUntil);
  return answer;
};
