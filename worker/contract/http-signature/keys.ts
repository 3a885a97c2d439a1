/** The public keys with which accounts sign requests: ES256 on P-256 and Ed25519, in the form that RFC 7638 gives a JWK. Used by the gate and by the log's verifier. */
type Bytes = Uint8Array<ArrayBuffer>;

/** The algorithm's name in RFC 9421 section 6.2.2, or null: keys of this kind sign no requests. */
export function signatureAlgorithm(text: string): "ecdsa-p256-sha256" | "ed25519" | null {
  const { crv } = JSON.parse(text) as { crv?: string };
  return crv === "P-256" ? "ecdsa-p256-sha256" : crv === "Ed25519" ? "ed25519" : null;
}

/** Does the key say so? @throws whatever WebCrypto throws for text that is no key */
export async function verifyBase(text: string, signature: Bytes, base: string): Promise<boolean> {
  const algorithm = signatureAlgorithm(text);
  if (!algorithm) return false;
  const how = algorithm === "ed25519" ? { name: "Ed25519" } : { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("jwk", JSON.parse(text) as JsonWebKey, how, false, ["verify"]);
  return crypto.subtle.verify(how, key, signature, new TextEncoder().encode(base));
}
