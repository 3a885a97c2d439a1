/** private_key_jwt: a client proves itself by a short JWT that it signs with its registered key (RFC 7523 section 3, OpenID Connect Core section 9). */
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, type JWK, type JWTPayload, type JWTVerifyOptions } from "jose";
import type { Client, Credential } from "../../../db/directory/read/oauth.ts";
import type { SpentAssertion } from "../../../db/directory/write/oauth.ts";
import type { Env } from "../../env.ts";
import { invalidClient } from "./errors.ts";
import { issuerOf, tokenEndpointOf } from "./issuer.ts";

export const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** EdDSA under its older and its newer name (RFC 9864). */
export const assertionAlgorithms: readonly string[] = ["ES256", "EdDSA", "Ed25519", "PS256"];

/** How far ahead `exp` may lie, in seconds: also how long a spent `jti` is remembered. */
const LASTS_AT_MOST = 300;
/** How far a client's clock may be ahead or behind, in seconds. */
const CLOCK_SKEW = 10;

/** Whom an assertion speaks for, before anything of it is believed. @throws OAuthError invalid_client */
export function assertedClientId(assertion: string): string {
  try {
    const { sub } = decodeJwt(assertion);
    if (typeof sub === "string") return sub;
  } catch {
    // Not a JWT at all.
  }
  throw invalidClient();
}

/**
 * Which key signed, and the assertion's `jti`, to be spent in the commit that acts on it: until then a second use is not excluded.
 * @param now ms since 1970
 * @throws OAuthError invalid_client
 */
export async function verifyClientAssertion(
  assertion: string,
  client: Client,
  env: Env,
  now: number,
): Promise<{ credential: Credential; assertion: SpentAssertion }> {
  const verified = await verify(assertion, client, env, now).catch(() => null);
  if (!verified) throw invalidClient();
  const { claims, credential } = verified;
  if (typeof claims.jti !== "string" || claims.jti === "" || claims.jti.length > 255) throw invalidClient();
  if (claims.exp! > now / 1000 + LASTS_AT_MOST || (claims.iat ?? 0) > now / 1000 + CLOCK_SKEW) throw invalidClient();
  // An audience beside ours would let that other server play the assertion here.
  if (Array.isArray(claims.aud) && claims.aud.length !== 1) throw invalidClient();
  return { credential, assertion: { jti: claims.jti, expires: Math.ceil((claims.exp! + CLOCK_SKEW) * 1000) } };
}

async function verify(assertion: string, client: Client, env: Env, now: number): Promise<{ claims: JWTPayload; credential: Credential } | null> {
  refuseForeignHeader(assertion);
  const options: JWTVerifyOptions = {
    algorithms: [...assertionAlgorithms],
    // The subject is the client already: by it the client was found.
    issuer: client.clientId,
    audience: [issuerOf(env), tokenEndpointOf(env)],
    requiredClaims: ["exp", "jti"],
    clockTolerance: CLOCK_SKEW,
    currentDate: new Date(now),
  };
  // No `kid`, and several registered keys of the kind, as during a change of keys: any of them will do.
  for (const credential of client.credentials.filter(({ jwk }) => jwk !== null)) {
    const registered = createLocalJWKSet({ keys: [JSON.parse(credential.jwk!) as JWK] });
    const verified = await jwtVerify(assertion, registered, options).catch(() => null);
    if (verified) return { claims: verified.payload, credential };
  }
  return null;
}

/** The key comes from the registration alone, and another kind of token (an access token, an ID token of somebody) is no assertion. */
function refuseForeignHeader(assertion: string): void {
  const header = decodeProtectedHeader(assertion);
  if (["jku", "jwk", "x5u", "x5c"].some((member) => member in header)) throw new Error("The header brings a key.");
  if (header.typ !== undefined && !["jwt", "client-authentication+jwt"].includes(header.typ.toLowerCase())) throw new Error("Another kind of token.");
}
