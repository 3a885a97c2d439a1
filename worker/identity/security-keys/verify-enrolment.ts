/** WebAuthn Level 3, section 7.1: is this the new key that was asked for? */
import { convertAAGUIDToString, decodeAttestationObject } from "@simplewebauthn/server/helpers";
import * as z from "zod";
import type { EnrolledKey } from "../../../db/directory/write/security-keys.ts";
import { toBase64Url } from "../../contract/operation.ts";
import type { Env } from "../../env.ts";
import { binary, invalid, readAuthenticatorData, readBinary, readClientData, rejected, requireOurCeremony, requireOurKeyUse } from "./ceremony.ts";
import { requireUsableKey } from "./public-key.ts";

/** What `navigator.credentials.create()` gives, as JSON. What we do not use is not looked at: the library's own encodings of the same, extension outputs (W17). */
const registration = z.object({
  id: binary.min(1),
  rawId: binary.min(1),
  type: z.literal("public-key"),
  response: z.object({ clientDataJSON: binary, attestationObject: binary, transports: z.array(z.string().max(32)).max(8).default([]) }),
});

const LONGEST_CREDENTIAL_ID = 1023;
const knownTransports = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];

export interface Enrolment {
  /** RegistrationResponseJSON as it came. */
  response: unknown;
  /** The challenge that was issued to this activation, base64url. */
  expectedChallenge: string;
  env: Pick<Env, "ORIGIN">;
}

/**
 * The new key, to be stored under the person whom its options named (W18) in the commit that spends the challenge. That nobody has it yet (W15, W19)
 * is the commit's to say: the credential id is unique over everybody.
 * @throws Problem("proof_invalid") for what cannot be read, Problem("proof_rejected") for a check that failed
 */
export async function verifyEnrolment({ response, expectedChallenge, env }: Enrolment): Promise<EnrolledKey> {
  const parsed = registration.safeParse(response);
  if (!parsed.success) throw invalid("This is not the answer of a security key's enrolment.");
  const { id, rawId, response: sent } = parsed.data;

  // W1–W5: this ceremony, on our pages.
  requireOurCeremony(readClientData(sent.clientDataJSON), "webauthn.create", expectedChallenge, env);

  // W6–W9: the key was used for us, by its user.
  const attestation = readAttestation(readBinary(sent.attestationObject, "attestation object"));
  const data = readAuthenticatorData(attestation.authData);
  await requireOurKeyUse(data, env);
  const { credentialID, credentialPublicKey, aaguid, flags, counter } = data;
  if (!credentialID || !credentialPublicKey || !aaguid) throw invalid("The authenticator data holds no new key.");

  // W10: keys that are backed up to their owner's other devices are accepted, and noted.
  // W11: an algorithm that was offered, and a key of that algorithm.
  const algorithm = await requireUsableKey(credentialPublicKey);

  // W12: the statement's format, letter by letter; nothing but 'none' has anything to say while we trust no maker's certificates.
  if (attestation.format !== "none") throw rejected(`The attestation format is '${attestation.format}', expected 'none'.`);
  // W13: and then it states nothing.
  if (attestation.statementSize !== 0) throw rejected("An attestation of format 'none' states nothing.");

  // W14: the longest id that the standard allows.
  if (credentialID.length === 0 || credentialID.length > LONGEST_CREDENTIAL_ID)
    throw rejected(`A credential id has 1 to ${LONGEST_CREDENTIAL_ID} bytes.`);
  // The id beside the attestation is the attested one.
  const credentialId = toBase64Url(credentialID);
  if (id !== credentialId || rawId !== credentialId) throw rejected("The credential's id is not the attested one.");

  // W16: all that later checks compare with.
  return {
    credentialId,
    publicKey: credentialPublicKey,
    algorithm,
    signCount: counter,
    transports: knownTransports.filter((known) => sent.transports.includes(known)),
    backupEligible: flags.be,
    backedUp: flags.bs,
    uvInitialized: flags.uv,
    aaguid: convertAAGUIDToString(aaguid),
    attestation: "none",
  };
}

/** @throws Problem("proof_invalid") for malformed CBOR (W36) */
function readAttestation(bytes: Uint8Array<ArrayBuffer>): { format: string; statementSize: number; authData: Uint8Array<ArrayBuffer> } {
  try {
    const object: unknown = decodeAttestationObject(bytes);
    const map = object as Map<string, unknown>;
    const [format, statement, authData] = [map.get("fmt"), map.get("attStmt"), map.get("authData")];
    if (typeof format === "string" && statement instanceof Map && authData instanceof Uint8Array) {
      return { format, statementSize: statement.size, authData: new Uint8Array(authData) };
    }
  } catch {
    // The answer is the same for whatever cannot be read.
  }
  throw invalid("The attestation object is not well formed.");
}
