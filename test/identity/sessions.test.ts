/** Who is asking: sessions and their ends, access tokens beside them, the security key's use in a session, and what a person sees of it. */
import { env } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { sql } from "drizzle-orm";
import { commit } from "../../db/commit.ts";
import { prepare, readFirst } from "../../db/statement.ts";
import { makeId } from "../../worker/contract/ids.ts";
import { hashText, randomToken } from "../../worker/contract/operation.ts";
import { accountShapes, me } from "../../worker/contract/shapes/account.ts";
import type { Env } from "../../worker/env.ts";
import { Problem } from "../../worker/gate/problem.ts";
import { endSession } from "../../worker/handlers/account/end-session.ts";
import { listSecurityKeys } from "../../worker/handlers/account/list-security-keys.ts";
import { listSessions } from "../../worker/handlers/account/list-sessions.ts";
import { readMe } from "../../worker/handlers/account/me.ts";
import { identifyActor } from "../../worker/identity/actor.ts";
import { issueAccessToken } from "../../worker/identity/oauth/access-token.ts";
import { aliveSessions, IDLE, LIFETIME, SUPERSEDED_READS } from "../../worker/identity/session.ts";
import { sweepIdentity } from "../../worker/identity/sweep.ts";
import { measure } from "../measure.ts";
import { base64url } from "../cbor.ts";
import { SoftwareAuthenticator } from "../software-authenticator.ts";
import { Browser, equip, events, foundOrganization, hire, product, seat, type Member } from "./people.ts";

const minute = 60_000;

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    return (await work) === null ? "nobody" : "somebody";
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}
const who = (browser: Browser, now = Date.now(), method = "GET") => codeOf(identifyActor(browser.asks(method), product, now));

async function signedIn(name = "Odile Renaud", at?: Member): Promise<{ member: Member; browser: Browser }> {
  const member = at ?? (await hire(name, "OPE"));
  return { member, browser: await seat(member) };
}

describe("a session", () => {
  test("names its person, organization and profiles, in one round trip and few rows", async () => {
    const { member, browser } = await signedIn();
    const { database, cost } = measure(env.DIRECTORY);
    const actor = await identifyActor(browser.asks(), { ...product, DIRECTORY: database } as Env, Date.now());
    expect(actor).toEqual({
      kind: "person",
      id: member.id,
      name: "Odile Renaud",
      email: member.email,
      organizationId: member.organizationId,
      organizationName: `Asclepia ${member.organizationId}`,
      organizationKind: "customer",
      grants: [{ cloudId: member.cloudId, cloudName: "Asclepia Care", profile: "OPE" }],
      duties: [],
      securityKeys: 0,
      session: expect.stringMatching(/^[\w-]{22}$/),
      mfaAt: null,
    });
    expect(cost).toEqual({ rowsRead: 4, rowsWritten: 0, roundTrips: 1 });
  });

  test("of nobody is nobody; a cookie that is not ours has ended", async () => {
    expect(await codeOf(identifyActor(new Request(product.ORIGIN), product, Date.now()))).toBe("nobody");
    for (const cookie of ["__Host-itcare=", `__Host-itcare=${randomToken()}`, "__Host-itcare=x'--", `other=1; __Host-itcare=${randomToken()}`]) {
      expect(await codeOf(identifyActor(new Request(product.ORIGIN, { headers: { cookie } }), product, Date.now()))).toBe("session_ended");
    }
    const { browser } = await signedIn();
    const named = (cookie: string) => codeOf(identifyActor(new Request(product.ORIGIN, { headers: { cookie } }), product, Date.now()));
    expect(await named(`a=b;__Host-itcare=${browser.cookie}; c=d`)).toBe("somebody");
    expect(await named(`itcare=${browser.cookie}; X__Host-itcare=${browser.cookie}`)).toBe("nobody");
  });

  test("ends after 30 minutes without use", async () => {
    const { browser } = await signedIn();
    const now = Date.now();
    expect(await who(browser, now + IDLE - minute)).toBe("somebody");
    expect(await who(browser, now + 2 * IDLE - 2 * minute)).toBe("somebody");
    expect(await who(browser, now + 3 * IDLE)).toBe("session_ended");
  });

  test("ends 12 hours after its sign-in, however it is used", async () => {
    const { browser } = await signedIn();
    const now = Date.now();
    for (let at = 0; at < LIFETIME - minute; at += 25 * minute) expect(await who(browser, now + at)).toBe("somebody");
    expect(await who(browser, now + LIFETIME - minute)).toBe("somebody");
    expect(await who(browser, now + LIFETIME + 1000)).toBe("session_ended");
  });

  test("is noted as seen at most once a minute", async () => {
    const { member, browser } = await signedIn();
    const { database, cost } = measure(env.DIRECTORY);
    const { seen } = (await readFirst<{ seen: number }>(env.DIRECTORY, sql`SELECT last_seen AS seen FROM session WHERE person_id = ${member.id}`))!;
    const ask = (at: number) => identifyActor(browser.asks(), { ...product, DIRECTORY: database } as Env, seen + at);
    for (const at of [1000, 30_000, 59_999]) await ask(at);
    expect(cost.rowsWritten).toBe(0);
    await Promise.all([2 * minute, 2 * minute + 1, 2 * minute + 2].map(ask));
    expect(cost.rowsWritten).toBe(1);
  });

  test("of a person or organization that is suspended or gone ends at the next request", async () => {
    for (const state of ["suspended", "ended"]) {
      const { member, browser } = await signedIn();
      await prepare(env.DIRECTORY, sql`UPDATE actor SET state = ${state} WHERE id = ${member.id}`).run();
      expect(await who(browser)).toBe("session_ended");
      await prepare(env.DIRECTORY, sql`UPDATE actor SET state = 'active' WHERE id = ${member.id}`).run();
      await prepare(env.DIRECTORY, sql`UPDATE organization SET state = ${state} WHERE id = ${member.organizationId}`).run();
      expect(await who(browser)).toBe("session_ended");
    }
  });

  test("gives what is in effect: confirmed, begun, not ended, on an active Cloud", async () => {
    const { member, browser } = await signedIn();
    const now = Date.now();
    const profiles = async () => (await identifyActor(browser.asks(), product, now))!.grants.map(({ profile }) => profile);
    const set = (change: ReturnType<typeof sql>) => prepare(env.DIRECTORY, sql`UPDATE membership SET ${change} WHERE actor_id = ${member.id}`).run();
    expect(await profiles()).toEqual(["OPE"]);
    for (const state of ["pending", "suspended"]) {
      await set(sql`state = ${state}`);
      expect(await profiles()).toEqual([]);
    }
    await set(sql`state = 'confirmed', begins = ${now + 1}`);
    expect(await profiles()).toEqual([]);
    await set(sql`begins = ${now}, ends = ${now}`);
    expect(await profiles()).toEqual([]);
    await set(sql`ends = ${now + 1}, profile = 'POW'`);
    expect(await profiles()).toEqual(["POW"]);
    await prepare(env.DIRECTORY, sql`UPDATE cloud SET state = 'suspended' WHERE id = ${member.cloudId}`).run();
    expect(await profiles()).toEqual([]);
  });
});

describe("an access token", () => {
  async function account(authenticatedBy: "secret" | "key" = "secret") {
    const at = await foundOrganization();
    const id = makeId({ region: 0, organization: at.organizationId, sequence: 900 });
    const clientId = `cgdm-sa-asclepia-${id}`;
    const familyId = randomToken(16);
    await commit(env.DIRECTORY, [
      {
        query: sql`INSERT INTO actor(id, organization_id, kind, name, state, created) VALUES (${id}, ${at.organizationId}, 'api-account', ${clientId}, 'active', 1)`,
      },
      { query: sql`INSERT INTO api_account(id, client_id) VALUES (${id}, ${clientId})` },
      { query: sql`INSERT INTO membership(actor_id, cloud_id, profile, state, begins) VALUES (${id}, ${at.cloudId}, 'OPE', 'confirmed', 1)` },
      {
        query: sql`INSERT INTO token_family(id, account_id, authenticated_by, scope, created, expires) VALUES (${familyId}, ${id}, ${authenticatedBy}, '', 1, 9e12)`,
      },
    ]);
    const token = await issueAccessToken({ accountId: id, clientId, familyId, authenticatedBy, scope: "", lifetime: 1200 }, product, Date.now());
    return { id, clientId, familyId, token, ...at };
  }
  const asked = (authorization: string, cookie?: string) =>
    identifyActor(
      new Request(product.ORIGIN, { headers: { authorization, ...(cookie ? { cookie: `__Host-itcare=${cookie}` } : {}) } }),
      product,
      Date.now(),
    );

  test("names the account and how it has authenticated, in one round trip", async () => {
    const runner = await account("key");
    const { database, cost } = measure(env.DIRECTORY);
    const request = new Request(product.ORIGIN, { headers: { authorization: `Bearer ${runner.token}` } });
    expect(await identifyActor(request, { ...product, DIRECTORY: database } as Env, Date.now())).toEqual({
      kind: "api-account",
      id: runner.id,
      name: runner.clientId,
      clientId: runner.clientId,
      authenticatedBy: "key",
      exception: null,
      organizationId: runner.organizationId,
      organizationName: `Asclepia ${runner.organizationId}`,
      organizationKind: "customer",
      grants: [{ cloudId: runner.cloudId, cloudName: "Asclepia Care", profile: "OPE" }],
    });
    expect(cost).toEqual({ rowsRead: 4, rowsWritten: 0, roundTrips: 1 });
  });

  test("ends with its family and with its account, at the next request", async () => {
    const reader = await account();
    expect(await codeOf(asked(`bearer ${reader.token}`))).toBe("somebody");
    await prepare(env.DIRECTORY, sql`UPDATE token_family SET revoked = 1 WHERE id = ${reader.familyId}`).run();
    expect(await codeOf(asked(`Bearer ${reader.token}`))).toBe("token_invalid");
    const other = await account();
    await prepare(env.DIRECTORY, sql`UPDATE actor SET state = 'suspended' WHERE id = ${other.id}`).run();
    expect(await codeOf(asked(`Bearer ${other.token}`))).toBe("token_invalid");
  });

  test("of another account's family is none", async () => {
    const [one, two] = [await account(), await account()];
    const mixed = await issueAccessToken(
      { accountId: one.id, clientId: one.clientId, familyId: two.familyId, authenticatedBy: "secret", scope: "", lifetime: 1200 },
      product,
      Date.now(),
    );
    expect(await codeOf(asked(`Bearer ${mixed}`))).toBe("token_invalid");
  });

  test("is never a cookie, nor a cookie a token, and a bad token is not mended by a good cookie", async () => {
    const { browser } = await signedIn();
    const { token } = await account();
    expect(await codeOf(asked(`Bearer ${browser.cookie}`))).toBe("token_invalid");
    browser.cookie = ((good) => {
      browser.cookie = token;
      return good;
    })(browser.cookie);
    for (const header of ["Bearer x", "Bearer", `Basic ${token}`, token, `Bearer ${token} ${token}`, ""])
      expect([header, await codeOf(asked(header, browser.cookie))]).toEqual([header, "token_invalid"]);
    browser.cookie = token;
    expect(await who(browser)).toBe("session_ended");
  });
});

describe("using the security key in a session", () => {
  interface Options {
    hash: string;
    options: { challenge: string; rpId: string };
  }
  async function operator() {
    const member = await hire("Odile Renaud", "OPE");
    return { member, ...(await equip(member)) };
  }
  const begin = (browser: Browser) => browser.post<Options>("/step-up/options", {});

  test("gives the session a new token and the time of its use; the old token reads for 30 s more", async () => {
    const { member, browser, key } = await operator();
    const old = new Browser();
    old.cookie = browser.cookie;
    const { hash, options } = await begin(browser);
    expect(options).toMatchObject({ challenge: hash, allowCredentials: [{ id: key.id }], userVerification: "required" });
    const before = Date.now();
    const answer = await browser.send("POST", "/step-up", { credential: await key.get(options) });
    expect(answer.status).toBe(200);
    const after = me.parse(await answer.json());
    expect(after).toMatchObject({ id: member.id, mfaAt: expect.any(String) });
    expect(Date.parse((after as { mfaAt: string }).mfaAt)).toBeGreaterThanOrEqual(before);
    expect(browser.cookie).not.toBe(old.cookie);

    const now = Date.now();
    expect(await who(browser, now, "PATCH")).toBe("somebody");
    const [stale, fresh] = await Promise.all([old, browser].map((each) => identifyActor(each.asks(), product, now)));
    expect([(stale as { session: string }).session, (stale as { mfaAt: number | null }).mfaAt]).toEqual([
      (fresh as { session: string }).session,
      null,
    ]);
    for (const method of ["POST", "PATCH", "DELETE"]) expect(await who(old, now, method)).toBe("session_ended");
    expect(await who(old, before + SUPERSEDED_READS - 1000)).toBe("somebody");
    expect(await who(old, now + SUPERSEDED_READS)).toBe("session_ended");
    expect((await old.send("POST", "/step-up/options", {})).status).toBe(401);
    expect((await events(member.organizationId)).map(({ name }) => name)).toEqual(["stepped-up"]);
  });

  test("keeps the session's end where it was", async () => {
    const { browser, key } = await operator();
    await prepare(env.DIRECTORY, sql`UPDATE session SET expires = ${Date.now() + minute} WHERE token_hash = ${await hashText(browser.cookie)}`).run();
    const { options } = await begin(browser);
    const answer = await browser.send("POST", "/step-up", { credential: await key.get(options) });
    expect(Number(/Max-Age=(\d+)/.exec(answer.headers.get("set-cookie")!)![1])).toBeLessThanOrEqual(60);
    expect(await who(browser, Date.now() + minute)).toBe("session_ended");
  });

  test("again and again leaves the current token and at most the last one", async () => {
    const { member, browser, key } = await operator();
    for (let use = 0; use < 3; use++) {
      await prepare(env.DIRECTORY, sql`UPDATE session SET superseded = superseded - ${SUPERSEDED_READS} WHERE person_id = ${member.id}`).run();
      await browser.post("/step-up", { credential: await key.get((await begin(browser)).options) });
    }
    expect(await readFirst(env.DIRECTORY, sql`SELECT count(*) AS n FROM session WHERE person_id = ${member.id}`)).toEqual({ n: 2 });
  });

  test("answers a challenge once, in its own session, in time", async () => {
    const { member, browser, key } = await operator();
    const refused = async (by: Browser, credential: unknown) => {
      const answer = await by.send("POST", "/step-up", { credential });
      expect([answer.status, ((await answer.json()) as { errorCode: string }).errorCode]).toEqual([401, "PROOF_REJECTED"]);
      expect(answer.headers.get("set-cookie")).toBeNull();
    };
    const begun = await begin(browser);
    const first = await key.get(begun.options);
    await browser.post("/step-up", { credential: first });
    await refused(browser, first);
    // Nor when the key signs the same challenge anew, and counts on.
    await refused(browser, await key.get(begun.options));

    const { browser: elsewhere } = await signedIn("", member);
    await refused(elsewhere, await key.get((await begin(browser)).options));

    const late = await begin(browser);
    await prepare(env.DIRECTORY, sql`UPDATE challenge SET expires = ${Date.now()} WHERE hash = ${late.hash}`).run();
    await refused(browser, await key.get(late.options));

    await refused(browser, await key.get({ ...late.options, challenge: await hashText("of my own") }));
    const { options } = await begin(browser);
    await refused(browser, await (await SoftwareAuthenticator.create(product.ORIGIN)).get(options));
    await refused(browser, await key.get(options, { flags: (flags) => flags & ~4 }));
    await browser.post("/step-up", { credential: await key.get(options) });
    expect(
      (await readFirst<{ locked: number | null }>(env.DIRECTORY, sql`SELECT locked FROM security_key WHERE credential_id = ${key.id}`))!.locked,
    ).toBeNull();
  });

  test(`with the same answer many times at once succeeds once: ${env.ROUNDS} rounds`, { timeout: 60_000 + Number(env.ROUNDS) * 300 }, async () => {
    const { browser, key } = await operator();
    for (let round = 0; round < Number(env.ROUNDS); round++) {
      const credential = await key.get((await begin(browser)).options);
      const twins = Array.from({ length: 3 }, () => {
        const twin = new Browser();
        twin.cookie = browser.cookie;
        return twin;
      });
      const statuses = await Promise.all(twins.map(async (twin) => (await twin.send("POST", "/step-up", { credential })).status));
      expect(statuses.sort()).toEqual([200, 401, 401]);
      browser.cookie = twins.find(({ cookie }) => cookie !== browser.cookie)!.cookie;
    }
  });

  test("is for people who are signed in and have a key; what cannot be read is answered 400", async () => {
    expect((await new Browser().send("POST", "/step-up/options", {})).status).toBe(401);
    expect((await new Browser().send("POST", "/step-up", { credential: { response: { clientDataJSON: "e30" } } })).status).toBe(401);
    const { browser } = await operator();
    for (const body of [
      {},
      { credential: null },
      { credential: "x" },
      { credential: { response: {} } },
      { credential: { response: { clientDataJSON: "e30" } } },
      { credential: { response: { clientDataJSON: "%" } } },
    ]) {
      const answer = await browser.send("POST", "/step-up", body);
      expect([JSON.stringify(body), answer.status]).toEqual([JSON.stringify(body), 400]);
    }
    const { options } = await begin(browser);
    const clientDataJSON = base64url(
      new TextEncoder().encode(JSON.stringify({ type: "webauthn.get", origin: product.ORIGIN, challenge: options.challenge })),
    );
    expect((await browser.send("POST", "/step-up", { credential: { response: { clientDataJSON } } })).status).toBe(400);
  });
});

describe("what a person sees and ends", () => {
  const context = { env: product, request: new Request(product.ORIGIN), waitUntil: () => {}, tell: () => {} };
  async function ask(
    handler: (permit: never, input: never, context: never) => Promise<Response> | Response,
    browser: Browser,
    params = {},
    dryRun = false,
  ): Promise<Response> {
    const now = Date.now();
    const actor = await identifyActor(browser.asks(), product, now);
    return handler({ actor, now, dryRun } as never, { params, query: {}, body: undefined } as never, context as never);
  }

  test("who I am", async () => {
    const { member, browser } = await signedIn();
    const mine = me.parse(await (await ask(readMe, browser)).json());
    expect(mine).toMatchObject({ id: member.id, securityKeys: 0, clouds: [{ id: member.cloudId, profile: "OPE" }] });
    const program = {
      kind: "api-account",
      id: 7,
      name: "cgdm-sa",
      clientId: "cgdm-sa",
      authenticatedBy: "secret",
      exception: null,
      organizationId: 1,
      organizationName: "Asclepia",
      organizationKind: "customer",
      grants: [],
    };
    const answer = await readMe({ actor: program, now: 1 } as never, {} as never, context as never);
    expect(me.parse(await answer.json())).toMatchObject({ kind: "api-account", clientId: "cgdm-sa" });
  });

  test("where I am signed in, and I can end each of them, and nobody else's", async () => {
    const { member, browser } = await signedIn();
    const { browser: phone } = await signedIn("", member);
    const { browser: boris } = await signedIn("Boris Stern");
    const shape = accountShapes["list-my-sessions"].answer;
    const list = async (by: Browser) => shape.parse(await (await ask(listSessions, by)).json());
    const sessions = await list(browser);
    expect(sessions).toHaveLength(2);
    expect(sessions.filter(({ current }) => current)).toHaveLength(1);
    expect(sessions[0]).toMatchObject({ agent: "Tests", network: expect.stringMatching(/\.0\/24$/) });
    const other = sessions.find(({ current }) => !current)!;

    expect(await codeOf(ask(endSession, boris, { session: other.id }))).toBe("not_found");
    expect(await codeOf(ask(endSession, browser, { session: "nonsense" }))).toBe("not_found");
    expect((await ask(endSession, browser, { session: other.id }, true)).status).toBe(204);
    expect(await who(phone)).toBe("somebody");
    expect((await ask(endSession, browser, { session: other.id })).status).toBe(204);
    expect(await who(phone)).toBe("session_ended");
    expect(await codeOf(ask(endSession, browser, { session: other.id }))).toBe("not_found");
    expect(await list(browser)).toHaveLength(1);
    const [ended] = (await events(member.organizationId)).slice(-1);
    expect(ended).toMatchObject({
      name: "session-ended",
      actor: { id: member.id, session: sessions.find(({ current }) => current)!.id },
      facts: { session: other.id },
    });
  });

  test("my security keys, without anything of them that is secret or long", async () => {
    const { browser, key } = await equip(await hire("Odile Renaud", "OPE"), { backupEligible: true, backedUp: true });
    const text = await (await ask(listSecurityKeys, browser)).text();
    expect(accountShapes["list-my-security-keys"].answer.parse(JSON.parse(text))).toMatchObject([
      { name: "Blue key", lockedAt: null, lastUsedAt: null, synced: true, transports: ["usb"] },
    ]);
    expect(text).not.toContain(key.id);
  });

  test("signing out ends the session, whatever is asked again", async () => {
    const { member, browser } = await signedIn();
    const copy = new Browser();
    copy.cookie = browser.cookie;
    const answer = await browser.send("DELETE", "/session");
    expect([answer.status, answer.headers.get("set-cookie")]).toEqual([204, "__Host-itcare=; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=0"]);
    expect(await who(copy)).toBe("session_ended");
    expect((await copy.send("DELETE", "/session")).status).toBe(204);
    expect((await new Browser().send("DELETE", "/session")).status).toBe(204);
    expect((await events(member.organizationId)).map(({ name }) => name)).toEqual(["signed-out"]);
  });
});

describe("what others ask about sessions", () => {
  test("which are alive, and what their people may see", async () => {
    const alive = await signedIn();
    const idle = await signedIn();
    const gone = await signedIn();
    const ids = await Promise.all(
      [alive, idle, gone].map(async ({ browser }) => ((await identifyActor(browser.asks(), product, Date.now())) as { session: string }).session),
    );
    await prepare(env.DIRECTORY, sql`UPDATE session SET last_seen = ${Date.now() - IDLE} WHERE person_id = ${idle.member.id}`).run();
    await gone.browser.send("DELETE", "/session");
    const answer = await aliveSessions(product, [...ids, "unknown", "x'--"], Date.now());
    expect([...answer]).toMatchObject([
      [ids[0], { personId: alive.member.id, organizationId: alive.member.organizationId, cloudIds: [alive.member.cloudId] }],
    ]);
    expect(await aliveSessions(product, [], Date.now())).toEqual(new Map());
  });

  test("what has run out is swept, and nothing else", async () => {
    const { browser } = await signedIn();
    const { member: idle } = await signedIn();
    const now = Date.now();
    await prepare(env.DIRECTORY, sql`UPDATE session SET last_seen = ${now - IDLE} WHERE person_id = ${idle.id}`).run();
    await commit(env.DIRECTORY, [
      {
        query: sql`INSERT INTO challenge(hash, purpose, actor_id, session, nonce, expires) VALUES ('old', 'step-up', 1, 's', 'n', ${now - 1}), ('new', 'step-up', 1, 's', 'n', ${now + 1000})`,
      },
      {
        query: sql`INSERT INTO sign_in_attempt(subject, failures, last, blocked_until) VALUES ('old', 1, 1, 0), ('closed', 100, 1, ${now + 1e12}), ('new', 1, ${now}, 0)`,
      },
    ]);
    await sweepIdentity(product, now);
    const left = (table: string, column: string, among: string[]) =>
      Promise.all(
        among.map(
          async (value) =>
            (await env.DIRECTORY.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${column} = ?`).bind(value).first<{ n: number }>())!.n,
        ),
      );
    expect(await left("challenge", "hash", ["old", "new"])).toEqual([0, 1]);
    expect(await left("sign_in_attempt", "subject", ["old", "closed", "new"])).toEqual([0, 1, 1]);
    expect(await readFirst(env.DIRECTORY, sql`SELECT count(*) AS n FROM session WHERE person_id = ${idle.id}`)).toEqual({ n: 0 });
    expect(await who(browser)).toBe("somebody");
  });
});
