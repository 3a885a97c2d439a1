/** Who may what on which Cloud: decided by the security representative under signature, in effect with the next request. */
import {
  changeProfile as change,
  endDuty as takeDuty,
  endProfile as end,
  giveDuty as addDuty,
  giveProfile as give,
} from "../../../db/directory/write/profiles.ts";
import type { Actor, MemberTarget } from "../../contract/actor.ts";
import type { Mail } from "../../contract/mail.ts";
import { isPrivileged, type Profile } from "../../contract/roles.ts";
import type { Handler } from "../../gate/context.ts";
import { govern } from "../governed.ts";
import { dryRunAnswer } from "../resources/accepted.ts";
import { lastRepresentative, type ProfilePlan } from "./plan-profiles.ts";

/** What the log tells it about: the person, on a Cloud. */
const on = ({ id, name, organizationId }: MemberTarget, cloud?: ProfilePlan["cloud"]) => ({
  organizationId,
  subject: { id, name },
  ...(cloud && { told: { cloudId: cloud.id, names: { [cloud.id]: cloud.name } } }),
});

/** Whoever is here is told what was decided about them. */
function told(
  { target, actor }: { target: MemberTarget; actor: Actor },
  { cloud, ends, securityKeys }: ProfilePlan,
  profile: Profile | null,
  reason: string | null | undefined,
): Mail[] {
  if (target.state !== "active") return [];
  const withoutKey = profile !== null && isPrivileged(profile) && securityKeys === 0;
  const facts = { cloud: cloud.name, profile, until: ends, by: actor.name, ...(reason && { reason }), ...(withoutKey && { withoutKey }) };
  return [{ to: target.id, template: "profile-changed", facts }];
}

export const giveProfile: Handler<"give-profile"> = (permit, input, context) => {
  const { cloud, ends, consequences } = input.prepared;
  if (permit.dryRun) return dryRunAnswer(permit, { consequences });
  const { profile, reason = null } = input.body;
  const facts = { cloudId: cloud.id, profile, ends, reason };
  const mails = told(permit, input.prepared, profile, reason);
  return govern(permit, input, context, { ...on(permit.target, cloud), mails, write: (directory, act) => give(directory, permit, facts, act) });
};

export const changeProfile: Handler<"change-profile"> = (permit, input, context) => {
  const { cloud, ends, consequences } = input.prepared;
  if (permit.dryRun) return dryRunAnswer(permit, { consequences });
  const { profile, reason = null } = input.body.options;
  const facts = { cloudId: cloud.id, profile, ends, reason };
  const mails = told(permit, input.prepared, profile, reason);
  return govern(permit, input, context, { ...on(permit.target, cloud), mails, write: (directory, act) => change(directory, permit, facts, act) });
};

export const endProfile: Handler<"end-profile"> = (permit, input, context) => {
  const { cloud, consequences } = input.prepared;
  if (permit.dryRun) return dryRunAnswer(permit, { consequences });
  const mails = told(permit, input.prepared, null, input.body?.reason);
  return govern(permit, input, context, { ...on(permit.target, cloud), mails, write: (directory, act) => end(directory, permit, cloud.id, act) });
};

export const giveDuty: Handler<"give-duty"> = (permit, input, context) => {
  const { duty, consequences } = input.prepared;
  if (permit.dryRun) return dryRunAnswer(permit, { consequences });
  const { reason = null } = input.body;
  return govern(permit, input, context, { ...on(permit.target), write: (directory, act) => addDuty(directory, permit, { duty, reason }, act) });
};

/** The last representative stays: two who would leave at the same moment are told apart by the statement that ends the duty. */
export const endDuty: Handler<"end-duty"> = (permit, input, context) => {
  const { duty, consequences } = input.prepared;
  if (permit.dryRun) return dryRunAnswer(permit, { consequences });
  const { target } = permit;
  return govern(permit, input, context, {
    ...on(target),
    write: (directory, act) => takeDuty(directory, permit, duty, act),
    unchanged: () => lastRepresentative(target),
  });
};
