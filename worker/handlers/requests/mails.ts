/** What requests and their ends tell by mail, queued in the commit of what it tells. */
import type { Write } from "../../../db/commit.ts";
import type { RequestRow } from "../../../db/directory/read/requests.ts";
import { ACTIVATION_LASTS } from "../../../db/directory/write/activation.ts";
import { queueMail } from "../../../db/directory/write/mail.ts";
import type { Permit } from "../../contract/permit.ts";
import { nameOf } from "../../contract/requests.ts";

/** To whoever decides. */
export function tellAsked({ wanted, organizationName, askedByName, reason, asked }: RequestRow): Write[] {
  const facts = { what: nameOf(wanted), organization: organizationName, by: askedByName, reason, link: "/requests" };
  return [queueMail({ to: { duty: "service-delivery" }, template: "request-asked", facts }, asked)];
}

/** To whoever asked. */
export function tellDecided(
  { wanted, organizationName, askedBy }: RequestRow,
  { actor, now, label }: Permit<"refuse-request"> | Permit<"accept-request">,
  reason: string,
): Write[] {
  const facts = { what: nameOf(wanted), organization: organizationName, accepted: label === "accept-request", reason, by: actor.name };
  return [queueMail({ to: askedBy, template: "request-decided", facts }, now)];
}

/** To the person themselves: in the commit before their address is forgotten. */
export function tellStanding({ target, actor, now, label }: Permit<"suspend-person" | "resume-person" | "end-person">, reason?: string): Write[] {
  const facts = { organization: actor.organizationName, by: actor.name, ...(reason && { reason }) };
  if (label === "suspend-person") return [queueMail({ to: target.id, template: "account-suspended", facts }, now)];
  return label === "end-person" ? [queueMail({ to: target.id, template: "account-ended", facts }, now)] : [];
}

/** The one place that ever shows the link. */
export function tellInvited(personId: number, token: string, organization: string, now: number): Write[] {
  const facts = { link: `/activate#${token}`, organization, until: now + ACTIVATION_LASTS };
  return [queueMail({ to: personId, template: "activation", facts }, now)];
}
