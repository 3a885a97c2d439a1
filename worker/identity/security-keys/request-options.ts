import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/server";
import { readKeyDescriptors } from "../../../db/directory/read/security-keys.ts";
import type { Env } from "../../env.ts";
import { ASSERTION_LASTS, relyingParty } from "./relying-party.ts";

/**
 * The options of `navigator.credentials.get()`: the person's own usable keys, and the hash to be signed. Asked for within a session only, so the list
 * tells nobody else who has keys (W37).
 */
export async function requestOptions(env: Env, personId: number, hash: string): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const keys = await readKeyDescriptors(env.DIRECTORY, personId);
  return {
    challenge: hash,
    timeout: ASSERTION_LASTS,
    rpId: relyingParty(env).id,
    allowCredentials: keys.map(({ credentialId, transports }) => ({
      id: credentialId,
      type: "public-key" as const,
      transports: JSON.parse(transports),
    })),
    userVerification: "required",
  };
}
