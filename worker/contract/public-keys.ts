/** A public key as text that two registrations of one key share. */
import { canonicalize, type Json } from "./operation.ts";

/** RFC 7638 section 3.2: the members that make the key, and nothing else. Its SHA-256 is the key's thumbprint. @throws TypeError for another kind of key */
export function publicText(jwk: { readonly [member: string]: unknown }): string {
  const members = memberNames[jwk["kty"] as keyof typeof memberNames];
  if (!members || members.some((member) => typeof jwk[member] !== "string"))
    throw new TypeError("The JWK is no public key of a kind that is used here.");
  return canonicalize(Object.fromEntries(members.map((member) => [member, jwk[member] as Json])));
}

const memberNames = { EC: ["crv", "kty", "x", "y"], OKP: ["crv", "kty", "x"], RSA: ["e", "kty", "n"] } as const;
