/** Introspection (RFC 7662): a program of Asclepia asks what its tokens are worth; about anything else it learns nothing. */
import { env } from "cloudflare:test";
import * as openid from "openid-client";
import { expect, test } from "vitest";
import { randomToken } from "../../worker/contract/operation.ts";
import { account, basic, issuer, post, send, tokens, type TokenAnswer } from "./token-server.ts";

const endpoint = `${issuer}/protocol/openid-connect/token/introspect`;
const credentials = { grant_type: "client_credentials" };

const [reader, stranger] = [await account(), await account()];
const begin = async (who = reader): Promise<TokenAnswer> => tokens(await post({ ...credentials, scope: "openid" }, { headers: basic(who) }));
const ask = async (token: string, who = reader) => {
  const answer = await post({ token, token_type_hint: "whatever" }, { to: endpoint, headers: basic(who) });
  expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
  return answer.text();
};
const inactive = '{"active":false}';

test("tells of one's own living tokens", async () => {
  const { access_token, refresh_token } = await begin();
  const now = Math.floor(Date.now() / 1000);
  const shared = { active: true, iss: issuer, sub: String(reader.id), client_id: reader.clientId, scope: "openid" };
  const access = JSON.parse(await ask(access_token)) as Record<string, unknown>;
  expect(access).toEqual({
    ...shared,
    aud: `${env.ORIGIN}/itcare`,
    iat: expect.any(Number),
    exp: expect.any(Number),
    jti: expect.any(String),
    token_type: "Bearer",
  });
  expect(access["exp"] as number).toBeGreaterThan(now + 1190);
  const refresh = JSON.parse(await ask(refresh_token)) as Record<string, unknown>;
  expect(refresh).toEqual({ ...shared, exp: expect.any(Number) });
  expect(refresh["exp"] as number).toBeGreaterThan(now + 7190);
});

test("says the same, byte for byte, of what is unknown, spent, expired, revoked, another's, and of no token at all", async () => {
  const [spent, revoked, late] = [await begin(), await begin(), await begin()];
  await tokens(await post({ grant_type: "refresh_token", refresh_token: spent.refresh_token }, { headers: basic(reader) }));
  await post({ token: revoked.refresh_token }, { to: `${issuer}/protocol/openid-connect/revoke`, headers: basic(reader) });
  const foreign = await begin(stranger);
  const asked = [
    randomToken(),
    "a.b.c",
    spent.refresh_token,
    revoked.access_token,
    revoked.refresh_token,
    foreign.access_token,
    foreign.refresh_token,
  ];
  for (const token of asked) expect(await ask(token), token).toBe(inactive);
  await env.DIRECTORY.prepare("UPDATE refresh_token SET expires = 1").run();
  expect(await ask(late.refresh_token)).toBe(inactive);
  expect(JSON.parse(await ask(late.access_token))).toMatchObject({ active: true });
});

test("is for authenticated clients alone, by POST", async () => {
  const { access_token } = await begin();
  expect((await post({ token: access_token }, { to: endpoint })).status).toBe(401);
  expect((await post({ token: access_token }, { to: endpoint, headers: basic({ ...reader, secret: "wrong" }) })).status).toBe(401);
  expect((await post({}, { to: endpoint, headers: basic(reader) })).status).toBe(400);
  expect((await send(new Request(endpoint))).status).toBe(405);
});

test("openid-client reads it", async () => {
  const ownFetch = ((url: string, options: RequestInit) => send(new Request(url, { ...options, signal: null }))) as openid.CustomFetch;
  const config = await openid.discovery(new URL(issuer), reader.clientId, undefined, openid.ClientSecretBasic(reader.secret), {
    execute: [openid.allowInsecureRequests],
    [openid.customFetch]: ownFetch,
  });
  const granted = await openid.clientCredentialsGrant(config);
  expect(await openid.tokenIntrospection(config, granted.access_token)).toMatchObject({ active: true, client_id: reader.clientId });
  await openid.tokenRevocation(config, granted.access_token);
  expect(await openid.tokenIntrospection(config, granted.access_token)).toEqual({ active: false });
});
