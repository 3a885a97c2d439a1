/**
 * Signing in with the security key beside the password. Whoever knows an address can have its account blocked by guessing; its owner, whose key signs a
 * challenge first, is not kept out by that: failures behind the key are counted apart, and only whoever has the key can make any.
 *
 * The challenge is not kept until it is answered, so that nobody can fill a table, or be kept from asking: it carries its own end and a MAC over the
 * address that it was issued for. Answered, it is put down as spent in the commit that counts the attempt.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { readKeyDescriptors } from "../../db/directory/read/security-keys.ts";
import { readForSignIn } from "../../db/directory/read/people.ts";
import type { Write } from "../../db/commit.ts";
import { spendOnce } from "../../db/directory/write/challenges.ts";
import { fromBase64Url, toBase64Url } from "../contract/operation.ts";
import type { Env } from "../env.ts";
import { foldEmail } from "./attempts.ts";
import { readJson, type Exchange } from "./exchange.ts";
import { readClientData, rejected } from "./security-keys/ceremony.ts";
import { ASSERTION_LASTS, relyingParty } from "./security-keys/relying-party.ts";
import { verifyAssertion } from "./security-keys/verify-assertion.ts";

const NONCE = 32;
const TIME = 6;

/**
 * What the browser needs to use a key, the same in form for every address: one that nobody has, or whose owner has no key, is answered with an id that no
 * key has, always the same one (W37).
 */
export async function beginKeySignIn({ request, env, now }: Exchange): Promise<Response> {
  const email = foldEmail((await readJson(request, z.object({ email: z.string().max(320) }).strict())).email);
  const person = await readForSignIn(env.DIRECTORY, email);
  const keys = await readKeyDescriptors(env.DIRECTORY, person?.active ? person.id : -1);
  const decoy = { credentialId: toBase64Url(mac(env, "nobody's key", email)), transports: '["internal"]' };
  const options = {
    challenge: issue(env, email, now),
    timeout: ASSERTION_LASTS,
    rpId: relyingParty(env).id,
    allowCredentials: (keys.length > 0 ? keys : [decoy]).map(({ credentialId, transports }) => ({
      id: credentialId,
      type: "public-key",
      transports: JSON.parse(transports) as string[],
    })),
    userVerification: "required",
  };
  return Response.json({ options }, { headers: { "cache-control": "no-store" } });
}

/**
 * Has a key of this person answered a challenge that was issued for this address? @returns what spends the challenge, for the commit that counts the attempt
 * @throws Problem("proof_invalid" | "proof_rejected")
 */
export async function requireOwnKey(credential: unknown, email: string, personId: number, env: Env, now: number): Promise<Write> {
  const clientDataJSON = (credential as { response?: { clientDataJSON?: unknown } } | null)?.response?.clientDataJSON;
  const challenge = readClientData(typeof clientDataJSON === "string" ? clientDataJSON : "").challenge;
  const expires = endOf(challenge, env, email);
  if (expires === null || expires <= now) throw rejected("The challenge was not issued for this sign-in, or is too old.");
  await verifyAssertion({ response: credential, expectedChallenge: challenge, personId, env, now });
  return spendOnce({ hash: challenge, purpose: "sign-in", personId, session: "" }, expires);
}

function issue(env: Env, email: string, now: number): string {
  const bytes = new Uint8Array(NONCE + TIME);
  crypto.getRandomValues(bytes.subarray(0, NONCE));
  new DataView(bytes.buffer).setUint16(NONCE, Math.floor((now + ASSERTION_LASTS) / 2 ** 32));
  new DataView(bytes.buffer).setUint32(NONCE + 2, (now + ASSERTION_LASTS) >>> 0);
  return toBase64Url(new Uint8Array([...bytes, ...mac(env, "sign-in", email, bytes)]));
}

/** When the challenge ends; null: it is none of ours for this address. */
function endOf(challenge: string, env: Env, email: string): number | null {
  if (!/^[\w-]{94}$/.test(challenge)) return null;
  const bytes = fromBase64Url(challenge);
  const issued = bytes.slice(0, NONCE + TIME);
  if (!timingSafeEqual(mac(env, "sign-in", email, issued), bytes.slice(NONCE + TIME))) return null;
  const view = new DataView(issued.buffer);
  return view.getUint16(NONCE) * 2 ** 32 + view.getUint32(NONCE + 2);
}

/** Under the product's secret, apart from what else it is used for. */
function mac(env: Env, purpose: string, email: string, bytes: Uint8Array = new Uint8Array()): Uint8Array {
  const hmac = createHmac("sha256", fromBase64Url(env.PASSWORD_PEPPER));
  return hmac.update(`itcare ${purpose}\0${email}\0`, "utf8").update(bytes).digest();
}
