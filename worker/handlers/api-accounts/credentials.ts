/** What API accounts prove themselves by: given and taken back under the security representative's signature, and for how long one may be given. */
import { AlreadyThere } from "../../../db/commit.ts";
import { readGround } from "../../../db/directory/read/api-accounts.ts";
import { addCredentials, changeCredentialDays as changeDays, removeCredential } from "../../../db/directory/write/api-accounts.ts";
import { hashSecret } from "../../../db/directory/write/oauth.ts";
import { hashText, randomToken } from "../../contract/operation.ts";
import type { Permit } from "../../contract/permit.ts";
import { publicText } from "../../contract/public-keys.ts";
import type { ApiCredential, PublicJwk } from "../../contract/shapes/api-accounts.ts";
import type { Context, Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { govern } from "../governed.ts";
import { dryRunAnswer } from "../resources/accepted.ts";
import { newId } from "../resources/direct.ts";
import { mailOf } from "./mails.ts";
import { tooLong } from "./plan.ts";
import { credentialOf } from "./view.ts";

const DAY = 24 * 60 * 60_000;

/** A further credential beside those that are there: rotation is to add one, to use it, and to remove the one before. A secret is in this answer alone. */
export const addApiCredential: Handler<"add-api-credential"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { body, prepared } = input;
  const { organizationId, name } = permit.target;
  const { clientId } = prepared.account;
  const secret = body.kind === "secret" ? randomToken() : null;
  const what = body.kind === "key" ? keyOf(await registered(body.jwk)) : { kind: body.kind, secretHash: await hashSecret(secret!) };
  const credential = await newCredential(permit, body, what, context);
  const [shown, id] = [shownAs(credential, permit.now), credential.id];
  return once(() =>
    govern(permit, input, context, {
      organizationId,
      subject: { id: permit.target.id, name },
      told: { created: { kind: "api-credential", id }, names: { [String(id)]: body.name } },
      mails: [mailOf(permit, { account: name, clientId, which: "added", credential: body.name })],
      answer: { status: 201, body: { ...shown, secret } },
      // Asked again, the same request gets everything but the secret: what is kept for that holds none.
      write: (directory, { remembered, ...act }) =>
        addCredentials(directory, permit, [credential], clientId, {
          ...act,
          remembered: remembered && { ...remembered, answer: JSON.stringify({ ...shown, secret: null }) },
        }),
      unchanged: () => shortened(permit, context),
    }),
  );
};

/** A whole key set at once, or nothing of it: for a program that runs on several machines, each with a key of its own. */
export const addApiKeys: Handler<"add-api-keys"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { body, prepared } = input;
  const { id, organizationId, name } = permit.target;
  const { clientId } = prepared.account;
  const keys = await Promise.all(body.jwks.keys.map(registered));
  const credentials = await Promise.all(keys.map((jwk) => newCredential(permit, body, keyOf(jwk), context)));
  const credential = `${body.name} (${keys.map(({ kid }) => kid).join(", ")})`;
  return once(() =>
    govern(permit, input, context, {
      organizationId,
      subject: { id, name },
      mails: [mailOf(permit, { account: name, clientId, which: "added", credential })],
      answer: { status: 201, body: { credentials: credentials.map((one) => shownAs(one, permit.now)) } },
      write: (directory, act) => addCredentials(directory, permit, credentials, clientId, act),
      unchanged: () => shortened(permit, context),
    }),
  );
};

type Addition = Permit<"add-api-credential" | "add-api-keys">;
type What = { kind: "key"; jwk: PublicJwk & { kid: string } } | { kind: "secret"; secretHash: string };
type Fresh = { id: number; name: string; ends: number } & What;

const keyOf = (jwk: PublicJwk & { kid: string }) => ({ kind: "key" as const, jwk });

async function newCredential(
  { target, now }: Addition,
  { name, days }: { name: string; days: number },
  what: What,
  { env }: Context,
): Promise<Fresh> {
  return { id: await newId(env, "DIRECTORY", target.organizationId), name, ends: now + days * DAY, ...what };
}

function shownAs({ id, name, ends, ...what }: Fresh, created: number): ApiCredential {
  const keyId = what.kind === "key" ? what.jwk.kid : null;
  return credentialOf({ id, kind: what.kind, name, keyId, created, ends, lastUsed: null, lastNetwork: null });
}

/** @throws Problem("state_forbids") for a key that is there, or was */
async function once(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AlreadyThere) || !error.index.includes("public_key")) throw error;
    throw new Problem("state_forbids", {
      detail: "This key is registered for the account already, or was: a key is registered once.",
      change: "Make a new pair of keys, and register its public half.",
    });
  }
}

/** The ceiling was lowered while this was being signed. */
async function shortened({ target }: Addition, { env }: Context): Promise<Problem> {
  return tooLong((await readGround(env.DIRECTORY, target.organizationId)).credentialDays);
}

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

/** For credentials that are given from now on; those that are there keep their end. */
export const changeCredentialDays: Handler<"change-credential-days"> = (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { id } = permit.target;
  return govern(permit, input, context, {
    organizationId: id,
    subject: { id, name: permit.actor.organizationName },
    write: (directory, act) => changeDays(directory, permit, input.body.options.days, act),
  });
};

/** With the name by which assertions and signatures will say it: its own, or its thumbprint (RFC 7638). */
async function registered(jwk: PublicJwk): Promise<PublicJwk & { kid: string }> {
  return { ...jwk, kid: jwk.kid ?? (await hashText(publicText(jwk))) };
}
