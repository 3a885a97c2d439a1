/** Withdrawn by whoever asks, refused or accepted by Service Delivery: once, whoever comes first. */
import { AlreadyThere } from "../../../db/commit.ts";
import { readRequest, type RequestRow } from "../../../db/directory/read/requests.ts";
import { decideRequest, type RequestDecision } from "../../../db/directory/write/requests.ts";
import type { Permit } from "../../contract/permit.ts";
import type { RequestState } from "../../contract/requests.ts";
import type { Context, Handler, Input } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { postMails } from "../../mail/send.ts";
import { fed } from "../services/write.ts";
import { govern } from "../governed.ts";
import { dryRunAnswer } from "../resources/accepted.ts";
import { requestItem } from "./item.ts";
import { tellDecided } from "./mails.ts";
import { made } from "./made.ts";
import { addressTaken, cloudTaken, organizationTaken } from "./plan.ts";

export const withdrawRequest: Handler<"withdraw-request"> = (permit, input, context) =>
  decide(permit, input as Input<DecisionLabel>, context, "withdrawn", () => ({}));

export const refuseRequest: Handler<"refuse-request"> = (permit, input, context) => {
  const { reason } = input.body.options;
  return decide(permit, input as Input<DecisionLabel>, context, "refused", (request) => ({ reason, mails: tellDecided(request, permit, reason) }));
};

/** Makes what was asked for. A person comes in by the link that the mail holds; nobody else sees it. */
export const acceptRequest: Handler<"accept-request"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { request } = input.prepared;
  for (let tries = 1; ; tries++) {
    const { organizationId, mails, ...what } = await made(request, permit, context.env);
    const decision = { made: what, mails: [...mails, ...tellDecided(request, permit, "")] };
    try {
      const answer = await decide(permit, input as Input<DecisionLabel>, context, "accepted", () => decision, organizationId);
      return request.kind === "person" ? answer : await fed(answer, context);
    } catch (error) {
      if (!(error instanceof AlreadyThere)) throw error;
      // Two new organizations at the same moment want the same number.
      if (error.index.includes("organization.id") && tries < 5) continue;
      throw takenMeanwhile(error, request);
    }
  }
};

type DecisionLabel = "withdraw-request" | "refuse-request" | "accept-request";

/** @param organizationId whose log tells it; absent: of whoever asked */
async function decide(
  permit: Permit<DecisionLabel>,
  input: Input<DecisionLabel>,
  context: Context,
  state: RequestState,
  decisionOn: (request: RequestRow) => RequestDecision,
  organizationId: number = permit.target.organizationId,
): Promise<Response> {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { target, actor, now } = permit;
  const request = await readRequest(context.env.DIRECTORY, target.id);
  if (!request) throw new Problem("not_found", { detail: "It is no longer there." });
  const decision = decisionOn(request);
  const decided = {
    state,
    decidedBy: actor.id,
    decidedByName: actor.name,
    decided: now,
    decision: decision.reason ?? null,
    version: target.revision + 1,
  };
  const answer = await govern(permit, input, context, {
    organizationId,
    subject: { id: target.id, name: target.name },
    answer: { status: 200, body: requestItem({ ...request, ...decided }) },
    told: decision.made && { created: { kind: target.requestKind, id: decision.made.id }, names: { [decision.made.id]: target.name } },
    write: (directory, act) => decideRequest(directory, permit, decision, act),
    unchanged: cloudEnded,
  });
  postMails(context.env, context.waitUntil);
  return answer;
}

function cloudEnded(): Problem {
  return new Problem("state_forbids", {
    detail: "A Cloud that it asks a profile on has ended meanwhile.",
    change: "Refuse it and say so: it can be asked for again without that Cloud.",
  });
}

function takenMeanwhile({ index }: AlreadyThere, { wanted }: RequestRow): unknown {
  if (index.includes("person.email")) return addressTaken();
  if (wanted.kind === "organization" && index.includes("organization.name")) return organizationTaken(wanted.name);
  if (wanted.kind === "cloud" && index.includes("cloud.")) return cloudTaken("name", wanted.name);
  return new AlreadyThere(index);
}
