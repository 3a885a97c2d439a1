import { AlreadyThere } from "../../../db/commit.ts";
import type { RequestRow } from "../../../db/directory/read/requests.ts";
import { insertRequest } from "../../../db/directory/write/requests.ts";
import type { Permit } from "../../contract/permit.ts";
import { nameOf } from "../../contract/requests.ts";
import type { Context, Handler, Input } from "../../gate/context.ts";
import { postMails } from "../../mail/send.ts";
import { govern } from "../governed.ts";
import { dryRunAnswer } from "../resources/accepted.ts";
import { newId } from "../resources/direct.ts";
import { requestItem } from "./item.ts";
import { tellAsked } from "./mails.ts";
import { askedAlready } from "./plan.ts";

type AskLabel = "request-account" | "request-organization";

/** A person of the own organization, with profiles, or a further Cloud. */
export const requestAccount: Handler<"request-account"> = (permit, input, context) => ask(permit, input as Input<AskLabel>, context);

/** A new organization with its first Cloud and its first security representative: asked by one of Service Delivery, decided by another. */
export const requestOrganization: Handler<"request-organization"> = (permit, input, context) => ask(permit, input as Input<AskLabel>, context);

async function ask(permit: Permit<AskLabel>, input: Input<AskLabel>, context: Context): Promise<Response> {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { actor, now } = permit;
  const { organizationId, organizationName } = actor;
  const { wanted, cloudNames } = input.prepared;
  const { reason } = input.body;
  const id = await newId(context.env, "DIRECTORY", organizationId);
  const asked: RequestRow = {
    id,
    organizationId,
    organizationName,
    kind: wanted.kind,
    wanted,
    reason,
    cloudNames,
    askedBy: actor.id,
    askedByName: actor.name,
    asked: now,
    state: "asked",
    version: 1,
    decidedBy: null,
    decidedByName: null,
    decided: null,
    decision: null,
  };
  try {
    const answer = await govern(permit, input, context, {
      organizationId,
      subject: { id, name: nameOf(wanted) },
      answer: { status: 201, body: requestItem(asked) },
      told: { created: { kind: "request", id } },
      write: (directory, act) => insertRequest(directory, permit, { id, wanted, reason }, tellAsked(asked), act),
    });
    postMails(context.env, context.waitUntil);
    return answer;
  } catch (error) {
    throw error instanceof AlreadyThere && error.index.includes("account_request") ? askedAlready(wanted) : error;
  }
}
