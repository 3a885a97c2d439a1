/** Beginning an enrolment: the challenge, and what the browser is told. */
import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/server";
import { readKeyDescriptors } from "../../../db/directory/read/security-keys.ts";
import { insertChallenge } from "../../../db/directory/write/challenges.ts";
import type { Env } from "../../env.ts";
import { newChallenge } from "./new-challenge.ts";
import { algorithms, ENROLMENT_LASTS, relyingParty, userHandle } from "./relying-party.ts";

/** Whom the key will belong to: from the activation link or the session, never from the request (W18). */
export interface Enrolling {
  id: number;
  name: string;
  email: string;
}

/**
 * The options of `navigator.credentials.create()` for a person, their challenge stored.
 * @param session what the challenge is bound to: the hash of the activation token, or the public id of the session
 */
export async function creationOptions(
  env: Env,
  { id, name, email }: Enrolling,
  session: string,
  now: number,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const rp = relyingParty(env);
  const { hash, nonce, expires } = await newChallenge("enrol", id, session, now + ENROLMENT_LASTS);
  await insertChallenge(env.DIRECTORY, { hash, purpose: "enrol", personId: id, session }, nonce, expires);
  const keys = await readKeyDescriptors(env.DIRECTORY, id);
  return {
    rp: { id: rp.id, name: rp.name },
    user: { id: userHandle(id), name: email, displayName: name },
    challenge: hash,
    pubKeyCredParams: algorithms.map((alg) => ({ type: "public-key" as const, alg })),
    timeout: ENROLMENT_LASTS,
    excludeCredentials: keys.map(({ credentialId, transports }) => ({
      id: credentialId,
      type: "public-key" as const,
      transports: JSON.parse(transports),
    })),
    authenticatorSelection: { residentKey: "discouraged", requireResidentKey: false, userVerification: "required" },
    attestation: "none",
  };
}
