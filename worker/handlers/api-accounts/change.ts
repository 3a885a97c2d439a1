/** The acts on API accounts, each signed by the security representative and told to the organization's log. */
import { readAccount } from "../../../db/directory/read/api-accounts.ts";
import { changeAccountStanding, createAccount, endAccount, updateAccount } from "../../../db/directory/write/api-accounts.ts";
import { randomToken } from "../../contract/operation.ts";
import type { Permit } from "../../contract/permit.ts";
import type { ApiAccount } from "../../contract/shapes/api-accounts.ts";
import type { Context, Handler, Input } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { govern } from "../governed.ts";
import { dryRunAnswer } from "../resources/accepted.ts";
import { newId } from "../resources/direct.ts";
import { mailOf } from "./mails.ts";
import { accountOf, credentialsIn } from "./view.ts";

/** A program of the organization. It has no credential yet, and so cannot do anything. */
export const createApiAccount: Handler<"create-api-account"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { body, prepared } = input;
  const organizationId = permit.target.id;
  const id = await newId(context.env, "DIRECTORY", organizationId);
  const clientId = `cgdm-sa-${slugOf(body.name)}-${randomToken(5)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "0")}`;
  const answer: ApiAccount = {
    id,
    name: body.name,
    clientId,
    state: "active",
    createdAt: new Date(permit.now).toISOString(),
    clouds: body.clouds.map(({ cloudId, profile }) => ({ id: cloudId, name: prepared.names[String(cloudId)]!, profile })),
    credentials: [],
    exception: null,
    lastUsedAt: null,
  };
  return govern(permit, input, context, {
    organizationId,
    subject: { id, name: body.name },
    told: { created: { kind: "api-account", id }, names: prepared.names },
    mails: [mailOf(permit, { account: body.name, clientId, which: "created" })],
    answer: { status: 201, body: answer },
    write: (directory, act) => createAccount(directory, permit, { id, name: body.name, clientId, clouds: body.clouds }, act),
    unchanged: () => new Problem("state_forbids", { detail: "One of the Clouds is no longer active.", change: "Choose Clouds that are active." }),
  });
};

/** Wider or narrower: in effect at the account's next request. */
export const updateApiAccount: Handler<"update-api-account"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { options } = input.body;
  const { id, organizationId, name } = permit.target;
  const before = accountOf((await readAccount(context.env.DIRECTORY, id, permit.now))!, permit.now);
  const clouds = options.clouds?.map(({ cloudId, profile }) => ({ id: cloudId, name: input.prepared.names[String(cloudId)]!, profile }));
  return govern(permit, input, context, {
    organizationId,
    subject: { id, name },
    told: { names: input.prepared.names },
    answer: { status: 200, body: { ...before, name: options.name ?? name, clouds: clouds ?? before.clouds } },
    write: (directory, act) => updateAccount(directory, permit, options, act),
  });
};

/** Nothing of it is taken from the next request on, and the tokens that it has are dead for good: taken back, it gets new ones. */
export const suspendApiAccount: Handler<"suspend-api-account"> = (permit, input, context) => stand(permit, input, context, "suspended");

/** With what it held, and with the credentials that have not ended meanwhile. */
export const resumeApiAccount: Handler<"resume-api-account"> = (permit, input, context) => stand(permit, input, context, "resumed");

type StandingLabel = "suspend-api-account" | "resume-api-account";

function stand(
  permit: Permit<StandingLabel>,
  input: Input<StandingLabel>,
  context: Context,
  which: "suspended" | "resumed",
): Response | Promise<Response> {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { id, organizationId, name } = permit.target;
  const { clientId } = input.prepared.account;
  return govern(permit, input, context, {
    organizationId,
    subject: { id, name },
    mails: [mailOf(permit, { account: name, clientId, which })],
    write: (directory, act) => changeAccountStanding(directory, permit, act),
  });
}

/** For good: its credentials go with it, and what it did stays told. */
export const endApiAccount: Handler<"end-api-account"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { account } = input.prepared;
  const { id, organizationId, name } = permit.target;
  const credentials = credentialsIn(account);
  return govern(permit, input, context, {
    organizationId,
    subject: { id, name },
    mails: credentials.map((one) => mailOf(permit, { account: name, clientId: account.clientId, which: "revoked", credential: one.name })),
    write: (directory, act) => endAccount(directory, permit, credentials, account.clientId, act),
  });
};

function slugOf(name: string): string {
  const slug = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-");
  return slug.slice(0, 32).replaceAll(/^-+|-+$/g, "") || "account";
}
