/** Access tokens: ES256 JWTs after RFC 9068. They name the account and the family that a revocation ends; rights are read anew at every request. */
import { decodeProtectedHeader, jwtVerify, SignJWT, type JWTPayload } from "jose";
import { parseId } from "../../contract/ids.ts";
import { randomToken } from "../../contract/operation.ts";
import type { Env } from "../../env.ts";
import { Problem } from "../../gate/problem.ts";
import { issuerOf } from "./issuer.ts";
import { signingKey, type SigningKey } from "./keys.ts";

/** How the account has authenticated when the family was begun: a secret only reads, a key acts. */
export type AuthenticatedBy = "secret" | "key";

export interface AccessTokenClaims {
  accountId: number;
  clientId: string;
  familyId: string;
  authenticatedBy: AuthenticatedBy;
  /** The thumbprint of the key to which the token is bound (RFC 9449 section 6); absent: it is a bearer's. */
  jkt?: string;
}

export interface AccessTokenGrant extends AccessTokenClaims {
  /** Space-separated; empty: none was asked for. */
  scope: string;
  /** In seconds. */
  lifetime: number;
}

/** What a token for the API names as its audience. */
const audienceOf = (env: Env): string => `${env.ORIGIN}/itcare`;

/** @param now ms since 1970 */
export async function issueAccessToken(grant: AccessTokenGrant, env: Env, now: number): Promise<string> {
  const { kid, privateKey } = await signingKey(env);
  const issued = Math.floor(now / 1000);
  const own = {
    client_id: grant.clientId,
    sid: grant.familyId,
    authenticated_by: grant.authenticatedBy,
    ...(grant.jkt && { cnf: { jkt: grant.jkt } }),
  };
  return new SignJWT(grant.scope ? { ...own, scope: grant.scope } : own)
    .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid })
    .setIssuer(issuerOf(env))
    .setAudience(audienceOf(env))
    .setSubject(String(grant.accountId))
    .setIssuedAt(issued)
    .setExpirationTime(issued + grant.lifetime)
    .setJti(randomToken(16))
    .sign(privateKey);
}

/**
 * What a token says, once signature, type, issuer, audience and time are verified. Whether its family has been revoked and its account may still
 * act is the directory's to say.
 * @param now ms since 1970
 * @throws Problem token_invalid for anything else than a live access token of ours: an ID token, a client assertion, a session token
 */
export async function readAccessToken(token: string, env: Env, now: number): Promise<AccessTokenClaims & { payload: JWTPayload }> {
  const key = await signingKey(env);
  const claims = await verify(token, key, env, now).catch(() => null);
  const accountId = typeof claims?.sub === "string" ? parseId(claims.sub) : null;
  const { client_id: clientId, sid: familyId, authenticated_by: authenticatedBy, cnf } = claims ?? {};
  const { jkt } = (cnf ?? {}) as { jkt?: string };
  if (
    claims === null ||
    accountId === null ||
    (cnf !== undefined && typeof jkt !== "string") ||
    typeof clientId !== "string" ||
    typeof familyId !== "string" ||
    (authenticatedBy !== "secret" && authenticatedBy !== "key")
  ) {
    throw new Problem("token_invalid", { headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
  }
  return { accountId, clientId, familyId, authenticatedBy, ...(jkt !== undefined && { jkt }), payload: claims };
}

async function verify(token: string, { kid, publicKey }: SigningKey, env: Env, now: number) {
  // The header chooses nothing: a member that could (jku, jwk, x5u, crit, …), even under our own signature, makes it somebody else's token.
  const header = decodeProtectedHeader(token);
  if (header.kid !== kid || Object.keys(header).some((member) => !["alg", "typ", "kid"].includes(member))) throw new Error("Not our header.");
  const { payload } = await jwtVerify(token, publicKey, {
    algorithms: ["ES256"],
    typ: "at+jwt",
    issuer: issuerOf(env),
    audience: audienceOf(env),
    requiredClaims: ["sub", "client_id", "iat", "exp", "jti", "sid", "authenticated_by"],
    currentDate: new Date(now),
  });
  return payload;
}
