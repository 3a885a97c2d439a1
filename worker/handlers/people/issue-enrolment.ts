/** A new one-time enrolment for somebody who has lost every security key: issued by a representative under signature, used with the password beside it. */
import { ENROLMENT_LINK_LASTS, issueEnrolment as issue } from "../../../db/directory/write/enrolments.ts";
import type { Actor, MemberTarget } from "../../contract/actor.ts";
import { randomToken } from "../../contract/operation.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import type { Handler } from "../../gate/context.ts";
import { lacksAnother, lacksState } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import { hashToken } from "../../identity/session.ts";
import { govern } from "../governed.ts";
import { dryRunAnswer } from "../resources/accepted.ts";

/** The person's keys count for nothing from this moment, their sessions are over, and the link goes to them alone. */
export const issueEnrolment: Handler<"issue-enrolment"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { target, now } = permit;
  const token = randomToken();
  const link = { tokenHash: await hashToken(token), until: now + ENROLMENT_LINK_LASTS };
  return govern(permit, input, context, {
    organizationId: target.organizationId,
    subject: { id: target.id, name: target.name },
    mails: [
      {
        to: target.id,
        template: "new-enrolment",
        facts: { link: `/enrol#${token}`, organization: permit.actor.organizationName, until: link.until },
      },
    ],
    write: (directory, act) => issue(directory, permit, link, act),
  });
};

/** @throws Problem("state_forbids" | "own_rights") */
export async function planEnrolment(actor: Actor, target: MemberTarget, _body: Inputs["issue-enrolment"]["body"]): Promise<null> {
  if (target.state !== "active") {
    throw new Problem("state_forbids", {
      detail: `${target.name} is ${target.state}.`,
      change: target.state === "invited" ? "Send a new activation link instead." : "Only somebody who is active enrols a key.",
      missing: [
        target.state === "suspended"
          ? lacksState(target.state, ["active"], { kind: "act", label: "resume-person", id: target.id })
          : lacksState(
              target.state,
              ["active"],
              { kind: target.state === "invited" ? "as-told" : "none" },
              target.state === "invited" ? ["person"] : [],
            ),
      ],
    });
  }
  if (actor.id === target.id) {
    throw new Problem("own_rights", {
      detail: "You have a key, or you could not sign this.",
      change: "Add a further key in your account; another security representative can issue an enrolment for you.",
      missing: [lacksAnother("another-security-representative")],
    });
  }
  return null;
}
