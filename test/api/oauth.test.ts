/** The token server (OAuth 2.0): programs of Asclepia get, renew and give back their tokens; everybody else gets the standard's own errors. */
import { env } from "cloudflare:test";
import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT, type JWK } from "jose";
import { describe, expect, test } from "vitest";
import { issueAccessToken, readAccessToken } from "../../worker/identity/oauth/access-token.ts";

const issuer = `${env.ORIGIN}/auth/realms/cloud`;
const audience = `${env.ORIGIN}/itcare`;

describe("an access token", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  const claims = { accountId: 562_971_429_157_792, clientId: "cgdm-sa-asclepia-reader", familyId: "family-1", authenticatedBy: "secret" } as const;
  const issue = (at = now) => issueAccessToken({ ...claims, scope: "openid", lifetime: 1200 }, env, at);

  test("is an at+jwt for the API, and says the largest account id unharmed", async () => {
    const token = await issue();
    expect(decodeProtectedHeader(token)).toEqual({ alg: "ES256", typ: "at+jwt", kid: "test" });
    expect(decodeJwt(token)).toMatchObject({ iss: issuer, aud: audience, sub: "562971429157792", client_id: claims.clientId, iat: now / 1000, exp: now / 1000 + 1200, scope: "openid", sid: "family-1" });
    expect(await readAccessToken(token, env, now)).toEqual(claims);
    expect(await readAccessToken(token, env, now + 1_199_000)).toEqual(claims);
    expect(decodeJwt(await issue()).jti).not.toBe(decodeJwt(token).jti);
  });

  const refusals: [string, (payload: Record<string, unknown>, header: Record<string, unknown>) => void][] = [
    ["an ID token", (_, header) => (header.typ = "JWT")],
    ["a client assertion", (_, header) => (header.typ = "client-authentication+jwt")],
    ["a token without a type", (_, header) => delete header.typ],
    ["another issuer's token", (payload) => (payload.iss = "https://elsewhere.example")],
    ["a token for another audience", (payload) => (payload.aud = issuer)],
    ["a token that never ends", (payload) => delete payload.exp],
    ["a token without a family", (payload) => delete payload.sid],
    ["a token whose subject is no id", (payload) => (payload.sub = "1e3")],
    ["a token that does not say how its account authenticated", (payload) => (payload.authenticated_by = "password")],
    ["a token that brings its own key", (_, header) => (header.jwk = { kty: "EC" })],
    ["a token that points to its key", (_, header) => (header.jku = "https://elsewhere.example/jwks")],
    ["a token that points to its certificate", (_, header) => (header.x5u = "https://elsewhere.example/cert")],
    ["a token under another key id", (_, header) => (header.kid = "../../dev/null")],
  ];
  test.each(refusals)("is not %s, even under our own signature", async (_, spoil) => {
    const own = { iss: issuer, aud: audience, sub: String(claims.accountId), client_id: claims.clientId, sid: "family-1", authenticated_by: "key", jti: "1", iat: now / 1000, exp: now / 1000 + 60 };
    const key = await importJWK(JSON.parse(env.OAUTH_SIGNING_KEY) as JWK, "ES256");
    const make = (payload: Record<string, unknown>, header: Record<string, unknown>) => new SignJWT(payload).setProtectedHeader(header as { alg: string }).sign(key);
    const payload: Record<string, unknown> = { ...own };
    const header: Record<string, unknown> = { alg: "ES256", typ: "at+jwt", kid: "test" };
    await readAccessToken(await make(payload, header), env, now);
    spoil(payload, header);
    await expect(readAccessToken(await make(payload, header), env, now)).rejects.toMatchObject({ code: "token_invalid" });
  });

  test("is refused when expired, unsigned, signed with a shared secret, altered, or no token at all", async () => {
    const token = await issue();
    const [header, payload, signature] = token.split(".") as [string, string, string];
    const encode = (value: object) => btoa(JSON.stringify(value)).replaceAll("=", "");
    const publicKeyAsSecret = new TextEncoder().encode((JSON.parse(env.OAUTH_SIGNING_KEY) as { x: string }).x);
    const bad = [
      `${encode({ alg: "none", typ: "at+jwt", kid: "test" })}.${payload}.`,
      await new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: "test" }).sign(publicKeyAsSecret),
      `${header}.${encode({ ...decodeJwt(token), sub: "1" })}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      `${header}.${payload}`,
      "0123456789012345678901234567890123456789012",
      "",
    ];
    for (const text of bad) await expect(readAccessToken(text, env, now), text).rejects.toMatchObject({ code: "token_invalid" });
    await expect(readAccessToken(token, env, now + 1_200_000)).rejects.toMatchObject({ code: "token_invalid" });
  });
});
