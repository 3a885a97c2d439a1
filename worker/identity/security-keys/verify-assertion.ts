/** WebAuthn Level 3, section 7.2: has this person's own key signed this very challenge, just now? */
import { verifySignature } from "@simplewebauthn/server/helpers";
import * as z from "zod";
import { commit, MustHitOne } from "../../../db/commit.ts";
import { readVerificationKey, type VerificationKey } from "../../../db/directory/read/security-keys.ts";
import { notifyChange } from "../../../db/directory/write/passwords.ts";
import { appendEvent } from "../../../db/directory/write/outbox.ts";
import { lockKey, useKey } from "../../../db/directory/write/security-keys.ts";
import type { AssertionEvidence } from "../../contract/log-entry.ts";
import { toBase64Url } from "../../contract/operation.ts";
import type { Env } from "../../env.ts";
import { binary, invalid, readAuthenticatorData, readBinary, readClientData, rejected, requireOurCeremony, requireOurKeyUse } from "./ceremony.ts";
import { userHandle } from "./relying-party.ts";

/** What `navigator.credentials.get()` gives, as JSON; extension outputs are not looked at. */
const assertion = z.object({
  id: binary.min(1).max(1364),
  rawId: binary.min(1).max(1364),
  type: z.literal("public-key"),
  response: z.object({ clientDataJSON: binary, authenticatorData: binary, signature: binary, userHandle: binary.nullish() }),
});

export interface Assertion {
  /** AuthenticationResponseJSON as it came. */
  response: unknown;
  /** The hash that was to be signed, base64url; the caller has seen that its challenge is open, and spends it in the commit of the act. */
  expectedChallenge: string;
  /** Whose key it must be: from the session, never from the request. */
  personId: number;
  /** The session's public id, for the event of a locked key. */
  session?: string;
  env: Env;
  /** ms since 1970 */
  now: number;
}

/**
 * Every check first, then one write: the key's counter moves, alone and before the act commits. A touch without an act harms nobody.
 * @throws Problem("proof_invalid") for what cannot be read, Problem("proof_rejected") for a check that failed
 */
export async function verifyAssertion({
  response,
  expectedChallenge,
  personId,
  session = "",
  env,
  now,
}: Assertion): Promise<{ keyId: number; evidence: Omit<AssertionEvidence, "operation"> }> {
  const parsed = assertion.safeParse(response);
  if (!parsed.success) throw invalid("This is not the answer of a security key.");
  const { id, rawId, response: sent } = parsed.data;

  // W22–W26: this ceremony, this challenge, on our pages.
  requireOurCeremony(readClientData(sent.clientDataJSON), "webauthn.get", expectedChallenge, env);

  // W27–W30: the key was used for us, by its user.
  const authenticatorData = readBinary(sent.authenticatorData, "authenticator data");
  const { flags, counter } = await readVerified(authenticatorData, env);

  // W20, W21: a key of this person, which is what the options allowed, and not locked. Absent, foreign and locked keys are answered alike.
  if (rawId !== id) throw rejected("The credential's two ids differ.");
  const key = await readVerificationKey(env.DIRECTORY, id, personId);
  if (!key || key.locked !== null) throw rejected("This key is not registered for you.");
  // W21: and the key says so too, if it says anything.
  if (sent.userHandle && sent.userHandle !== userHandle(personId)) throw rejected("The key belongs to another user.");

  // W31: a key does not change its kind.
  if (flags.be !== key.backupEligible) throw rejected("The key says otherwise than at its enrolment whether it can be backed up.");

  // W32: the signature, over exactly what was read above.
  const clientData = readBinary(sent.clientDataJSON, "client data");
  const signature = readBinary(sent.signature, "signature");
  if (!(await isSigned(key.publicKey, authenticatorData, clientData, signature))) throw rejected("The signature is not the key's.");

  // W33: a counter only grows. Judged after the signature, so that nobody but the key's holder can lock it.
  if ((counter > 0 || key.signCount > 0) && counter <= key.signCount)
    await refuseCounter(key, { counter, expectedChallenge, personId, session, credentialId: id }, env, now);

  // W34, W35: only now, and only if nobody was faster, does anything change.
  try {
    await commit(env.DIRECTORY, [useKey(key.id, { before: key.signCount, after: counter }, flags.bs, expectedChallenge, now)]);
  } catch (error) {
    if (error instanceof MustHitOne) throw rejected("The key was used elsewhere at the same moment.");
    throw error;
  }

  return {
    keyId: key.id,
    evidence: {
      kind: "webauthn",
      credentialId: id,
      publicKey: toBase64Url(key.publicKey),
      authenticatorData: sent.authenticatorData,
      clientData: sent.clientDataJSON,
      signature: sent.signature,
    },
  };
}

async function readVerified(authenticatorData: Uint8Array<ArrayBuffer>, env: Env) {
  const data = readAuthenticatorData(authenticatorData);
  await requireOurKeyUse(data, env);
  return data;
}

async function isSigned(
  publicKey: Uint8Array<ArrayBuffer>,
  authenticatorData: Uint8Array,
  clientData: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const clientDataHash = new Uint8Array(await crypto.subtle.digest("SHA-256", clientData));
  const data = new Uint8Array(authenticatorData.length + clientDataHash.length);
  data.set(authenticatorData);
  data.set(clientDataHash, authenticatorData.length);
  try {
    return await verifySignature({ signature, data, credentialPublicKey: publicKey });
  } catch {
    // A signature that has not even the form of one.
    return false;
  }
}

interface Counted {
  counter: number;
  expectedChallenge: string;
  personId: number;
  session: string;
  credentialId: string;
}

/** A counter that does not grow is a copy of the key: it is locked, and the organization's log says so. The same answer sent twice is no copy. */
async function refuseCounter(
  key: VerificationKey,
  { counter, expectedChallenge, personId, session, credentialId }: Counted,
  env: Env,
  now: number,
): Promise<never> {
  if (key.lastChallenge === expectedChallenge) throw rejected("This answer of the key was used already.");
  const person = { id: personId, name: key.name, organizationId: key.organizationId, session };
  try {
    await commit(env.DIRECTORY, [
      lockKey(key.id, now),
      appendEvent("key-locked", person, { credentialId, counter, expected: key.signCount + 1 }, now),
      notifyChange(personId, "key-locked", now, { key: key.keyName }),
    ]);
  } catch (error) {
    if (!(error instanceof MustHitOne)) throw error;
  }
  throw rejected("The key's counter went backwards: there may be a copy of it. The key is locked.");
}
