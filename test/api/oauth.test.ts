/** The token server (OAuth 2.0): programs of Asclepia get, renew and give back their tokens; everybody else gets the standard's own errors. */
import { env } from "cloudflare:test";
import fc from "fast-check";
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from "jose";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { describe, expect, test } from "vitest";
import { MustHitOne } from "../../db/commit.ts";
import { readClient } from "../../db/directory/read/oauth.ts";
import { beginFamily, hashSecret } from "../../db/directory/write/oauth.ts";
import type { OutboxBody } from "../../worker/contract/log-entry.ts";
import { randomToken } from "../../worker/contract/operation.ts";
import { issueAccessToken, readAccessToken } from "../../worker/identity/oauth/access-token.ts";
import { sweepOAuth } from "../../worker/identity/oauth/sweep.ts";
import { measure } from "../measure.ts";
import { PATIENCE, ROUNDS } from "./meeting.ts";
import { account, basic, basicOf, issuer, post, send, tokenEndpoint, tokens, told, type Account } from "./token-server.ts";

const introspectionEndpoint = `${tokenEndpoint}/introspect`;
const revocationEndpoint = `${issuer}/protocol/openid-connect/revoke`;
const audience = `${env.ORIGIN}/itcare`;

async function expectError(answer: Response, error: string, status = error === "invalid_client" ? 401 : 400): Promise<void> {
  const body = (await answer.json()) as Record<string, unknown>;
  expect([answer.status, body.error], JSON.stringify(body)).toEqual([status, error]);
  expect(Object.keys(body)).toEqual(["error", "error_description"]);
  expect(body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("pragma")).toBe("no-cache");
  expect(answer.headers.get("www-authenticate")).toBe(status === 401 ? 'Basic realm="cloud", charset="UTF-8"' : null);
}

const credentials = { grant_type: "client_credentials" };
const inForm = ({ clientId, secret }: Account) => ({ client_id: clientId, client_secret: secret });
const renew = (refreshToken: string, who: Account) => post({ grant_type: "refresh_token", refresh_token: refreshToken }, { headers: basic(who) });

const familyOf = (accessToken: string) => decodeJwt<{ sid: string }>(accessToken).sid;
const revokedAt = (accessToken: string) =>
  env.DIRECTORY.prepare("SELECT revoked FROM token_family WHERE id = ?").bind(familyOf(accessToken)).first<number>("revoked");
const logged = async (who: Account) => {
  const { results } = await env.DIRECTORY.prepare("SELECT body FROM outbox WHERE organization_id = ? ORDER BY number")
    .bind(who.organizationId)
    .all<{ body: string }>();
  return results.map((row) => JSON.parse(row.body) as OutboxBody);
};

describe("an access token", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  const claims = { accountId: 562_971_429_157_792, clientId: "cgdm-sa-asclepia-reader", familyId: "family-1", authenticatedBy: "secret" } as const;
  const issue = (at = now) => issueAccessToken({ ...claims, scope: "openid", lifetime: 1200 }, env, at);

  test("is an at+jwt for the API, and says the largest account id unharmed", async () => {
    const token = await issue();
    expect(decodeProtectedHeader(token)).toEqual({ alg: "ES256", typ: "at+jwt", kid: "local-test" });
    expect(decodeJwt(token)).toMatchObject({
      iss: issuer,
      aud: audience,
      sub: "562971429157792",
      client_id: claims.clientId,
      iat: now / 1000,
      exp: now / 1000 + 1200,
      scope: "openid",
      sid: "family-1",
    });
    expect(await readAccessToken(token, env, now)).toMatchObject(claims);
    expect(await readAccessToken(token, env, now + 1_199_000)).toMatchObject(claims);
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
    const own = {
      iss: issuer,
      aud: audience,
      sub: String(claims.accountId),
      client_id: claims.clientId,
      sid: "family-1",
      authenticated_by: "key",
      jti: "1",
      iat: now / 1000,
      exp: now / 1000 + 60,
    };
    const key = await importJWK(JSON.parse(env.OAUTH_SIGNING_KEY) as JWK, "ES256");
    const make = (payload: Record<string, unknown>, header: Record<string, unknown>) =>
      new SignJWT(payload).setProtectedHeader(header as { alg: string }).sign(key);
    const payload: Record<string, unknown> = { ...own };
    const header: Record<string, unknown> = { alg: "ES256", typ: "at+jwt", kid: "local-test" };
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
      `${encode({ alg: "none", typ: "at+jwt", kid: "local-test" })}.${payload}.`,
      await new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: "local-test" }).sign(publicKeyAsSecret),
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

describe("client credentials", () => {
  test("by Basic give exactly what the API documents", async () => {
    const reader = await account();
    const answer = await post(credentials, { headers: basic(reader) });
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("pragma")).toBe("no-cache");
    const body = await tokens(answer);
    expect(body).toEqual({
      access_token: expect.any(String),
      expires_in: 1200,
      refresh_expires_in: 7200,
      refresh_token: expect.any(String),
      token_type: "bearer",
    });
    const claims = await readAccessToken(body.access_token, env, Date.now());
    expect(claims).toMatchObject({ accountId: reader.id, clientId: reader.clientId, familyId: expect.any(String), authenticatedBy: "secret" });
    expect(decodeJwt(body.access_token).exp! - decodeJwt(body.access_token).iat!).toBe(1200);
  });

  test("by form give the same, and an empty parameter counts as left out", async () => {
    const reader = await account();
    const body = await tokens(await post({ ...credentials, ...inForm(reader), scope: "" }));
    expect(body).not.toHaveProperty("scope");
    expect((await readAccessToken(body.access_token, env, Date.now())).authenticatedBy).toBe("secret");
  });

  test("with scope openid, as existing clients send it, name the scope; any other is invalid_scope", async () => {
    const reader = await account();
    const body = await tokens(await post({ ...credentials, scope: "openid" }, { headers: basic(reader) }));
    expect(body.scope).toBe("openid");
    expect(decodeJwt(body.access_token).scope).toBe("openid");
    for (const scope of ["admin", "openid admin", "openid  openid", " "])
      await expectError(await post({ ...credentials, scope }, { headers: basic(reader) }), "invalid_scope");
  });

  test("are form-decoded after the split at the first colon, whatever they hold", async () => {
    const odd = await account(null, "cgdm:sa é+%20 odd");
    await env.DIRECTORY.prepare("UPDATE api_credential SET secret_hash = ? WHERE account_id = ?")
      .bind(await hashSecret("a:b+c %é"), odd.id)
      .run();
    await tokens(await post(credentials, { headers: basicOf(odd.clientId, "a:b+c %é") }));
    await expectError(await post(credentials, { headers: { authorization: `Basic ${btoa("cgdm:sa%20odd:a:b")}` } }), "invalid_client");
    const plain = await account();
    await env.DIRECTORY.prepare("UPDATE api_credential SET secret_hash = ? WHERE account_id = ?")
      .bind(await hashSecret("a:b"), plain.id)
      .run();
    await tokens(await post(credentials, { headers: { authorization: `Basic ${btoa(`${plain.clientId}:a:b`)}` } }));
  });

  test("may stand beside the client id in the form when both agree", async () => {
    const reader = await account();
    await tokens(await post({ ...credentials, client_id: reader.clientId }, { headers: basic(reader) }));
  });

  test("that were replaced or suspended between the check and the commit begin nothing", async () => {
    const reader = await account();
    const client = (await readClient(env.DIRECTORY, reader.clientId, Date.now()))!;
    const [credential] = client.credentials;
    const before = { ...client, provenBy: "secret", credential: credential!, network: "", assertion: { jti: "kept", expires: 1 } } as const;
    const begin = (id: string) => beginFamily(env.DIRECTORY, before, { id, scope: "", expires: 1 }, { tokenHash: id, expires: 1 }, 0);
    const change = (what: string) => env.DIRECTORY.prepare(`UPDATE api_credential SET ${what} WHERE account_id = ?`).bind(reader.id).run();
    await change("removed = 1");
    await expect(begin("removed")).rejects.toBeInstanceOf(MustHitOne);
    await change("removed = NULL, ends = 0");
    await expect(begin("ended")).rejects.toBeInstanceOf(MustHitOne);
    await change("ends = NULL");
    await env.DIRECTORY.prepare("UPDATE actor SET state = 'suspended' WHERE id = ?").bind(reader.id).run();
    await expect(begin("suspended")).rejects.toBeInstanceOf(MustHitOne);
    expect(await logged(reader)).toEqual([]);
    expect(await env.DIRECTORY.prepare("SELECT count(*) AS n FROM spent_assertion WHERE account_id = ?").bind(reader.id).first("n")).toBe(0);
  });

  test("are read whatever the case of the scheme and with a charset on the content type", async () => {
    const reader = await account();
    const { authorization } = basic(reader);
    const headers = { authorization: authorization.replace("Basic", "bASIC"), "content-type": "application/x-www-form-urlencoded; charset=UTF-8" };
    await tokens(await post(credentials, { headers }));
  });

  test("that are wrong, unknown, suspended or ended get the same answer, and lock nobody out", async () => {
    const reader = await account();
    const suspended = await account();
    const orphan = await account();
    const keyOnly = await account();
    await env.DIRECTORY.prepare("UPDATE actor SET state = 'suspended' WHERE organization_id = ?").bind(suspended.organizationId).run();
    await env.DIRECTORY.prepare("UPDATE organization SET state = 'ended' WHERE id = ?").bind(orphan.organizationId).run();
    await env.DIRECTORY.prepare("UPDATE api_credential SET removed = 1 WHERE account_id = ?").bind(keyOnly.id).run();
    const attempts = [
      { ...reader, secret: randomToken() },
      { ...reader, clientId: "cgdm-sa-nobody" },
      suspended,
      orphan,
      keyOnly,
      { ...keyOnly, secret: "" },
    ];
    const answers: string[] = [];
    for (const who of attempts.slice(0, 5)) {
      const answer = await post(credentials, { headers: basic(who) });
      answers.push(await answer.clone().text());
      await expectError(answer, "invalid_client");
      await expectError(await post({ ...credentials, ...inForm(who) }), "invalid_client");
    }
    expect(new Set(answers).size).toBe(1);
    for (let attempt = 0; attempt < 20; attempt++) await post(credentials, { headers: basic({ ...reader, secret: "wrong" }) });
    await tokens(await post({ ...credentials, ...inForm(reader) }));
  });

  test("of nobody at all, of a public client, and under another scheme are invalid_client", async () => {
    const reader = await account();
    await expectError(await post(credentials), "invalid_client");
    await expectError(await post({ ...credentials, client_id: reader.clientId }), "invalid_client");
    await expectError(await post(credentials, { headers: { authorization: `Bearer ${randomToken()}` } }), "invalid_client");
  });

  test("leave one cheap event in the outbox, with the largest id unharmed", async () => {
    const reader = await account();
    const body = await tokens(await post(credentials, { headers: basic(reader) }));
    expect(told).toContain(String(reader.organizationId));
    const issued = (await logged(reader)).filter(({ event }) => event.kind === "identity" && event.name === "token-issued");
    expect(issued).toEqual([
      {
        event: {
          kind: "identity",
          name: "token-issued",
          at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
          cloudId: null,
          actor: { kind: "api-account", id: reader.id, session: reader.clientId },
          facts: { familyId: familyOf(body.access_token), method: "secret" },
        },
        names: { [String(reader.id)]: "Reader of Asclepia" },
      },
    ]);
    const { account_id: id } = (await env.DIRECTORY.prepare("SELECT account_id FROM token_family WHERE id = ?")
      .bind(familyOf(body.access_token))
      .first<{ account_id: number }>())!;
    expect(id).toBe(reader.id);
  });
});

describe("a malformed request", () => {
  test("gets invalid_request: no grant, a parameter twice, two methods, parameters in the query, another content type, no UTF-8", async () => {
    const reader = await account();
    const headers = basic(reader);
    await expectError(await post({}, { headers }), "invalid_request");
    await expectError(await post({ grant_type: "" }, { headers }), "invalid_request");
    await expectError(
      await post(
        [
          ["grant_type", "client_credentials"],
          ["grant_type", "client_credentials"],
        ],
        { headers },
      ),
      "invalid_request",
    );
    await expectError(
      await post(
        [
          ["grant_type", "client_credentials"],
          ["scope", ""],
          ["scope", "openid"],
        ],
        { headers },
      ),
      "invalid_request",
    );
    await expectError(await post({ ...credentials, ...inForm(reader) }, { headers }), "invalid_request");
    await expectError(await post({ ...credentials, ...inForm(reader), client_assertion: "a.b.c" }), "invalid_request");
    await expectError(await post({ ...credentials, client_assertion: "a.b.c" }, { headers }), "invalid_request");
    await expectError(await post({ ...credentials, client_secret: reader.secret }), "invalid_request");
    await expectError(
      await post(credentials, { to: `${tokenEndpoint}?client_id=${reader.clientId}&client_secret=${reader.secret}` }),
      "invalid_request",
    );
    await expectError(await post(credentials, { headers, to: `${tokenEndpoint}?grant_type=client_credentials` }), "invalid_request");
    await expectError(await post(credentials, { headers: { authorization: "Basic !!!" } }), "invalid_request");
    await expectError(await post(credentials, { headers: { authorization: "Basic" } }), "invalid_request");
    await expectError(await post(credentials, { headers: { authorization: `Basic ${btoa("no-colon")}` } }), "invalid_request");
    await expectError(await post(credentials, { headers: { authorization: `Basic ${btoa("%zz:secret")}` } }), "invalid_request");
    await expectError(await post(credentials, { headers: { ...headers, "content-type": "application/json" } }), "invalid_request");
    await expectError(await post({ grant_type: "refresh_token" }, { headers }), "invalid_request");
    await expectError(await send(new Request(tokenEndpoint, { method: "POST", headers, body: JSON.stringify(credentials) })), "invalid_request");
    await expectError(await send(new Request(tokenEndpoint, { method: "POST", headers })), "invalid_request");
    const form = { ...headers, "content-type": "application/x-www-form-urlencoded" };
    await expectError(
      await send(new Request(tokenEndpoint, { method: "POST", headers: form, body: new Uint8Array([0x61, 0x3d, 0xff]) })),
      "invalid_request",
    );
    await expectError(await post({ ...credentials, client_id: "cgdm-sa-somebody-else" }, { headers }), "invalid_client");
  });

  test("never reaches a grant that is not offered: password, implicit, code, exchange, or a name from JavaScript", async () => {
    const reader = await account();
    for (const grant of [
      "password",
      "implicit",
      "authorization_code",
      "urn:ietf:params:oauth:grant-type:token-exchange",
      "toString",
      "CLIENT_CREDENTIALS",
    ]) {
      await expectError(
        await post({ grant_type: grant, username: "stan@asclepia.example", password: "correct horse battery", ...inForm(reader) }),
        "unsupported_grant_type",
      );
    }
  });

  test("is refused by method, with Allow", async () => {
    for (const url of [tokenEndpoint, introspectionEndpoint, revocationEndpoint]) {
      for (const method of ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"]) {
        const answer = await send(new Request(url, { method }));
        expect([method, answer.status, answer.headers.get("allow")]).toEqual([method, 405, "POST"]);
      }
      await expectError(await send(new Request(url)), "invalid_request", 405);
    }
    for (const path of ["/.well-known/openid-configuration", "/protocol/openid-connect/certs"]) {
      const answer = await send(new Request(`${issuer}${path}`, { method: "POST", body: "a=b" }));
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    }
  });

  test("is not read beyond its limit, even when it never ends", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 4096;
        controller.enqueue(new Uint8Array(4096).fill(0x61));
      },
    });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    await expectError(await send(new Request(tokenEndpoint, { method: "POST", headers, body: endless })), "invalid_request", 413);
    expect(sent).toBeLessThan(64 * 1024);
  });
});

describe("a refresh token", () => {
  const begin = async (who: Account, fields: Record<string, string> = {}) =>
    tokens(await post({ ...credentials, ...fields }, { headers: basic(who) }));

  test("gives the next tokens of its family, once", async () => {
    const reader = await account();
    const first = await begin(reader, { scope: "openid" });
    const second = await tokens(await renew(first.refresh_token, reader));
    expect(second).toEqual({
      access_token: expect.any(String),
      expires_in: 1200,
      refresh_expires_in: 7200,
      refresh_token: expect.any(String),
      token_type: "bearer",
      scope: "openid",
    });
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(familyOf(second.access_token)).toBe(familyOf(first.access_token));
    const third = await tokens(await post({ grant_type: "refresh_token", refresh_token: second.refresh_token, ...inForm(reader) }));
    expect(familyOf(third.access_token)).toBe(familyOf(first.access_token));
  });

  test("that comes back after it was spent ends the whole family, and the log tells", async () => {
    const reader = await account();
    const first = await begin(reader);
    const second = await tokens(await renew(first.refresh_token, reader));
    await expectError(await renew(first.refresh_token, reader), "invalid_grant");
    expect(await revokedAt(second.access_token)).toBeTypeOf("number");
    await expectError(await renew(second.refresh_token, reader), "invalid_grant");
    await expectError(await renew(first.refresh_token, reader), "invalid_grant");
    const revoked = (await logged(reader)).filter(({ event }) => event.kind === "identity" && event.name === "tokens-revoked");
    expect(revoked.map(({ event }) => event.kind === "identity" && event.facts)).toEqual([
      { familyId: familyOf(first.access_token), cause: "reuse" },
    ]);
  });

  test("that was spent ends the family even when its own time is over", async () => {
    const reader = await account();
    const first = await begin(reader);
    const second = await tokens(await renew(first.refresh_token, reader));
    await env.DIRECTORY.prepare("UPDATE refresh_token SET expires = 1 WHERE token_hash = ?")
      .bind(await hashSecret(first.refresh_token))
      .run();
    await expectError(await renew(first.refresh_token, reader), "invalid_grant");
    expect(await revokedAt(second.access_token)).toBeTypeOf("number");
  });

  test(
    `spent twice at the same time gives tokens once, and then the family has ended for both: ${ROUNDS} rounds`,
    async () => {
      const reader = await account();
      for (let round = 0; round < ROUNDS; round++) {
        const first = await begin(reader);
        const answers = await Promise.all([renew(first.refresh_token, reader), renew(first.refresh_token, reader)]);
        expect(answers.map((answer) => answer.status).sort(), `round ${round}`).toEqual([200, 400]);
        const won = await tokens(answers.find((answer) => answer.status === 200)!);
        await expectError(
          answers.find((answer) => answer.status === 400)!,
          "invalid_grant",
        );
        expect(await revokedAt(won.access_token)).toBeTypeOf("number");
        await expectError(await renew(won.refresh_token, reader), "invalid_grant");
      }
      const revoked = (await logged(reader)).filter(({ event }) => event.kind === "identity" && event.name === "tokens-revoked");
      expect(revoked).toHaveLength(ROUNDS);
    },
    PATIENCE,
  );

  test("is of no use to another account, and its attempt ends nothing", async () => {
    const reader = await account();
    const stranger = await account();
    const first = await begin(reader);
    await expectError(await renew(first.refresh_token, stranger), "invalid_grant");
    const second = await tokens(await renew(first.refresh_token, reader));
    await expectError(await renew(first.refresh_token, stranger), "invalid_grant");
    expect(await revokedAt(second.access_token)).toBeNull();
  });

  test("needs its client's authentication, and is refused when unknown, too old, too wide, or an access token", async () => {
    const reader = await account();
    const first = await begin(reader, { scope: "openid" });
    await expectError(await post({ grant_type: "refresh_token", refresh_token: first.refresh_token }), "invalid_client");
    await expectError(await renew(first.refresh_token, { ...reader, secret: "wrong" }), "invalid_client");
    await expectError(await renew(randomToken(), reader), "invalid_grant");
    await expectError(await renew(first.access_token, reader), "invalid_grant");
    await expectError(
      await post({ grant_type: "refresh_token", refresh_token: first.refresh_token, scope: "openid admin" }, { headers: basic(reader) }),
      "invalid_scope",
    );
    const plain = await begin(reader);
    await expectError(
      await post({ grant_type: "refresh_token", refresh_token: plain.refresh_token, scope: "openid" }, { headers: basic(reader) }),
      "invalid_scope",
    );
    await env.DIRECTORY.prepare("UPDATE refresh_token SET expires = ? WHERE token_hash = ?")
      .bind(Date.now(), await hashSecret(first.refresh_token))
      .run();
    await expectError(await renew(first.refresh_token, reader), "invalid_grant");
    expect(await revokedAt(first.access_token)).toBeNull();
  });

  test("never carries its family beyond 12 hours, and says so", async () => {
    const reader = await account();
    const first = await begin(reader);
    const { created, expires } = (await env.DIRECTORY.prepare("SELECT created, expires FROM token_family WHERE id = ?")
      .bind(familyOf(first.access_token))
      .first<{ created: number; expires: number }>())!;
    expect(expires - created).toBe(12 * 3_600_000);
    await env.DIRECTORY.prepare("UPDATE token_family SET expires = ? WHERE id = ?")
      .bind(Date.now() + 600_000, familyOf(first.access_token))
      .run();
    const second = await tokens(await renew(first.refresh_token, reader));
    expect(second.expires_in).toBeLessThanOrEqual(600);
    expect(second.expires_in).toBeGreaterThan(590);
    expect(second.refresh_expires_in).toBe(second.expires_in);
    expect(decodeJwt(second.access_token).exp! - decodeJwt(second.access_token).iat!).toBe(second.expires_in);
    await env.DIRECTORY.prepare("UPDATE token_family SET expires = ? WHERE id = ?").bind(Date.now(), familyOf(first.access_token)).run();
    await expectError(await renew(second.refresh_token, reader), "invalid_grant");
  });

  test("is refused as soon as its account or organization is no longer active", async () => {
    const reader = await account();
    const first = await begin(reader);
    for (const state of ["suspended", "ended"]) {
      await env.DIRECTORY.prepare("UPDATE organization SET state = ? WHERE id = ?").bind(state, reader.organizationId).run();
      await expectError(await renew(first.refresh_token, reader), "invalid_client");
    }
  });
});

describe("private_key_jwt", () => {
  type Spoil = (payload: Record<string, unknown>, header: Record<string, unknown>) => void;
  const keyPair = async (algorithm = "ES256", kid = "runner-1") => {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    return { algorithm, kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: "sig" } };
  };
  type Keys = Awaited<ReturnType<typeof keyPair>>;

  async function assertion(clientId: string, keys: Keys, spoil: Spoil = () => {}): Promise<string> {
    const seconds = Math.floor(Date.now() / 1000);
    const payload: Record<string, unknown> = { iss: clientId, sub: clientId, aud: issuer, jti: randomToken(), iat: seconds, exp: seconds + 60 };
    const header: Record<string, unknown> = { alg: keys.algorithm, kid: keys.kid };
    spoil(payload, header);
    return new SignJWT(payload).setProtectedHeader(header as { alg: string }).sign(keys.privateKey);
  }
  const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  const byKey = (text: string, fields: Record<string, string> = credentials, to = tokenEndpoint) =>
    post({ client_assertion_type: type, client_assertion: text, ...fields }, { to });

  test.each(["ES256", "EdDSA", "Ed25519", "PS256"])("with %s gives a token that acts", async (algorithm) => {
    const keys = await keyPair(algorithm);
    const runner = await account([keys.jwk]);
    const body = await tokens(await byKey(await assertion(runner.clientId, keys)));
    expect((await readAccessToken(body.access_token, env, Date.now())).authenticatedBy).toBe("key");
    const issued = (await logged(runner)).map(({ event }) => event.kind === "identity" && event.facts.method);
    expect(issued).toEqual(["key"]);
  });

  test("may name the token endpoint as its audience, repeat the client id, and be short of one when several keys are registered", async () => {
    const [old, current] = [await keyPair("ES256", "old"), await keyPair("ES256", "current")];
    const runner = await account([old.jwk, current.jwk]);
    await tokens(await byKey(await assertion(runner.clientId, current, (payload) => (payload.aud = tokenEndpoint))));
    await tokens(
      await byKey(await assertion(runner.clientId, current, (payload) => (payload.aud = [issuer])), { ...credentials, client_id: runner.clientId }),
    );
    await tokens(await byKey(await assertion(runner.clientId, current, (_, header) => delete header.kid)));
    await expectError(await byKey(await assertion(runner.clientId, current, (_, header) => (header.kid = "old"))), "invalid_client");
  });

  const seconds = () => Math.floor(Date.now() / 1000);
  const spoilt: [string, Spoil][] = [
    ["another issuer than subject", (payload) => (payload.iss = "cgdm-sa-somebody")],
    ["another subject than issuer", (payload) => (payload.sub = "cgdm-sa-somebody")],
    ["no subject", (payload) => delete payload.sub],
    ["an unknown client", (payload) => (payload.iss = payload.sub = "cgdm-sa-nobody")],
    ["the API as its audience", (payload) => (payload.aud = audience)],
    ["no audience", (payload) => delete payload.aud],
    ["a second audience", (payload) => (payload.aud = [issuer, "https://elsewhere.example"])],
    ["both of ours", (payload) => (payload.aud = [issuer, tokenEndpoint])],
    ["no end", (payload) => delete payload.exp],
    ["an end that is past", (payload) => (payload.exp = seconds() - 11)],
    ["an end more than 5 minutes ahead", (payload) => (payload.exp = seconds() + 302)],
    ["an end that is text", (payload) => (payload.exp = String(seconds() + 60))],
    ["a beginning that is to come", (payload) => (payload.nbf = seconds() + 60)],
    ["an issue that is to come", (payload) => (payload.iat = seconds() + 60)],
    ["no jti", (payload) => delete payload.jti],
    ["an empty jti", (payload) => (payload.jti = "")],
    ["a jti that is a number", (payload) => (payload.jti = 7)],
    ["a jti without end", (payload) => (payload.jti = "x".repeat(256))],
    ["the type of an access token", (_, header) => (header.typ = "at+jwt")],
    ["a key of its own", (_, header) => (header.jwk = { kty: "EC" })],
    ["a link to its key", (_, header) => (header.jku = "https://elsewhere.example/jwks")],
    ["a link to its certificate", (_, header) => (header.x5u = "https://elsewhere.example/cert")],
    ["an unknown key id", (_, header) => (header.kid = "another")],
  ];
  test.each(spoilt)("with %s is invalid_client", async (_, spoil) => {
    const keys = await keyPair();
    const runner = await account([keys.jwk]);
    await tokens(await byKey(await assertion(runner.clientId, keys)));
    await expectError(await byKey(await assertion(runner.clientId, keys, spoil)), "invalid_client");
  });

  test("is invalid_client when signed by a foreign key, by a shared secret, by nobody, or for an account without keys", async () => {
    const keys = await keyPair();
    const runner = await account([keys.jwk]);
    const reader = await account();
    await expectError(await byKey(await assertion(runner.clientId, { ...(await keyPair()), kid: keys.kid })), "invalid_client");
    await expectError(await byKey(await assertion(reader.clientId, keys)), "invalid_client");
    const good = await assertion(runner.clientId, keys);
    const [, payload] = good.split(".") as [string, string];
    const shared = await new SignJWT(decodeJwt(good))
      .setProtectedHeader({ alg: "HS256", kid: keys.kid })
      .sign(new TextEncoder().encode(runner.secret));
    await expectError(await byKey(shared), "invalid_client");
    await expectError(await byKey(`${btoa('{"alg":"none"}').replaceAll("=", "")}.${payload}.`), "invalid_client");
    await expectError(await byKey("not-a-jwt"), "invalid_client");
    await expectError(await byKey((await tokens(await post(credentials, { headers: basic(reader) }))).access_token), "invalid_client");
    await expectError(await post({ ...credentials, client_assertion: good, client_assertion_type: "urn:elsewhere" }), "invalid_client");
    await expectError(await post({ ...credentials, client_assertion: good }), "invalid_request");
    await expectError(await byKey(good, { ...credentials, client_id: reader.clientId }), "invalid_client");
    await tokens(await byKey(good));
  });

  test("is refused with ES384 and RS256, however well signed", async () => {
    for (const algorithm of ["ES384", "RS256"]) {
      const keys = await keyPair(algorithm);
      const runner = await account([keys.jwk]);
      await expectError(await byKey(await assertion(runner.clientId, keys)), "invalid_client");
    }
  });

  test(
    `is good once: two at the same time, ${ROUNDS} rounds, one wins each`,
    async () => {
      const keys = await keyPair();
      const runner = await account([keys.jwk]);
      for (let round = 0; round < ROUNDS; round++) {
        const text = await assertion(runner.clientId, keys);
        const answers = await Promise.all([byKey(text), byKey(text)]);
        expect(answers.map((answer) => answer.status).sort(), `round ${round}`).toEqual([200, 401]);
        await expectError(
          answers.find((answer) => answer.status === 401)!,
          "invalid_client",
        );
      }
      const { families } = (await env.DIRECTORY.prepare("SELECT count(*) AS families FROM token_family WHERE account_id = ?")
        .bind(runner.id)
        .first<{ families: number }>())!;
      expect(families).toBe(ROUNDS);
    },
    PATIENCE,
  );

  test("spent at one endpoint or grant is spent at all; the same jti of another account is not", async () => {
    const keys = await keyPair();
    const [runner, other] = [await account([keys.jwk]), await account([keys.jwk])];
    const named: Spoil = (payload) => (payload.jti = "the-same");
    const text = await assertion(runner.clientId, keys, named);
    const first = await tokens(await byKey(text));
    await tokens(await byKey(await assertion(other.clientId, keys, named)));
    await expectError(await byKey(text, { grant_type: "refresh_token", refresh_token: first.refresh_token }), "invalid_client");
    await expectError(await byKey(text, { token: first.refresh_token }, revocationEndpoint), "invalid_client");
    await expectError(await byKey(text, { token: randomToken() }, revocationEndpoint), "invalid_client");
    await expectError(await byKey(text, { token: first.refresh_token }, introspectionEndpoint), "invalid_client");
    expect(await revokedAt(first.access_token)).toBeNull();
  });

  test("begins a family that only the key carries on; a family begun by secret stays one of a secret", async () => {
    const keys = await keyPair();
    const runner = await account([keys.jwk]);
    const refresh = (refreshToken: string) => ({ grant_type: "refresh_token", refresh_token: refreshToken });
    const acting = await tokens(await byKey(await assertion(runner.clientId, keys)));
    await expectError(await renew(acting.refresh_token, runner), "invalid_grant");
    const next = await tokens(await byKey(await assertion(runner.clientId, keys), refresh(acting.refresh_token)));
    expect((await readAccessToken(next.access_token, env, Date.now())).authenticatedBy).toBe("key");
    const reading = await tokens(await post(credentials, { headers: basic(runner) }));
    const still = await tokens(await byKey(await assertion(runner.clientId, keys), refresh(reading.refresh_token)));
    expect((await readAccessToken(still.access_token, env, Date.now())).authenticatedBy).toBe("secret");
    // Spent is spent, whoever brings it.
    await expectError(await renew(acting.refresh_token, runner), "invalid_grant");
    expect(await revokedAt(next.access_token)).toBeTypeOf("number");
  });
});

describe("revocation", () => {
  const giveBack = (token: string, who: Account, more: Record<string, string> = {}) =>
    post({ token, ...more }, { to: revocationEndpoint, headers: basic(who) });

  test.each(["refresh_token", "access_token"] as const)("of the %s ends the family, whatever the hint says, and is told once", async (kind) => {
    const reader = await account();
    const body = await tokens(await post(credentials, { headers: basic(reader) }));
    const answer = await giveBack(body[kind], reader, { token_type_hint: kind === "refresh_token" ? "access_token" : "unheard_of" });
    expect([answer.status, await answer.text(), answer.headers.get("cache-control")]).toEqual([200, "", "no-store"]);
    expect(await revokedAt(body.access_token)).toBeTypeOf("number");
    await expectError(await renew(body.refresh_token, reader), "invalid_grant");
    expect((await giveBack(body[kind], reader)).status).toBe(200);
    const revoked = (await logged(reader)).filter(({ event }) => event.kind === "identity" && event.name === "tokens-revoked");
    expect(revoked.map(({ event }) => event.kind === "identity" && event.facts)).toEqual([{ familyId: familyOf(body.access_token), cause: "asked" }]);
  });

  test("answers 200 for unknown tokens and leaves another account's alone", async () => {
    const [reader, stranger] = [await account(), await account()];
    const body = await tokens(await post(credentials, { headers: basic(reader) }));
    for (const token of [randomToken(), "a.b.c", body.refresh_token, body.access_token])
      expect((await giveBack(token, stranger)).status, token).toBe(200);
    expect(await revokedAt(body.access_token)).toBeNull();
  });

  test("is felt by the access token at the next request, and so is reuse, suspension, and the end of the family", async () => {
    const list = async (token: string) =>
      (await send(new Request(`${audience}/compute/instances`, { headers: { authorization: `Bearer ${token}` } }))).status;
    const begin = async (who: Account) => tokens(await post(credentials, { headers: basic(who) }));
    const reader = await account();
    const [returned, reused, ended, suspended] = [await begin(reader), await begin(reader), await begin(reader), await begin(reader)];
    for (const body of [returned, reused, ended, suspended]) expect(await list(body.access_token)).toBe(200);
    await giveBack(returned.refresh_token, reader);
    expect(await list(returned.access_token)).toBe(401);
    await renew(reused.refresh_token, reader);
    await renew(reused.refresh_token, reader);
    expect(await list(reused.access_token)).toBe(401);
    await env.DIRECTORY.prepare("UPDATE token_family SET expires = 1 WHERE id = ?").bind(familyOf(ended.access_token)).run();
    await sweepOAuth(env, Date.now());
    expect(await list(ended.access_token)).toBe(401);
    expect(await list(suspended.access_token)).toBe(200);
    await env.DIRECTORY.prepare("UPDATE actor SET state = 'suspended' WHERE id = ?").bind(reader.id).run();
    expect(await list(suspended.access_token)).toBe(401);
  });

  test("asks for a token and for the client's authentication", async () => {
    const reader = await account();
    await expectError(await post({}, { to: revocationEndpoint, headers: basic(reader) }), "invalid_request");
    await expectError(await giveBack(randomToken(), { ...reader, secret: "wrong" }), "invalid_client");
    await expectError(await post({ token: randomToken() }, { to: revocationEndpoint }), "invalid_client");
  });
});

describe("discovery", () => {
  test("says what works, and nothing more", async () => {
    const answer = await send(new Request(`${issuer}/.well-known/openid-configuration`));
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    const metadata = (await answer.json()) as Record<string, unknown>;
    expect(metadata).toEqual({
      issuer,
      token_endpoint: tokenEndpoint,
      jwks_uri: `${issuer}/protocol/openid-connect/certs`,
      revocation_endpoint: revocationEndpoint,
      introspection_endpoint: introspectionEndpoint,
      grant_types_supported: ["client_credentials", "refresh_token"],
      response_types_supported: [],
      scopes_supported: ["openid"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
      token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
      token_endpoint_auth_signing_alg_values_supported: ["ES256", "EdDSA", "Ed25519", "PS256"],
      revocation_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
      revocation_endpoint_auth_signing_alg_values_supported: ["ES256", "EdDSA", "Ed25519", "PS256"],
      introspection_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
      introspection_endpoint_auth_signing_alg_values_supported: ["ES256", "EdDSA", "Ed25519", "PS256"],
      dpop_signing_alg_values_supported: ["ES256", "EdDSA", "Ed25519", "PS256"],
    });
  });

  test("is found under the issuer and where RFC 8414 has it", async () => {
    const [one, other] = [`${issuer}/.well-known/openid-configuration`, `${env.ORIGIN}/.well-known/oauth-authorization-server/auth/realms/cloud`];
    expect(await (await send(new Request(other))).text()).toBe(await (await send(new Request(one))).text());
    expect((await send(new Request(other, { method: "DELETE" }))).status).toBe(405);
  });

  test("leads to the public key alone", async () => {
    const { keys } = (await (await send(new Request(`${issuer}/protocol/openid-connect/certs`))).json()) as { keys: JWK[] };
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([["alg", "crv", "kid", "kty", "use", "x", "y"]]);
  });
});

describe("the sweep", () => {
  test("deletes what has expired, and nothing else", async () => {
    const reader = await account();
    const [gone, stays] = [
      await tokens(await post(credentials, { headers: basic(reader) })),
      await tokens(await post(credentials, { headers: basic(reader) })),
    ];
    await tokens(await renew(gone.refresh_token, reader));
    const now = Date.now();
    await env.DIRECTORY.batch([
      env.DIRECTORY.prepare("UPDATE token_family SET expires = ? WHERE id = ?").bind(now, familyOf(gone.access_token)),
      env.DIRECTORY.prepare("INSERT INTO spent_assertion(account_id, jti, expires) VALUES (?, 'old', ?), (?, 'new', ?)").bind(
        reader.id,
        now,
        reader.id,
        now + 1,
      ),
    ]);
    await sweepOAuth(env, now);
    const left = async (text: string) => (await env.DIRECTORY.prepare(text).bind(reader.id).all<Record<string, unknown>>()).results;
    expect(await left("SELECT id FROM token_family WHERE account_id = ?")).toEqual([{ id: familyOf(stays.access_token) }]);
    expect(await left("SELECT family_id FROM refresh_token WHERE family_id IN (SELECT id FROM token_family WHERE account_id = ?)")).toHaveLength(1);
    expect(await left("SELECT jti FROM spent_assertion WHERE account_id = ?")).toEqual([{ jti: "new" }]);
    await expectError(await renew(gone.refresh_token, reader), "invalid_grant");
    await tokens(await renew(stays.refresh_token, reader));
  });
});

describe("the cost", () => {
  test("of a token and of its renewal in the directory stays the same, however many there are", async () => {
    const { database, cost, reset } = measure(env.DIRECTORY);
    const reader = await account();
    const first = await tokens(await post(credentials, { headers: basic(reader), directory: database }));
    expect(cost.roundTrips).toBe(2);
    expect(cost.rowsRead).toBeLessThanOrEqual(15);
    expect(cost.rowsWritten).toBeLessThanOrEqual(8);
    reset();
    await tokens(await post({ grant_type: "refresh_token", refresh_token: first.refresh_token }, { headers: basic(reader), directory: database }));
    expect(cost.roundTrips).toBe(3);
    expect(cost.rowsRead).toBeLessThanOrEqual(20);
    expect(cost.rowsWritten).toBeLessThanOrEqual(5);
  });
});

describe("whatever somebody sends", () => {
  test("gets the standard's error, never one of ours: 200 random forms", async () => {
    const reader = await account();
    const names = [
      "grant_type",
      "client_id",
      "client_secret",
      "client_assertion",
      "client_assertion_type",
      "refresh_token",
      "scope",
      "token",
      "token_type_hint",
    ];
    const values = [
      "client_credentials",
      "refresh_token",
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      "cgdm-sa-asclepia-100",
      "e30.e30.e30",
      "openid",
    ];
    const text = fc.oneof(fc.constantFrom(...values), fc.string({ unit: "binary" }), fc.base64String());
    const fields = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string()), text), { maxLength: 8 });
    const header = fc.option(
      fc.oneof(
        fc.constant(basic(reader).authorization),
        fc.base64String().map((base64) => `Basic ${base64}`),
        fc.tuple(text, text).map(([id, secret]) => basicOf(id.toWellFormed(), secret.toWellFormed()).authorization),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(tokenEndpoint, introspectionEndpoint, revocationEndpoint), fields, header, async (to, form, authorization) => {
        const answer = await post(form, { to, headers: authorization === null ? {} : { authorization } });
        expect([200, 400, 401]).toContain(answer.status);
        if (answer.status !== 200) expect(await answer.json()).toHaveProperty("error");
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});

describe("a strict client library", () => {
  const ownFetch = (url: string, options: RequestInit) => send(new Request(url, { ...options, signal: null }));

  test("oauth4webapi: discovery, all three authentications, refresh, revocation", async () => {
    const insecure = { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: ownFetch as typeof fetch };
    const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
    const runner = await account([{ ...(await exportJWK(publicKey)), kid: "runner-1" }]);
    const server = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), insecure));
    const client: oauth.Client = { client_id: runner.clientId };
    const methods = [
      oauth.ClientSecretBasic(runner.secret),
      oauth.ClientSecretPost(runner.secret),
      oauth.PrivateKeyJwt({ key: privateKey, kid: "runner-1" }),
    ];
    for (const method of methods) {
      const granted = await oauth.processClientCredentialsResponse(
        server,
        client,
        await oauth.clientCredentialsGrantRequest(server, client, method, { scope: "openid" }, insecure),
      );
      const resource = new Request(`${env.ORIGIN}/itcare/compute/instances`, { headers: { authorization: `Bearer ${granted.access_token}` } });
      const claims = await oauth.validateJwtAccessToken(server, resource, audience, insecure);
      expect(claims).toMatchObject({ sub: String(runner.id), client_id: runner.clientId, scope: "openid" });
      const renewed = await oauth.processRefreshTokenResponse(
        server,
        client,
        await oauth.refreshTokenGrantRequest(server, client, method, granted.refresh_token!, insecure),
      );
      expect(renewed).toMatchObject({ token_type: "bearer", expires_in: 1200, refresh_expires_in: 7200 });
      await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, method, renewed.refresh_token!, insecure));
      const again = oauth.processRefreshTokenResponse(
        server,
        client,
        await oauth.refreshTokenGrantRequest(server, client, method, renewed.refresh_token!, insecure),
      );
      await expect(again).rejects.toMatchObject({ error: "invalid_grant", status: 400 });
    }
    const wrong = oauth.processClientCredentialsResponse(
      server,
      client,
      await oauth.clientCredentialsGrantRequest(server, client, oauth.ClientSecretBasic("wrong"), {}, insecure),
    );
    await expect(wrong).rejects.toMatchObject({ status: 401, cause: [{ scheme: "basic", parameters: { realm: "cloud" } }] });
  });

  test("oauth4webapi finds the same by RFC 8414", async () => {
    const insecure = { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: ownFetch as typeof fetch, algorithm: "oauth2" } as const;
    const server = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), insecure));
    expect(server.token_endpoint).toBe(tokenEndpoint);
  });

  test("openid-client: discovery, all three authentications, refresh, revocation", async () => {
    const { privateKey, publicKey } = await generateKeyPair("Ed25519", { extractable: true });
    const runner = await account([{ ...(await exportJWK(publicKey)), kid: "runner-1" }]);
    const methods = [
      openid.ClientSecretBasic(runner.secret),
      openid.ClientSecretPost(runner.secret),
      openid.PrivateKeyJwt({ key: privateKey, kid: "runner-1" }),
    ];
    for (const method of methods) {
      const options = { execute: [openid.allowInsecureRequests], [openid.customFetch]: ownFetch as openid.CustomFetch };
      const config = await openid.discovery(new URL(issuer), runner.clientId, undefined, method, options);
      expect(config.serverMetadata().supportsPKCE()).toBe(false);
      const granted = await openid.clientCredentialsGrant(config, { scope: "openid" });
      expect(granted.expiresIn()).toBeGreaterThan(1190);
      const renewed = await openid.refreshTokenGrant(config, granted.refresh_token!);
      await openid.tokenRevocation(config, renewed.access_token);
      await expect(openid.refreshTokenGrant(config, renewed.refresh_token!)).rejects.toMatchObject({ error: "invalid_grant" });
    }
  });
});
