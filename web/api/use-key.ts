import { startAuthentication, type AuthenticationResponseJSON, type PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";

/** Has a security key answer a challenge. Null: it was not used. */
export async function useKey(options: PublicKeyCredentialRequestOptionsJSON): Promise<AuthenticationResponseJSON | null> {
  try {
    return await startAuthentication({ optionsJSON: options });
  } catch {
    return null;
  }
}
