/** The key that signs access tokens, and the JWK set that anyone may read to verify them. */
import { exportJWK, importJWK, type JWK } from "jose";
import type { Env } from "../../env.ts";

export interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  /** As it stands in the JWK set: public members only. */
  publicJwk: JWK;
}

/** The last key imported, by its text: an isolate serves one deployment, and importing costs more than verifying. */
let imported: { text: string; key: SigningKey } | null = null;

/** @throws Error when env.OAUTH_SIGNING_KEY is not a private P-256 JWK with a `kid`: the deployment is wrong, no request is. */
export async function signingKey(env: Env): Promise<SigningKey> {
  if (imported?.text !== env.OAUTH_SIGNING_KEY) imported = { text: env.OAUTH_SIGNING_KEY, key: await importSigningKey(env.OAUTH_SIGNING_KEY) };
  return imported.key;
}

/** The JWK set of `jwks_uri`. */
export async function publicKeys(env: Env): Promise<{ keys: JWK[] }> {
  return { keys: [(await signingKey(env)).publicJwk] };
}

async function importSigningKey(text: string): Promise<SigningKey> {
  const { kid, kty, crv, x, y, d } = JSON.parse(text) as JWK;
  if (kty !== "EC" || crv !== "P-256" || !kid || !d) throw new Error("OAUTH_SIGNING_KEY is not a private P-256 JWK with a kid.");
  const privateKey = (await importJWK({ kty, crv, x, y, d }, "ES256")) as CryptoKey;
  const publicKey = (await importJWK({ kty, crv, x, y }, "ES256", { extractable: true })) as CryptoKey;
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" };
  return { kid, privateKey, publicKey, publicJwk };
}
