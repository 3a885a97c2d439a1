/** A program that cannot have a key yet: its secret may do some acts on some Clouds for a time, by a signed decision that everybody can read. */
import { grantsInEffect } from "../../../db/directory/read/actors.ts";
import { readAccount, type ApiAccountRow } from "../../../db/directory/read/api-accounts.ts";
import { exceptionInEffect, type StoredException } from "../../../db/directory/read/secret-exceptions.ts";
import { endException, giveException } from "../../../db/directory/write/secret-exceptions.ts";
import type { Actor, MemberTarget } from "../../contract/actor.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import type { Env } from "../../env.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { govern } from "../governed.ts";
import { dryRunAnswer } from "../resources/accepted.ts";
import { mailOf } from "./mails.ts";
import type { AccountPlan } from "./plan.ts";
import { accountOf, exceptionOf } from "./view.ts";

const DAY = 24 * 60 * 60_000;

/** It takes the place of the one before. */
export const giveSecretException: Handler<"give-secret-exception"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { labels, cloudIds, days, reason } = input.body;
  const { id, organizationId, name } = permit.target;
  const { account } = input.prepared;
  const given: StoredException = {
    labels,
    cloudIds,
    reason,
    given: permit.now,
    givenBy: permit.actor.id,
    ends: permit.now + days * DAY,
  };
  const before = accountOf(account, permit.now);
  return govern(permit, input, context, {
    organizationId,
    subject: { id, name },
    told: { names: Object.fromEntries(before.clouds.map((cloud) => [String(cloud.id), cloud.name])) },
    mails: [mailOf(permit, { account: name, clientId: account.clientId, which: "excepted" })],
    answer: { status: 200, body: { ...before, exception: exceptionOf(given, permit.actor.name, before.clouds) } },
    write: (directory, act) => giveException(directory, permit, given, act),
  });
};

/** Felt at the account's next request. */
export const endSecretException: Handler<"end-secret-exception"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { id, organizationId, name } = permit.target;
  return govern(permit, input, context, {
    organizationId,
    subject: { id, name },
    mails: [mailOf(permit, { account: name, clientId: input.prepared.account.clientId, which: "exception-ended" })],
    write: (directory, act) => endException(directory, permit, act),
    unchanged: () => none(name),
  });
};

/** @throws Problem("state_forbids" | "invalid_field_value") */
export async function planException(
  _actor: Actor,
  target: MemberTarget,
  { cloudIds }: Inputs["give-secret-exception"]["body"],
  env: Env,
): Promise<AccountPlan> {
  const account = await read(target, env);
  if (target.state !== "active") throw new Problem("state_forbids", { detail: `${target.name} is ${target.state}: it acts with no credential.` });
  const held = grantsInEffect(account, Date.now());
  const index = cloudIds.findIndex((id) => !held.some(({ cloudId }) => cloudId === id));
  if (index >= 0)
    throw new Problem("invalid_field_value", { field: `cloudIds.${index}`, detail: `${target.name} holds no profile on such a Cloud.` });
  return { account };
}

/** @throws Problem("state_forbids") */
export async function planExceptionEnd(_actor: Actor, target: MemberTarget, _body: undefined, env: Env): Promise<AccountPlan> {
  const account = await read(target, env);
  if (!exceptionInEffect(account.exception, Date.now())) throw none(target.name);
  return { account };
}

const read = async ({ id }: MemberTarget, env: Env): Promise<ApiAccountRow> => (await readAccount(env.DIRECTORY, id, Date.now()))!;

function none(name: string): Problem {
  return new Problem("state_forbids", { detail: `${name} has no exception: its secrets only read.` });
}
