/** Making a new security key in the browser, and what can go wrong there as what a person can do about it. */
import {
  startRegistration,
  WebAuthnError,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
} from "@simplewebauthn/browser";

/** Each is a sentence of `activation` in the messages. */
export type KeyTrouble = "keyAbandoned" | "keyKnown" | "keyUnsupported" | "keyNotVerified" | "keyFailed";

export async function makeKey(options: PublicKeyCredentialCreationOptionsJSON): Promise<RegistrationResponseJSON | KeyTrouble> {
  try {
    return await startRegistration({ optionsJSON: options });
  } catch (error) {
    return troubleOf(error);
  }
}

/** What the browser said, as what a person can do about it. */
function troubleOf(error: unknown): KeyTrouble {
  if (error instanceof WebAuthnError) {
    if (error.code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED") return "keyKnown";
    if (error.code === "ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT") return "keyNotVerified";
    if (error.code === "ERROR_AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG") return "keyUnsupported";
  }
  const { name } = error as Error;
  if (name === "NotAllowedError" || name === "AbortError") return "keyAbandoned";
  return name === "NotSupportedError" || name === "SecurityError" || !("PublicKeyCredential" in globalThis) ? "keyUnsupported" : "keyFailed";
}
