/** API accounts from their creation to their end: Sybil signs, the program works, and what she takes away is gone at its next request. */
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { commit, MustHitOne } from "../../db/commit.ts";
import { registerCredential } from "../../db/directory/write/credentials.ts";
import { prepare, readAll } from "../../db/statement.ts";
import { connect } from "../../scripts/client.ts";
import type { LogExport } from "../../worker/contract/log-entry.ts";
import type { ApiAccount, ApiAccountInFull, ApiCredential } from "../../worker/contract/shapes/api-accounts.ts";
import { notifyAllLogs } from "../../worker/log/notify.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { tellEndings } from "../../db/directory/write/endings.ts";
import { world, type Ask, type World } from "../world.ts";

let it: World;
let care: number;
let research: number;
beforeAll(async () => {
  it = await world(env);
  const cloudOf = (name: string) => it.planted.clouds.find((cloud) => cloud.name === name)!.id;
  [care, research] = [cloudOf("Asclepia Care"), cloudOf("Asclepia Research")];
});

const base = "/itcare/organization/api-accounts";
const codeOf = async (answer: Response) => `${answer.status} ${((await answer.clone().json()) as { errorCode?: string }).errorCode}`;
async function ok<Answer>(answer: Response, status: number): Promise<Answer> {
  const text = await answer.text();
  expect(answer.status, text).toBe(status);
  return (text ? JSON.parse(text) : undefined) as Answer;
}
const act = async <Answer>(path: string, ask: Ask, status: number) => ok<Answer>(await it.sybil.act(`${base}${path}`, ask), status);
type Profiles = ApiAccount["clouds"][number]["profile"];
const create = (name: string, profile: Profiles = "STD") =>
  act<ApiAccount>("", { method: "POST", json: { name, clouds: [{ cloudId: care, profile }] } }, 201);
type WithSecret = ApiCredential & { secret: string };
const addSecret = (account: ApiAccount, more: object = {}) =>
  act<WithSecret>(`/${account.id}/credentials`, { method: "POST", json: { kind: "secret", name: "build server", ...more } }, 201);
const readOne = async ({ id }: ApiAccount) => ok<ApiAccountInFull>(await it.sybil.fetch(`${base}/${id}`), 200);

async function token({ clientId }: ApiAccount, secret: string): Promise<Response> {
  const form = { grant_type: "client_credentials", client_id: clientId, client_secret: secret };
  return it.nobody.fetch("/auth/realms/cloud/protocol/openid-connect/token", { method: "POST", body: new URLSearchParams(form) });
}
async function signIn(account: ApiAccount, secret: string) {
  const { access_token: bearer } = await ok<{ access_token: string }>(await token(account, secret), 200);
  return (path: string, ask: Ask = {}) => it.nobody.fetch(path, { ...ask, headers: { authorization: `Bearer ${bearer}` } });
}
const list = "/itcare/compute/instances?size=1";

describe("an API account", () => {
  test("is created with its Clouds, works with the secret that is shown once, and is told in the log with Sybil's signature", async () => {
    const account = await create("Nightly inventory");
    expect(account).toMatchObject({
      name: "Nightly inventory",
      state: "active",
      clouds: [{ id: care, name: "Asclepia Care", profile: "STD" }],
      credentials: [],
    });
    expect(account.clientId).toMatch(/^cgdm-sa-nightly-inventory-[a-z0-9]{7}$/);
    const { secret, ...credential } = await addSecret(account);
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(Date.parse(credential.endsAt!) - Date.parse(credential.createdAt)).toBe(90 * 86_400_000);
    const ask = await signIn(account, secret);
    expect((await ask(list)).status).toBe(200);
    expect(await codeOf(await ask(`/itcare/compute/instances/${it.instances.EB.INACTIVE.TEST.id}`, { method: "DELETE" }))).toBe(
      "403 PROFILE_TOO_LOW",
    );

    await notifyAllLogs(env);
    const log = await ok<LogExport>(await it.sybil.fetch("/itcare/log/export"), 200);
    expect(await verifyExport(log)).toMatchObject({ valid: true, reason: null });
    const told = log.entries.flatMap(({ event }) => (event.kind === "act-accepted" && event.label.includes("api-") ? [event] : []));
    expect(told.map(({ label, proof, created }) => [label, proof, created?.kind])).toEqual([
      ["create-api-account", "signature", "api-account"],
      ["add-api-credential", "signature", "api-credential"],
    ]);
    expect(JSON.stringify(log)).not.toContain(secret);
    const mails = await readAll<{ template: string; facts: string }>(env.DIRECTORY, sql`SELECT template, facts FROM mail ORDER BY number`);
    expect(mails.map(({ template }) => template)).toEqual(["api-credential-changed", "api-credential-changed"]);
    expect(JSON.stringify(mails)).not.toContain(secret);
  });

  test("acts and signs with a key that is registered for it, and the log says since when", async () => {
    const account = await create("Deployer", "POW");
    const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
    const jwk: JWK = { ...(await exportJWK(publicKey)), kid: "deploy-1" };
    const json = { kind: "key", name: "runner 7", days: 30, jwk };
    const added = await act<ApiCredential & { secret: null }>(`/${account.id}/credentials`, { method: "POST", json }, 201);
    expect(added).toMatchObject({ kind: "key", keyId: "deploy-1", secret: null });
    const send = ((url: string | URL, init: RequestInit) => it.nobody.fetch(String(url), init as never)) as typeof fetch;
    const ask = await connect(env.ORIGIN, account.clientId, { ...(await exportJWK(privateKey)), kid: "deploy-1" } as never, send);
    const { id } = await it.addInstance({ status: "INACTIVE" });
    expect(await ask("DELETE", `/compute/instances/${id}`)).toMatchObject({ status: "IN_PROGRESS" });
    const again = await it.sybil.act(`${base}/${account.id}/credentials`, { method: "POST", json: { ...json, name: "again" } });
    expect(await codeOf(again)).toBe("409 STATE_FORBIDS");
    await act(`/${account.id}/credentials/${added.id}`, { method: "DELETE" }, 204);
    await expect(ask("GET", "/compute/instances?size=1")).rejects.toThrow("401");
    await notifyAllLogs(env);
    const log = await ok<LogExport>(await it.sybil.fetch("/itcare/log/export"), 200);
    expect(await verifyExport(log)).toMatchObject({ valid: true, reason: null });
  });

  test("is narrowed, loses a credential, and ends: each is felt at its next request, well within a second", async () => {
    const account = await create("Exporter", "OPE");
    const [one, other] = [await addSecret(account), await addSecret(account, { name: "the next one" })];
    const [first, second] = [await signIn(account, one.secret), await signIn(account, other.secret)];
    const here = `/itcare/compute/instances/${it.instances.EB.ACTIVE.TEST.id}`;
    expect((await first(here)).status).toBe(200);

    const options = { clouds: [{ cloudId: research, profile: "STD" }] };
    expect(await act<ApiAccount>(`/${account.id}`, { method: "PATCH", json: { operation: "update", options } }, 200)).toMatchObject({
      clouds: [{ id: research, profile: "STD" }],
    });
    expect((await first(here)).status).toBe(404);

    await act(`/${account.id}/credentials/${one.id}`, { method: "DELETE" }, 204);
    const began = Date.now();
    expect((await first(list)).status).toBe(401);
    expect(Date.now() - began).toBeLessThan(1000);
    expect((await token(account, one.secret)).status).toBe(401);
    expect((await second(list)).status).toBe(200);

    await act(`/${account.id}`, { method: "DELETE" }, 204);
    expect((await second(list)).status).toBe(401);
    expect((await token(account, other.secret)).status).toBe(401);
    const { accounts } = await ok<{ accounts: ApiAccount[] }>(await it.sybil.fetch(base), 200);
    expect(accounts.map(({ id }) => id)).not.toContain(account.id);
    expect(await codeOf(await it.sybil.fetch(`${base}/${account.id}/credentials`, { method: "POST", json: { kind: "secret", name: "late" } }))).toBe(
      "409 STATE_FORBIDS",
    );
  });

  test("is suspended: its token, its refresh token and its secret are refused within a second; taken back, only what is got anew is good", async () => {
    const account = await create("Paused", "OPE");
    const { secret } = await addSecret(account);
    const first = await ok<{ access_token: string; refresh_token: string }>(await token(account, secret), 200);
    const bearer = (access: string) => it.nobody.fetch(list, { headers: { authorization: `Bearer ${access}` } });
    const renew = () =>
      it.nobody.fetch("/auth/realms/cloud/protocol/openid-connect/token", {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "refresh_token",
          refresh_token: first.refresh_token,
          client_id: account.clientId,
          client_secret: secret,
        }),
      });
    expect((await bearer(first.access_token)).status).toBe(200);
    const patch = (operation: string): Ask => ({ method: "PATCH", json: { operation } });
    expect(await codeOf(await it.sybil.fetch(`${base}/${account.id}`, patch("resume")))).toBe("409 STATE_FORBIDS");

    await act(`/${account.id}`, { method: "PATCH", json: { operation: "suspend", options: { reason: "a leak is suspected" } } }, 204);
    const began = Date.now();
    expect([(await bearer(first.access_token)).status, (await renew()).status, (await token(account, secret)).status]).toEqual([401, 401, 401]);
    expect(Date.now() - began).toBeLessThan(1000);
    expect((await readOne(account)).state).toBe("suspended");

    await act(`/${account.id}`, patch("resume"), 204);
    expect([(await bearer(first.access_token)).status, (await renew()).status]).toEqual([401, 400]);
    expect((await (await signIn(account, secret))(list)).status).toBe(200);
    const mailed = await readAll<{ subject: string }>(env.DIRECTORY, sql`SELECT subject FROM mailbox WHERE subject LIKE '%: Paused' ORDER BY number`);
    expect(mailed.map(({ subject }) => subject).slice(-2)).toEqual(["An API account was suspended: Paused", "An API account was taken back: Paused"]);
  });

  test("is the security representative's, in her own organization, and nobody else's", async () => {
    const account = await create("Guarded");
    const asked: [string, Ask][] = [
      [`${base}/${account.id}`, {}],
      [`${base}/${account.id}`, { method: "DELETE" }],
      [`${base}/${account.id}/credentials`, { method: "POST", json: { kind: "secret", name: "mine" } }],
      [`${base}/${account.id}`, { method: "PATCH", json: { operation: "update", options: { name: "Mine" } } }],
    ];
    for (const [path, ask] of asked) {
      expect(await codeOf(await it.paul.fetch(path, ask)), path).toBe("403 DUTY_REQUIRED");
      expect(await codeOf(await it.runner.fetch(path, ask)), path).toBe("403 DUTY_REQUIRED");
      expect(await codeOf(await it.bea.fetch(path, ask)), path).toBe("404 NOT_FOUND");
      expect(await codeOf(await it.sybil.fetch(path.replace(String(account.id), String(it.stan.id)), ask)), path).toBe("404 NOT_FOUND");
    }
    const borealis = it.planted.clouds.find(({ name }) => name === "Borealis")!.id;
    for (const cloudId of [borealis, it.absent]) {
      const answer = await it.sybil.fetch(base, { method: "POST", json: { name: "Spy", clouds: [{ cloudId, profile: "STD" }] } });
      expect(await codeOf(answer)).toBe("400 INVALID_FIELD_VALUE");
    }
  });

  test("is changed as it was seen: what was signed before somebody else's change is void", async () => {
    const account = await create("Contested");
    const change = (name: string) => it.sybil.fetch(`${base}/${account.id}`, { method: "PATCH", json: { operation: "update", options: { name } } });
    const [one, other] = [await change("One"), await change("Other")];
    expect((await it.sybil.sign(one)).status).toBe(200);
    expect(await codeOf(await it.sybil.sign(other))).toBe("412 REVISION_STALE");
    const answer = await it.sybil.fetch(`${base}/${account.id}`);
    expect([((await answer.clone().json()) as ApiAccount).name, answer.headers.get("etag")]).toEqual(["One", '"2.0"']);
  });
});

describe("a credential", () => {
  test("asked for again with its idempotency key is told again, its secret never", async () => {
    const account = await create("Repeating");
    const headers = { "idempotency-key": crypto.randomUUID() };
    const ask = { method: "POST", json: { kind: "secret", name: "once" }, headers };
    const { secret, ...shown } = await act<WithSecret>(`/${account.id}/credentials`, ask, 201);
    const again = await it.sybil.fetch(`${base}/${account.id}/credentials`, ask);
    expect([again.headers.get("idempotency-replayed"), await ok(again, 201)]).toEqual(["true", { ...shown, secret: null }]);
    const texts = await Promise.all(
      ["idempotency", "outbox", "api_credential", "challenge"].map((table) => readAll(env.DIRECTORY, sql.raw(`SELECT * FROM ${table}`))),
    );
    expect(JSON.stringify(texts)).not.toContain(secret);
    expect(JSON.stringify(await readOne(account))).not.toContain(secret);
  });

  test("ends by itself, with the tokens that were got with it; nothing lasts longer than the organization allows", async () => {
    const account = await create("Short-lived");
    const { secret, id } = await addSecret(account, { days: 1 });
    const ask = await signIn(account, secret);
    const soon = Date.now() + 200;
    await prepare(env.DIRECTORY, sql`UPDATE api_credential SET ends = ${soon} WHERE id = ${id}`).run();
    const { expires_in: left } = await ok<{ expires_in: number }>(await token(account, secret), 200);
    expect(left).toBe(0);
    expect((await ask(list)).status).toBe(200);
    while (Date.now() <= soon) await new Promise((wake) => setTimeout(wake, 50));
    expect((await token(account, secret)).status).toBe(401);

    const days = async (count: number) =>
      it.sybil.fetch(`${base}/${account.id}/credentials`, { method: "POST", json: { kind: "secret", name: "long", days: count } });
    expect(await codeOf(await days(366))).toBe("400 INVALID_FIELD_VALUE");
    expect(await codeOf(await days(365))).toBe("401 SIGNATURE_REQUIRED");
  });

  test("that is about to end is told of once by mail: two weeks before, or when a quarter of a short time is left", async () => {
    const account = await create("Forgotten");
    const [long, short] = [await addSecret(account, { name: "long" }), await addSecret(account, { name: "short", days: 4 })];
    const day = 86_400_000;
    const told = async (after: number) => {
      await Promise.all([tellEndings(env.DIRECTORY, Date.now() + after), tellEndings(env.DIRECTORY, Date.now() + after)]);
      const rows = await readAll<{ credential: string }>(
        env.DIRECTORY,
        sql`SELECT facts ->> 'credential' AS credential FROM mail WHERE facts ->> 'which' = 'expires-soon' AND facts ->> 'account' = 'Forgotten' ORDER BY number`,
      );
      return rows.map(({ credential }) => credential);
    };
    expect(await told(2 * day)).toEqual([]);
    expect(await told(3 * day + 60_000)).toEqual([short.name]);
    expect(await told(75 * day)).toEqual([short.name]);
    expect(await told(77 * day)).toEqual([short.name, long.name]);
    expect(await told(78 * day)).toEqual([short.name, long.name]);
  });

  test("comes as a whole key set, too: every key signs in by itself, and one that is there already lets in none of them", async () => {
    const account = await create("Fleet");
    const pairs = await Promise.all(
      ["one", "two", "three"].map(async (kid) => ({ kid, ...(await generateKeyPair("ES256", { extractable: true })) })),
    );
    const jwks = { keys: await Promise.all(pairs.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid }))) };
    const ask = (keys: unknown[], days = 30): Ask => ({ method: "POST", json: { jwks: { keys }, name: "the fleet", days } });
    const path = `${base}/${account.id}/keys`;
    for (const wrong of [[jwks.keys[0], { ...jwks.keys[1], kid: "one" }], [jwks.keys[0], { ...jwks.keys[1], kid: undefined }], []])
      expect(await codeOf(await it.sybil.fetch(path, ask(wrong)))).toBe("400 INVALID_FIELD_VALUE");
    const { credentials } = await act<{ credentials: ApiCredential[] }>(`/${account.id}/keys`, ask(jwks.keys.slice(0, 2)), 201);
    expect(credentials.map(({ kind, keyId, name }) => [kind, keyId, name])).toEqual([
      ["key", "one", "the fleet"],
      ["key", "two", "the fleet"],
    ]);
    const send = ((url: string | URL, init: RequestInit) => it.nobody.fetch(String(url), init as never)) as typeof fetch;
    for (const { kid, privateKey } of pairs.slice(0, 2)) {
      const call = await connect(env.ORIGIN, account.clientId, { ...(await exportJWK(privateKey)), kid } as never, send);
      await expect(call("GET", "/compute/instances?size=1"), kid).resolves.toBeTruthy();
    }
    expect(await codeOf(await it.sybil.act(path, ask(jwks.keys.slice(1))))).toBe("409 STATE_FORBIDS");
    expect((await readOne(account)).credentials).toHaveLength(2);
    await notifyAllLogs(env);
    expect(await verifyExport(await ok<LogExport>(await it.sybil.fetch("/itcare/log/export"), 200))).toMatchObject({ valid: true, reason: null });
  });

  test("lasts no longer than the ceiling that Sybil has set, one that was signed before it was lowered included", async () => {
    const account = await create("Ceiling");
    const wanted = (days: number): Ask => ({ method: "POST", json: { kind: "secret", name: "long", days } });
    const path = `${base}/${account.id}/credentials`;
    const ceiling = (days: number) =>
      it.sybil.fetch("/itcare/organization", { method: "PATCH", json: { operation: "change_credential_days", options: { days } } });
    const before = await it.sybil.fetch(path, wanted(200));
    expect((await it.sybil.sign(await ceiling(100))).status).toBe(204);
    expect(await codeOf(await it.sybil.sign(before))).toBe("400 INVALID_FIELD_VALUE");
    expect((await ok<{ credentialDays: number }>(await it.sybil.fetch(base), 200)).credentialDays).toBe(100);
    // Should the look before the signature miss it, the commit does not.
    const subject = { kind: "api-account", id: account.id, name: account.name, organizationId: 1, session: account.clientId } as const;
    const late = (days: number) =>
      registerCredential(subject, { id: null, name: "late", ends: days * 86_400_000, kind: "secret", secretHash: "a hash" }, 0);
    await expect(commit(env.DIRECTORY, late(101))).rejects.toThrow(MustHitOne);
    await commit(env.DIRECTORY, late(100));
    expect((await it.sybil.sign(await ceiling(365))).status).toBe(204);
    expect(await codeOf(await it.sybil.fetch(path, wanted(366)))).toBe("400 INVALID_FIELD_VALUE");
    expect((await ok<{ credentialDays: number }>(await it.bea.fetch(base), 200)).credentialDays).toBe(365);
  });

  test("that is a private key, a shared secret as a key, or of an unknown kind is not taken, and says so by its field", async () => {
    const account = await create("Careless");
    const { privateKey } = await generateKeyPair("ES256", { extractable: true });
    const { privateKey: other } = await generateKeyPair("ES384", { extractable: true });
    const { d: _, ...p384 } = await exportJWK(other);
    for (const jwk of [await exportJWK(privateKey), { kty: "oct", k: "AAAA" }, p384, {}]) {
      const answer = await it.sybil.fetch(`${base}/${account.id}/credentials`, { method: "POST", json: { kind: "key", name: "bad", jwk } });
      expect(answer.status, JSON.stringify(jwk)).toBe(400);
      expect(await answer.text()).not.toContain(String((jwk as JWK).d ?? "nothing to hide"));
    }
  });
});

test("what it does is noted, and what would have been enough is proposed: shrinking takes nothing that it used", async () => {
  const account = await create("Generous", "POW");
  const { secret } = await addSecret(account);
  const ask = await signIn(account, secret);
  await ask(list);
  await ask(`/itcare/compute/instances/${it.instances.EB.ACTIVE.TEST.id}`);
  const seen = await readOne(account);
  expect(seen.used.map(({ cloudId, label }) => [cloudId, label])).toEqual([
    [0, "list-instances"],
    [care, "read-instance"],
  ]);
  expect(seen.enough).toEqual([{ cloudId: care, profile: "STD" }]);
  expect(seen.unused[0]!.labels).toContain("delete-instance");
  expect(seen.lastUsedAt).not.toBeNull();
  await act(`/${account.id}`, { method: "PATCH", json: { operation: "update", options: { clouds: seen.enough } } }, 200);
  expect((await readOne(account)).unused[0]!.labels).toEqual([]);
  expect((await ask(`/itcare/compute/instances/${it.instances.EB.ACTIVE.TEST.id}`)).status).toBe(200);
});

describe("an exception for a secret", () => {
  const stop: Ask = { method: "PATCH", json: { operation: "stop" } };
  const at = (id: number) => `/itcare/compute/instances/${id}`;
  const wish = (more: object = {}): Ask => ({
    method: "POST",
    json: { labels: ["stop-instance"], cloudIds: [care], days: 30, reason: "the scheduler cannot sign yet", ...more },
  });
  const except = (account: ApiAccount, more: object = {}) => it.sybil.act(`${base}/${account.id}/exception`, wish(more));

  test("lets it do the listed acts on the listed Clouds, and nothing that is signed; the log says so at each, and verifies", async () => {
    const account = await create("Scheduler", "POW");
    const ask = await signIn(account, (await addSecret(account)).secret);
    const [server, other] = [await it.addInstance(), await it.addInstance({ environment: "PRODUCTION" })];
    expect(await codeOf(await ask(at(server.id), stop))).toBe("403 KEY_REQUIRED");

    const told = async () => (await readAll(env.DIRECTORY, sql`SELECT 1 FROM mail WHERE template = 'api-credential-changed'`)).length;
    const before = await told();
    const given = await ok<ApiAccount>(await except(account), 200);
    expect(await told()).toBe(before + 1);
    expect(given.exception).toMatchObject({
      labels: ["stop-instance"],
      clouds: [{ id: care, name: "Asclepia Care" }],
      reason: "the scheduler cannot sign yet",
      givenBy: { id: it.sybil.id, name: "Sybil Martin" },
    });
    expect(Date.parse(given.exception!.endsAt) - Date.parse(given.exception!.givenAt)).toBe(30 * 86_400_000);
    expect((await readOne(account)).exception).toEqual(given.exception);
    expect((await ok<{ accounts: ApiAccount[] }>(await it.sybil.fetch(base), 200)).accounts.find(({ id }) => id === account.id)!.exception).toEqual(
      given.exception,
    );
    expect(await (await ask("/itcare/me")).json()).toMatchObject({ exception: { labels: ["stop-instance"], endsAt: given.exception!.endsAt } });

    expect((await ask(at(server.id), stop)).status).toBe(202);
    // Not on PRODUCTION, no other act, and no act that is signed.
    expect(await codeOf(await ask(at(other.id), stop))).toBe("403 KEY_REQUIRED");
    expect(await codeOf(await ask(at((await it.addInstance()).id), { method: "PATCH", json: { operation: "reset" } }))).toBe("403 KEY_REQUIRED");
    expect(await codeOf(await ask(at((await it.addInstance({ status: "INACTIVE" })).id), { method: "DELETE" }))).toBe("403 KEY_REQUIRED");

    await notifyAllLogs(env);
    const log = await ok<LogExport>(await it.sybil.fetch("/itcare/log/export"), 200);
    expect(await verifyExport(log)).toMatchObject({ valid: true, reason: null });
    const acts = log.entries.flatMap(({ event }) => (event.kind === "act-accepted" && event.actor.id === account.id ? [event] : []));
    expect(acts).toMatchObject([
      { label: "stop-instance", proof: "none", evidence: null, exception: { givenBy: it.sybil.id, ends: given.exception!.endsAt } },
    ]);
  });

  test("ends by itself at its moment, and when Sybil ends it, at the next request", async () => {
    const account = await create("Night shift", "OPE");
    const ask = await signIn(account, (await addSecret(account)).secret);
    const dry = async () => codeOf(await ask(at((await it.addInstance()).id), stop));
    await ok(await except(account), 200);
    expect(await dry()).toBe("202 undefined");
    // Nothing is done meanwhile: whoever changes an end in the database is found out by the log's verifier.
    const ends = Date.now() + 300;
    const sooner = sql`UPDATE api_account SET exception = json_set(exception, '$.ends', CAST(${ends} AS INTEGER)) WHERE id = ${account.id}`;
    await prepare(env.DIRECTORY, sooner).run();
    expect((await readOne(account)).exception).toMatchObject({ endsAt: new Date(ends).toISOString() });
    while (Date.now() < ends) await new Promise((done) => setTimeout(done, 20));
    expect(await dry()).toBe("403 KEY_REQUIRED");
    expect((await readOne(account)).exception).toBeNull();
    expect(await codeOf(await it.sybil.fetch(`${base}/${account.id}/exception`, { method: "DELETE" }))).toBe("409 STATE_FORBIDS");

    await ok(await except(account, { days: 1 }), 200);
    expect(await dry()).toBe("202 undefined");
    await act(`/${account.id}/exception`, { method: "DELETE" }, 204);
    expect(await dry()).toBe("403 KEY_REQUIRED");
  });

  test("is of what can be excepted, where the account holds something, for 90 days at most, with a reason", async () => {
    const account = await create("Careful", "OPE");
    const borealis = it.planted.clouds.find(({ name }) => name === "Borealis")!.id;
    for (const more of [
      { labels: ["delete-instance"] },
      { labels: ["add-api-credential"] },
      { labels: [] },
      { labels: ["stop-instance", "stop-instance"] },
      { cloudIds: [research] },
      { cloudIds: [borealis] },
      { cloudIds: [] },
      { days: 91 },
      { days: 0 },
      { reason: " " },
      { reason: undefined },
    ]) {
      expect(await codeOf(await it.sybil.fetch(`${base}/${account.id}/exception`, wish(more))), JSON.stringify(more)).toBe("400 INVALID_FIELD_VALUE");
    }
    expect(await codeOf(await it.bea.fetch(`${base}/${account.id}/exception`, wish()))).toBe("404 NOT_FOUND");
    expect((await readOne(account)).exception).toBeNull();
  });
});
