/** The acts on API accounts, each signed by the security representative and told to the organization's log. */
import { AlreadyThere } from "../../../db/commit.ts";
import { readAccount } from "../../../db/directory/read/api-accounts.ts";
import { addCredential, createAccount, endAccount, removeCredential, updateAccount } from "../../../db/directory/write/api-accounts.ts";
import { hashSecret } from "../../../db/directory/write/oauth.ts";
import { hashText, randomToken } from "../../contract/operation.ts";
import { publicText } from "../../contract/public-keys.ts";
import type { ApiAccount, ApiCredential, PublicJwk } from "../../contract/shapes/api-accounts.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { govern } from "../governed.ts";
import { dryRunAnswer } from "../resources/accepted.ts";
import { newId } from "../resources/direct.ts";
import { mailOf } from "./mails.ts";
import { accountOf, credentialOf, credentialsIn } from "./view.ts";

const DAY = 24 * 60 * 60_000;

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
    unchanged: () => new Problem("state_forbids", { detail: "One of the Clouds is no longer active." }),
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

/** A further credential beside those that are there: rotation is to add one, to use it, and to remove the one before. A secret is in this answer alone. */
export const addApiCredential: Handler<"add-api-credential"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { body, prepared } = input;
  const { id: accountId, organizationId, name } = permit.target;
  const id = await newId(context.env, "DIRECTORY", organizationId);
  const secret = body.kind === "secret" ? randomToken() : null;
  const jwk = body.kind === "key" ? await registered(body.jwk) : null;
  const ends = permit.now + body.days * DAY;
  const what = jwk ? { kind: "key" as const, jwk } : { kind: "secret" as const, secretHash: await hashSecret(secret!) };
  const shown: ApiCredential = credentialOf({
    id,
    kind: body.kind,
    name: body.name,
    keyId: jwk?.kid ?? null,
    created: permit.now,
    ends,
    lastUsed: null,
    lastNetwork: null,
  });
  const withoutSecret = JSON.stringify({ ...shown, secret: null });
  try {
    return await govern(permit, input, context, {
      organizationId,
      subject: { id: accountId, name },
      told: { created: { kind: "api-credential", id }, names: { [String(id)]: body.name } },
      mails: [mailOf(permit, { account: name, clientId: prepared.account.clientId, which: "added", credential: body.name })],
      answer: { status: 201, body: { ...shown, secret } },
      // Asked again, the same request gets everything but the secret: what is kept for that holds none.
      write: (directory, { remembered, ...act }) =>
        addCredential(directory, permit, { id, name: body.name, ends, ...what }, prepared.account.clientId, {
          ...act,
          remembered: remembered && { ...remembered, answer: withoutSecret },
        }),
    });
  } catch (error) {
    if (!(error instanceof AlreadyThere) || !error.index.includes("public_key")) throw error;
    throw new Problem("state_forbids", {
      detail: "This key is registered for the account already, or was: a key is registered once.",
      change: "Make a new pair of keys, and register its public half.",
    });
  }
};

/** The credential is good for nothing from now on, and neither are the tokens that were got with it. */
export const removeApiCredential: Handler<"remove-api-credential"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { account, credential } = input.prepared;
  const { id, organizationId, name } = permit.target;
  return govern(permit, input, context, {
    organizationId,
    subject: { id, name },
    told: { names: { [String(credential.id)]: credential.name } },
    mails: [mailOf(permit, { account: name, clientId: account.clientId, which: "revoked", credential: credential.name })],
    write: (directory, act) => removeCredential(directory, permit, credential, account.clientId, act),
    unchanged: () => new Problem("not_found", { detail: `${name} has no such credential.` }),
  });
};

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

/** With the name by which assertions and signatures will say it: its own, or its thumbprint (RFC 7638). */
async function registered(jwk: PublicJwk): Promise<PublicJwk & { kid: string }> {
  return { ...jwk, kid: jwk.kid ?? (await hashText(publicText(jwk))) };
}

function slugOf(name: string): string {
  const slug = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-");
  return slug.slice(0, 32).replaceAll(/^-+|-+$/g, "") || "account";
}
