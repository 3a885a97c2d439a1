/** One signature in the log. Of a security key: that it is over the act as the log tells it, by a key that its person had enrolled (WebAuthn section 7.2). */
import type { ActAccepted, AssertionEvidence, SignatureEvidence } from "../log-entry.ts";
import { canonicalize, fromBase64Url, hashText, SIGNATURE_LASTS, toBase64Url, type CanonicalOperation, type Json } from "../operation.ts";
import type { Keyring } from "./keyring.ts";
import { verifyRequestSignature } from "./request-signature.ts";

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ATTESTED_DATA = 0x40;
const EXTENSION_DATA = 0x80;

/** How far the clocks of two machines may be apart, in ms. */
const CLOCKS_APART = 5_000;

/** `origin`: of the page on which a person signed; null: a program did. */
export type Signed = { flaw: string } | { nonce: string; origin: string | null };

interface ClientData {
  type: string;
  challenge: string;
  origin: string;
  crossOrigin?: boolean;
  topOrigin?: string;
}

/** The operation's nonce and the origin on which it was signed, or what is wrong, as a sentence. */
export async function verifySignature(event: ActAccepted, evidence: SignatureEvidence, keys: Keyring): Promise<Signed> {
  try {
    return evidence.kind === "http-signature" ? await verifyRequestSignature(event, evidence, keys) : await verify(event, evidence, keys);
  } catch {
    return { flaw: "The signature cannot be read." };
  }
}

async function verify(event: ActAccepted, evidence: AssertionEvidence, keys: Keyring): Promise<Signed> {
  const operation = JSON.parse(evidence.operation) as CanonicalOperation;
  const different = differenceOf(event, operation, evidence.operation);
  if (different) return { flaw: different };

  const clientDataBytes = fromBase64Url(evidence.clientData);
  const clientData = JSON.parse(new TextDecoder().decode(clientDataBytes)) as ClientData;
  if (clientData.type !== "webauthn.get") return { flaw: "What was signed is no assertion of a security key." };
  if (clientData.challenge !== (await hashText(evidence.operation))) return { flaw: "The key signed another operation." };
  if (clientData.crossOrigin || clientData.topOrigin !== undefined) return { flaw: "The operation was signed inside another site's page." };

  const authenticatorData = fromBase64Url(evidence.authenticatorData);
  const flags = authenticatorData[32] ?? 0;
  if (authenticatorData.length < 37 || (authenticatorData.length > 37 && !(flags & (ATTESTED_DATA | EXTENSION_DATA))))
    return { flaw: "The authenticator's data is not well formed." };
  if (!(flags & USER_PRESENT) || !(flags & USER_VERIFIED)) return { flaw: "The key did not verify its user." };
  const relyingParty = toBase64Url(authenticatorData.slice(0, 32));
  if (!(await belongsTo(clientData.origin, relyingParty))) return { flaw: "The key signed for another site than the one it was asked on." };

  const at = Date.parse(event.at);
  const expires = Date.parse(operation.expires);
  if (!(at < expires)) return { flaw: "The signed operation had expired." };
  if (expires > at + SIGNATURE_LASTS + CLOCKS_APART) return { flaw: "The signed operation was issued after the act." };
  const key = keys.find(evidence.credentialId, evidence.publicKey, event.actor.id, at);
  if (typeof key === "string") return { flaw: key };
  key.relyingParty ??= relyingParty;
  if (key.relyingParty !== relyingParty) return { flaw: "The key signed for another site than before." };

  const hash = await crypto.subtle.digest("SHA-256", clientDataBytes);
  const signed = new Uint8Array([...authenticatorData, ...new Uint8Array(hash)]);
  const imported = await keys.import(evidence.publicKey);
  if (!(await imported.verify(fromBase64Url(evidence.signature), signed))) return { flaw: "The signature is not the key's." };
  return { nonce: operation.nonce, origin: clientData.origin };
}

/** What the log tells otherwise than the signed operation does; null: nothing. */
function differenceOf(event: ActAccepted, operation: CanonicalOperation, text: string): string | null {
  const same = (told: unknown, signed: unknown) => canonicalize((told ?? null) as Json) === canonicalize((signed ?? null) as Json);
  const differs = (what: string) => `The log tells another ${what} than the one that was signed.`;
  if (operation.version !== 1 || canonicalize(operation as unknown as Json) !== text) return "The signed operation is not in its canonical form.";
  if (operation.label !== event.label) return differs("act");
  if (!same(event.target, { kind: operation.target.kind, id: operation.target.id })) return differs("target");
  if (!same(event.parameters, operation.parameters)) return differs("set of parameters");
  if (!same({ kind: event.actor.kind, id: event.actor.id }, operation.actor)) return differs("actor");
  if (event.actor.session !== operation.session) return differs("session");
  if (typeof operation.nonce !== "string" || operation.nonce.length < 43) return "The signed operation has no nonce of 32 bytes.";
  return null;
}

/** A relying party's id is the origin's host or a domain above it. */
async function belongsTo(origin: string, relyingParty: string): Promise<boolean> {
  const labels = new URL(origin).hostname.split(".");
  for (let first = 0; first < Math.max(1, labels.length - 1); first += 1) {
    if ((await hashText(labels.slice(first).join("."))) === relyingParty) return true;
  }
  return false;
}
