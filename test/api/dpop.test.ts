/** DPoP (RFC 9449): tokens of Asclepia's programs that are worth nothing without the key to which they are bound. */
import { env } from "cloudflare:test";
import { calculateJwkThumbprint, decodeJwt, exportJWK, generateKeyPair, SignJWT, type JWK } from "jose";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { beforeAll, describe, expect, test } from "vitest";
import { hashText, randomToken } from "../../worker/contract/operation.ts";
import { dpopNonce } from "../../worker/identity/oauth/dpop.ts";
import { sweepOAuth } from "../../worker/identity/oauth/sweep.ts";
import { account, basic, issuer, post, send, tokenEndpoint, tokens, type Account, type TokenAnswer } from "./token-server.ts";

const resource = `${env.ORIGIN}/itcare/compute/instances`;
const credentials = { grant_type: "client_credentials" };

interface Key {
  algorithm: string;
  privateKey: CryptoKey;
  jwk: JWK;
  jkt: string;
}
async function key(algorithm = "ES256"): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return { algorithm, privateKey, jwk, jkt: await calculateJwkThumbprint(jwk) };
}

type Parts = Record<string, unknown>;
type Spoil = (claims: Parts, header: Parts) => unknown;

async function proof(of: Key, what: { method?: string; url?: string; token?: string }, spoil: Spoil = () => {}): Promise<string> {
  const { method = "POST", url = tokenEndpoint, token } = what;
  const claims: Parts = { htm: method, htu: url, iat: Math.floor(Date.now() / 1000), jti: randomToken(), nonce: await dpopNonce(env, Date.now()) };
  if (token) claims["ath"] = await hashText(token);
  const header: Parts = { alg: of.algorithm, typ: "dpop+jwt", jwk: of.jwk };
  await spoil(claims, header);
  return new SignJWT(claims).setProtectedHeader(header as { alg: string }).sign(of.privateKey);
}

let reader: Account;
let own: Key;
beforeAll(async () => {
  [reader, own] = [await account(), await key()];
});

const begin = async (of = own): Promise<TokenAnswer> => tokens(await post(credentials, { headers: { ...basic(reader), dpop: await proof(of, {}) } }));
const list = (authorization: string, dpop?: string, url = resource) =>
  send(new Request(url, { headers: { authorization, ...(dpop !== undefined && { dpop }) } }));

describe("a bound token", () => {
  test.each(["ES256", "EdDSA", "Ed25519", "PS256"])("names the key, with %s, and is good with a proof of it for each request", async (algorithm) => {
    const of = await key(algorithm);
    const { access_token, token_type } = await begin(of);
    expect([token_type, decodeJwt(access_token)["cnf"]]).toEqual(["DPoP", { jkt: of.jkt }]);
    for (const url of [resource, `${resource}?size=1`]) {
      const answer = await list(`DPoP ${access_token}`, await proof(of, { method: "GET", url: resource, token: access_token }), url);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("dpop-nonce")).toBe(await dpopNonce(env, Date.now()));
    }
  });

  test("sent as a bearer's, without a proof, or with another key's is 401, with a challenge that names DPoP", async () => {
    const { access_token } = await begin();
    const good = () => proof(own, { method: "GET", url: resource, token: access_token });
    const other = await proof(await key(), { method: "GET", url: resource, token: access_token });
    const refused = [
      await list(`Bearer ${access_token}`),
      await list(`Bearer ${access_token}`, await good()),
      await list(`DPoP ${access_token}`),
      await list(`DPoP ${access_token}`, other),
    ];
    for (const answer of refused) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get("www-authenticate")).toMatch(/^DPoP error="invalid_(token|dpop_proof)", algs="ES256 EdDSA Ed25519 PS256"$/);
    }
    expect((await list(`DPoP ${access_token}`, await good())).status).toBe(200);
  });

  test("is what a bearer's token does not become by a proof", async () => {
    const plain = await tokens(await post(credentials, { headers: basic(reader) }));
    expect(plain.token_type).toBe("bearer");
    expect((await list(`DPoP ${plain.access_token}`, await proof(own, { method: "GET", url: resource, token: plain.access_token }))).status).toBe(
      401,
    );
  });

  test("ends like any other, proof or not", async () => {
    const { access_token, refresh_token } = await begin();
    await post({ token: refresh_token }, { to: `${issuer}/protocol/openid-connect/revoke`, headers: basic(reader) });
    expect((await list(`DPoP ${access_token}`, await proof(own, { method: "GET", url: resource, token: access_token }))).status).toBe(401);
  });

  test("is renewed with a proof, also of a new key, and never loosened into a bearer's", async () => {
    const first = await begin();
    const renew = async (refreshToken: string, dpop?: string) =>
      post({ grant_type: "refresh_token", refresh_token: refreshToken }, { headers: { ...basic(reader), ...(dpop && { dpop }) } });
    const without = await renew(first.refresh_token);
    expect([without.status, await without.json()]).toEqual([400, expect.objectContaining({ error: "invalid_dpop_proof" })]);
    const next = await key();
    const second = await tokens(await renew(first.refresh_token, await proof(next, {})));
    expect([second.token_type, decodeJwt(second.access_token)["cnf"]]).toEqual(["DPoP", { jkt: next.jkt }]);
  });
});

const seconds = () => Math.floor(Date.now() / 1000);
const spoilt: [string, Spoil][] = [
  ["for another method", (claims) => (claims["htm"] = "PUT")],
  ["for another path", (claims) => (claims["htu"] = `${issuer}/protocol/openid-connect/revoke`)],
  ["for another host", (claims) => (claims["htu"] = "https://elsewhere.example/auth/realms/cloud/protocol/openid-connect/token")],
  ["for no place at all", (claims) => delete claims["htu"]],
  ["older than a minute", (claims) => (claims["iat"] = seconds() - 61)],
  ["of a time to come", (claims) => (claims["iat"] = seconds() + 12)],
  ["of no time", (claims) => delete claims["iat"]],
  ["that has expired by its own word", (claims) => (claims["exp"] = seconds() - 1)],
  ["without a jti", (claims) => delete claims["jti"]],
  ["with an empty jti", (claims) => (claims["jti"] = "")],
  ["with a jti without end", (claims) => (claims["jti"] = "x".repeat(256))],
  ["of another type", (_, header) => (header["typ"] = "JWT")],
  ["of no type", (_, header) => delete header["typ"]],
  ["without its key", (_, header) => delete header["jwk"]],
  ["that points to its key", (_, header) => (header["jku"] = "https://elsewhere.example/jwks")],
  ["that names its key", (_, header) => (header["kid"] = "1")],
  ["with the key of somebody else", async (_, header) => (header["jwk"] = (await key()).jwk)],
  ["with its private key beside", async (_, header) => (header["jwk"] = { ...(header["jwk"] as JWK), d: "AAAA" })],
];

describe("a proof", () => {
  test.each(spoilt)("%s is refused at both doors, and begins nothing", async (_, spoil) => {
    const refused = await post(credentials, { headers: { ...basic(reader), dpop: await proof(own, {}, spoil) } });
    expect([refused.status, await refused.json()]).toEqual([400, expect.objectContaining({ error: "invalid_dpop_proof" })]);
    const { access_token } = await begin();
    const answer = await list(`DPoP ${access_token}`, await proof(own, { method: "GET", url: resource, token: access_token }, spoil));
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, expect.stringContaining('error="invalid_dpop_proof"')]);
  });

  test("is refused with a signature of another algorithm, a shared secret, none, or when it is no proof", async () => {
    const [header, claims, signature] = (await proof(own, {})).split(".") as [string, string, string];
    const shared = new SignJWT(decodeJwt(`${header}.${claims}.${signature}`)).setProtectedHeader({
      alg: "HS256",
      typ: "dpop+jwt",
      jwk: own.jwk,
    } as never);
    const bad = [
      await proof(await key("ES384"), {}),
      await shared.sign(new TextEncoder().encode("a secret that everybody knows of")),
      `${btoa(JSON.stringify({ alg: "none", typ: "dpop+jwt", jwk: own.jwk })).replaceAll("=", "")}.${claims}.`,
      `${header}.${claims}.${signature.slice(0, -4)}AAAA`,
      `${await proof(own, {})}, ${await proof(own, {})}`,
      "",
      "a.b.c",
    ];
    for (const dpop of bad) expect((await post(credentials, { headers: { ...basic(reader), dpop } })).status, dpop).toBe(400);
  });

  test("is for its own token: of another one, and of none, it is refused", async () => {
    const [one, other] = [await begin(), await begin()];
    const forOther = await proof(own, { method: "GET", url: resource, token: other.access_token });
    const forNone = await proof(own, { method: "GET", url: resource });
    for (const dpop of [forOther, forNone]) expect((await list(`DPoP ${one.access_token}`, dpop)).status).toBe(401);
  });

  test("must hold a nonce of ours: the answer gives one, for four minutes more", async () => {
    const now = Date.now();
    const bad = [
      undefined,
      7,
      "",
      "old",
      `${await dpopNonce(env, now)}x`,
      await dpopNonce(env, now - 5 * 60_000),
      await dpopNonce(env, now + 60_000),
    ];
    for (const nonce of bad) {
      const refused = await post(credentials, { headers: { ...basic(reader), dpop: await proof(own, {}, (claims) => (claims["nonce"] = nonce)) } });
      expect([refused.status, await refused.json()], String(nonce)).toEqual([400, expect.objectContaining({ error: "use_dpop_nonce" })]);
      const given = refused.headers.get("dpop-nonce")!;
      await tokens(await post(credentials, { headers: { ...basic(reader), dpop: await proof(own, {}, (claims) => (claims["nonce"] = given)) } }));
    }
    const older = await dpopNonce(env, Date.now() - 3 * 60_000);
    await tokens(await post(credentials, { headers: { ...basic(reader), dpop: await proof(own, {}, (claims) => (claims["nonce"] = older)) } }));
  });

  test("is good once, at either door, also when sent twice at the same time; the sweep forgets it when its time is over", async () => {
    const { access_token } = await begin();
    for (let round = 0; round < 20; round++) {
      const one = await proof(own, {});
      const both = await Promise.all([1, 2].map(() => post(credentials, { headers: { ...basic(reader), dpop: one } })));
      expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
      const two = await proof(own, { method: "GET", url: resource, token: access_token });
      const reads = await Promise.all([1, 2].map(() => list(`DPoP ${access_token}`, two)));
      expect(reads.map(({ status }) => status).sort()).toEqual([200, 401]);
    }
    const kept = async () => env.DIRECTORY.prepare("SELECT count(*) AS n FROM spent_proof").first<number>("n");
    await sweepOAuth(env, Date.now() + 59_000);
    expect(await kept()).toBeGreaterThan(40);
    await sweepOAuth(env, Date.now() + 80_000);
    expect(await kept()).toBe(0);
  });
});

describe("a strict client library", () => {
  const ownFetch = (url: string, options: RequestInit) => send(new Request(url, { ...options, signal: null }));

  test("oauth4webapi: token, request and refresh, each after the nonce that it is told", async () => {
    const insecure = { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: ownFetch as typeof fetch };
    const server = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), insecure));
    const client: oauth.Client = { client_id: reader.clientId };
    const DPoP = oauth.DPoP(client, await generateKeyPair("ES256"));
    const options = { ...insecure, DPoP };
    const grant = async () =>
      oauth.processClientCredentialsResponse(
        server,
        client,
        await oauth.clientCredentialsGrantRequest(server, client, oauth.ClientSecretBasic(reader.secret), {}, options),
      );
    const granted = await grant().catch((error: unknown) => (oauth.isDPoPNonceError(error) ? grant() : Promise.reject(error as Error)));
    expect(granted.token_type).toBe("dpop");
    const ask = () => oauth.protectedResourceRequest(granted.access_token, "GET", new URL(resource), undefined, null, options);
    const answer = await ask().catch((error: unknown) => (oauth.isDPoPNonceError(error) ? ask() : Promise.reject(error as Error)));
    expect(answer.status).toBe(200);
    const renewed = await oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, oauth.ClientSecretBasic(reader.secret), granted.refresh_token!, options),
    );
    expect(renewed.token_type).toBe("dpop");
  });

  test("openid-client does it by itself", async () => {
    const config = await openid.discovery(new URL(issuer), reader.clientId, undefined, openid.ClientSecretBasic(reader.secret), {
      execute: [openid.allowInsecureRequests],
      [openid.customFetch]: ownFetch as openid.CustomFetch,
    });
    const DPoP = openid.getDPoPHandle(config, await generateKeyPair("Ed25519"));
    const granted = await openid.clientCredentialsGrant(config, {}, { DPoP });
    const answer = await openid.fetchProtectedResource(config, granted.access_token, new URL(resource), "GET", undefined, undefined, { DPoP });
    expect([granted.token_type, answer.status]).toEqual(["dpop", 200]);
  });
});
