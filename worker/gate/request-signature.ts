/**
 * Machines sign too: an API account signs its request by HTTP Message Signatures (RFC 9421), over method, authority, path, query and the body's digest
 * (RFC 9530), with a key that is registered for it. The nonce is the account's own, so that one request will do; it is spent in the commit of the act.
 */
import { sql } from "drizzle-orm";
import type { Label } from "../contract/actions.ts";
import type { ApiAccountActor } from "../contract/actor.ts";
import type { Refusal } from "../contract/decide.ts";
import type { RequestSignatureEvidence } from "../contract/log-entry.ts";
import { hashText, randomToken, toBase64Url } from "../contract/operation.ts";
import type { GivenProof } from "../contract/permit.ts";
import { readSigningKeys } from "../../db/directory/read/oauth.ts";
import { readFirst } from "../../db/statement.ts";
import type { Env } from "../env.ts";
import { componentsOf, signatureBase } from "../contract/http-signature/base.ts";
import { signatureAlgorithm, verifyBase } from "../contract/http-signature/keys.ts";
import { parseDictionary, type Member } from "../contract/http-signature/structured-fields.ts";
import { askPlace, placeDatabase, type Place } from "../routing/places.ts";
import { Problem } from "./problem.ts";

/** How old a signature may be, and how far ahead its clock, in ms. */
const LASTS = 60_000;
const CLOCK_SKEW = 10_000;

/** What must be signed; `content-digest` too when there is a body. */
const required = ["@method", "@authority", "@path", "@query"];

/** What a signature is for, where one key signs for several applications. */
const TAG = "itcare";

export interface SignedCall {
  request: Request;
  /** The body's text as it came; "": none. */
  body: string;
  label: Label;
  actor: ApiAccountActor;
}

/** The 401 that says how to sign, in the words of RFC 9421 section 5; the nonce is a proposal, any other of 128 bits will do. */
export function askForSignature(refusal: Refusal, { body }: Pick<SignedCall, "body">): Problem {
  return new Problem(refusal.code, {
    detail: refusal.reason,
    change: refusal.change,
    missing: refusal.missing && [refusal.missing],
    headers: {
      "www-authenticate": `Bearer error="insufficient_user_authentication", error_description="${refusal.reason}", acr_values="signature"`,
      ...asking(body),
    },
    members: { proof: "signature" },
  });
}

function asking(body: string): Record<string, string> {
  const components = [...required, ...(body === "" ? [] : ["content-digest"])].map((name) => `"${name}"`).join(" ");
  return {
    "accept-signature": `itcare=(${components});created;nonce="${randomToken()}";keyid;tag="${TAG}"`,
    ...(body !== "" && { "want-content-digest": "sha-256=10" }),
  };
}

/**
 * The request's own signature, verified but not yet spent; null when none came.
 * @throws Problem("proof_invalid" | "proof_rejected")
 */
export async function takeRequestSignature(call: SignedCall, place: Place, env: Env, now: number): Promise<GivenProof | null> {
  const { headers } = call.request;
  const [input, signature] = [headers.get("signature-input"), headers.get("signature")];
  if (input === null && signature === null) return null;
  const { base, bytes, created, nonce, keyId, algorithm } = read(call, input ?? "", signature ?? "", env);
  if (created < now - LASTS || created > now + CLOCK_SKEW) throw rejected(call, "The signature's `created` is not of the last 60 seconds.");
  if (!(await isDigestOf(headers.get("content-digest"), call.body))) throw rejected(call, "Content-Digest is not the body's.");

  const key = await findKey(env, call.actor.id, keyId, now);
  if (!key || (algorithm !== null && algorithm !== signatureAlgorithm(key.publicKey)))
    throw rejected(call, "The key is not registered for this account, or signs with another algorithm.");
  if (!(await verifyBase(key.publicKey, bytes, base).catch(() => false))) throw rejected(call, "The signature is not the key's over this request.");

  const once = await hashText(`http-signature ${call.actor.id} ${nonce}`);
  const spent = sql`SELECT 1 FROM challenge WHERE hash = ${once}`;
  if (await askPlace(place, () => readFirst(placeDatabase(env, place), spent))) throw rejected(call, "This signature has been used.");
  const evidence: RequestSignatureEvidence = {
    kind: "http-signature",
    base,
    body: call.body === "" ? null : call.body,
    publicKey: key.publicKey,
    signature: toBase64Url(bytes),
  };
  return { kind: "signature", challenge: once, spentUntil: created + 2 * LASTS, evidence };
}

/** What the two fields say. @throws Problem("proof_invalid") when they cannot be read, or do not cover what they must */
function read({ request, body }: SignedCall, input: string, signature: string, env: Env) {
  try {
    const [label, member] = chooseMember(parseDictionary(input));
    const bytes = parseDictionary(signature).get(label)?.value;
    if (!(bytes instanceof Uint8Array)) throw new SyntaxError(`Signature has no bytes for ${label}.`);
    const covered = componentsOf(member.value);
    const missing = [...required, ...(body === "" ? [] : ["content-digest"])].filter((name) => !covered.includes(name));
    if (missing.length > 0) throw new SyntaxError(`The signature must cover ${missing.join(", ")} too.`);
    const { pathname, search } = new URL(request.url);
    const base = signatureBase(member, { method: request.method, url: new URL(`${env.ORIGIN}${pathname}${search}`), headers: request.headers });
    const [created, nonce, keyId, algorithm = null] = ["created", "nonce", "keyid", "alg"].map((name) => member.parameters.get(name));
    if (typeof created !== "number") throw new SyntaxError("The signature says no time as `created`.");
    if (typeof nonce !== "string" || nonce.length < 22 || nonce.length > 255)
      throw new SyntaxError("The signature has no `nonce` of 22 to 255 characters.");
    if (typeof keyId !== "string") throw new SyntaxError("The signature does not say its key as `keyid`.");
    return { base, bytes, created: created * 1000, nonce, keyId, algorithm };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Problem("proof_invalid", { field: "Signature-Input", detail: error.message, headers: asking(body) });
  }
}

/** The one that is meant for us: others may have signed on the way, each with a tag of its own. */
function chooseMember(members: Map<string, Member>): [string, Member] {
  const ours = [...members].filter(([, { parameters }]) => [undefined, TAG].includes(parameters.get("tag") as string | undefined));
  if (ours.length !== 1) throw new SyntaxError(`Exactly one signature is for this, tagged "${TAG}" or not at all.`);
  return ours[0]!;
}

/** RFC 9530: every digest that we can make must be right, and one of them must be there; without a body there need be none. */
async function isDigestOf(field: string | null, body: string): Promise<boolean> {
  if (field === null) return body === "";
  const bytes = new TextEncoder().encode(body);
  try {
    const given = [...parseDictionary(field)].filter(([name]) => name === "sha-256" || name === "sha-512");
    const same = await Promise.all(
      given.map(async ([name, { value }]) => {
        const digest = new Uint8Array(await crypto.subtle.digest(name.toUpperCase(), bytes));
        return value instanceof Uint8Array && toBase64Url(value) === toBase64Url(digest);
      }),
    );
    return same.length > 0 && same.every(Boolean);
  } catch {
    return false;
  }
}

/** By its `kid`, or by its thumbprint (RFC 7638). */
async function findKey(env: Env, accountId: number, keyId: string, now: number): Promise<{ publicKey: string } | null> {
  for (const key of await readSigningKeys(env.DIRECTORY, accountId, now)) {
    if (key.kid === keyId || (await hashText(key.publicKey)) === keyId) return key;
  }
  return null;
}

function rejected({ body }: SignedCall, detail: string): Problem {
  return new Problem("proof_rejected", { detail, change: "Sign the request anew, over what Accept-Signature names.", headers: asking(body) });
}
