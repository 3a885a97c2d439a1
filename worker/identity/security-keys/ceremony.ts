/**
 * What enrolment and assertion have in common: reading what the browser sent, and the checks of WebAuthn Level 3, sections 7.1 and 7.2, that are the
 * same in both. The numbers W1 to W37 are this product's list of them; each has its own negative test.
 */
import { parseAuthenticatorData, type ParsedAuthenticatorData } from "@simplewebauthn/server/helpers";
import * as z from "zod";
import { fromBase64Url, toBase64Url } from "../../contract/operation.ts";
import type { Env } from "../../env.ts";
import { Problem } from "../../gate/problem.ts";
import { relyingParty } from "./relying-party.ts";

/** Base64url without padding, and not more than any authenticator sends. */
export const binary = z
  .string()
  .regex(/^[A-Za-z0-9_-]*$/)
  .max(64 * 1024);

const clientData = z.object({
  type: z.string(),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.unknown().optional(),
  topOrigin: z.unknown().optional(),
});
export type ClientData = z.infer<typeof clientData>;

/** W36: whatever cannot be read is the caller's mistake, never ours. */
export function invalid(detail: string): Problem {
  return new Problem("proof_invalid", { detail });
}

/** A check that failed. It says which one to the caller, who holds the key; nothing of it names a person or another key. */
export function rejected(detail: string): Problem {
  return new Problem("proof_rejected", { detail, change: "Begin again and use the security key that is registered for you." });
}

/** W36: parsed once, as UTF-8 whose byte order mark is no part of the text. @throws Problem("proof_invalid") */
export function readClientData(clientDataJSON: string): ClientData {
  try {
    return clientData.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(fromBase64Url(clientDataJSON))));
  } catch {
    throw invalid("The client data is not the JSON of a WebAuthn ceremony.");
  }
}

/** @throws Problem("proof_invalid") */
export function readAuthenticatorData(bytes: Uint8Array<ArrayBuffer>): ParsedAuthenticatorData {
  try {
    return parseAuthenticatorData(bytes);
  } catch {
    throw invalid("The authenticator data is not well formed.");
  }
}

/** @throws Problem("proof_invalid") for what has the alphabet of base64url but not its length */
export function readBinary(text: string, what: string): Uint8Array<ArrayBuffer> {
  try {
    return fromBase64Url(text);
  } catch {
    throw invalid(`The ${what} is not base64url.`);
  }
}

/** W1–W5 and W22–W26. @throws Problem("proof_rejected") */
export function requireOurCeremony(
  data: ClientData,
  type: "webauthn.create" | "webauthn.get",
  expectedChallenge: string,
  env: Pick<Env, "ORIGIN">,
): void {
  const { origin } = relyingParty(env);
  // W1, W22: it is this kind of ceremony.
  if (data.type !== type) throw rejected(`The ceremony is '${data.type}', expected '${type}'.`);
  // W2, W23: it answers the challenge that was issued.
  if (data.challenge !== expectedChallenge) throw rejected("The challenge is not the one that was issued.");
  // W3, W24: it took place on our pages.
  if (data.origin !== origin) throw rejected(`The origin is '${data.origin}', expected '${origin}'.`);
  // W4, W25: not within a frame of another site.
  if (data.crossOrigin !== undefined && data.crossOrigin !== false) throw rejected("The ceremony took place in a frame of another origin.");
  // W5, W26: nor does it name one.
  if (data.topOrigin !== undefined) throw rejected("The ceremony names another top origin.");
}

/** W6–W9 and W27–W30. @throws Problem("proof_rejected") */
export async function requireOurKeyUse({ rpIdHash, flags }: ParsedAuthenticatorData, env: Pick<Env, "ORIGIN">): Promise<void> {
  const expected = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(relyingParty(env).id)));
  // W6, W27: the key was asked for us.
  if (toBase64Url(rpIdHash) !== toBase64Url(expected)) throw rejected("The key was used for another site.");
  // W7, W28: somebody was there.
  if (!flags.up) throw rejected("Nobody touched the key.");
  // W8, W29: and the key knows who: PIN or biometrics, always.
  if (!flags.uv) throw rejected("The key did not verify its user.");
  // W9, W30: what cannot be backed up is not backed up.
  if (flags.bs && !flags.be) throw rejected("The key says that it is backed up and that it cannot be.");
}
