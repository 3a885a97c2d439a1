/** Coming in: passwords, attempts, the activation link, and what no other site can do in somebody's name. */
import { env } from "cloudflare:test";
import { describe, expect, test, vi } from "vitest";
import { sql } from "drizzle-orm";
import { commit, MustHitOne } from "../../db/commit.ts";
import { ACTIVATION_LASTS, spendActivation } from "../../db/directory/write/activation.ts";
import { countAttempt, FOREVER } from "../../db/directory/write/attempts.ts";
import { prepare, readFirst } from "../../db/statement.ts";
import { hashText, randomToken } from "../../worker/contract/operation.ts";
import { beginAttempt } from "../../worker/identity/attempts.ts";
import { isGuessable } from "../../worker/identity/password/blocklist.ts";
import { costOf, current, hashPassword, MOST_COST, MOST_MEMORY, needsRehash, verifyPassword } from "../../worker/identity/password/hash.ts";
import { passwordPolicy, requireAcceptable } from "../../worker/identity/password/policy.ts";
import { networkPrefix } from "../../worker/identity/network.ts";
import { identityRoutes } from "../../worker/identity/routes.ts";
import { requireSameOrigin } from "../../worker/identity/same-origin.ts";
import { SoftwareAuthenticator } from "../software-authenticator.ts";
import { Browser, events, foundOrganization, hire, invite, password, product, type Member } from "./people.ts";

/** An answer without what is different in every one. */
async function bare(response: Response): Promise<unknown> {
  const { requestId, ...body } = (await response.json()) as Record<string, unknown>;
  expect(requestId).toBeTypeOf("string");
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== "date"));
  return { status: response.status, headers, body };
}

const codeOf = async (response: Response) => ((await response.json()) as { errorCode: string }).errorCode;

describe("a password", () => {
  const odile = { name: "Odile Renaud", email: "odile.renaud@asclepia.example", organizationName: "Asclepia" };
  const judge = (text: string) => {
    try {
      requireAcceptable(text, odile);
      return "fine";
    } catch (error) {
      return (error as Error).message;
    }
  };

  test("has 15 to 128 characters, whatever alphabet, counted after NFC", () => {
    expect(passwordPolicy).toEqual({ minLength: 15, maxLength: 128 });
    expect(judge("quiet-harbours1")).toBe("fine");
    expect(judge("quiet-harbours")).toContain("14 characters");
    expect(judge("une forêt très lointaine")).toBe("fine");
    expect(judge("тихая гавань на рассвете")).toBe("fine");
    expect(judge("🦊 🌲 🚲 🎈 🪁 🧭 🪵 🫐")).toBe("fine");
    // Fourteen characters, of which each is two code points until they are composed.
    expect(judge("e\u0301a\u0300o\u0302u\u0308i\u0300c\u0327n\u0303".repeat(2))).toContain("14 characters");
    const long =
      "The cook burnt nine plums while seven lanterns floated over the quay, and nobody in the harbour could say who had lit them so early that morning.";
    expect(judge(long.slice(0, 128))).toBe("fine");
    expect(judge(long.slice(0, 129))).toContain("129 characters");
  });

  test("asks for no kinds of characters", () => {
    for (const text of [
      "lanterns over the quay",
      "SEVEN LANTERNS FLOATING",
      "8251936407715398",
      "the-cook-burnt-nine-plums",
      "  spaces around it  are mine ",
    ])
      expect([text, judge(text)]).toEqual([text, "fine"]);
  });

  test.each([
    "passwordpassword",
    "Password12345678",
    "P@ssw0rdP@ssw0rd!",
    "motdepasse2026!!",
    "MotDePasse-Bonjour1",
    "azertyuiopqsdfghjklm",
    "qwertyuiopasdfgh",
    "1234567890123456",
    "0987654321098765",
    "abcdefghijklmnop",
    "zyxwvutsrqponmlk",
    "aaaaaaaaaaaaaaaa",
    "abcabcabcabcabcabc",
    "ababababababababa",
    "1qaz2wsx3edc4rfv",
    "correct horse battery staple",
    "CorrectHorseBatteryStaple1",
    "to be or not to be",
    "Il etait une fois!",
    "ILoveYouForever!",
    "administrator2026",
    "Asclepia-2026-2027",
    "ItcareItcare2026",
    "odile.renaud@asclepia.example",
    "OdileRenaud-Asclepia!",
    "Renaud-0d1le-1984",
    "welcome-to-itcare-1",
    "Summer2026Summer2026",
    "letmein-letmein-now",
    "qazwsxedcrfvtgb1",
    "password-for-asclepia",
  ])("'%s' is one of the first to be guessed", (text) => expect(judge(text)).toContain("too easy to guess"));

  test("a name within something longer is no reason", () => {
    expect(isGuessable("odile paints seven quiet lanterns", ["Odile Renaud"])).toBe(false);
    expect(isGuessable(password, ["Odile Renaud", "Asclepia"])).toBe(false);
  });
});

describe("a password at rest", () => {
  test("is scrypt within what the platform allows in production: N·r·p at most 2^20, at most 32 MiB", () => {
    const { cost, memory } = costOf(current);
    expect(current).toEqual({ ln: 15, r: 8, p: 3 });
    expect(cost).toBeLessThanOrEqual(MOST_COST);
    expect(memory).toBeLessThanOrEqual(MOST_MEMORY);
    expect([MOST_COST, MOST_MEMORY]).toEqual([2 ** 20, 32 * 2 ** 20]);
  });

  test("PBKDF2, of which production refuses more than 100,000 rounds, is used nowhere", () => {
    const sources = (import.meta as unknown as { glob(pattern: string, options: object): Record<string, string> }).glob("../../{worker,db}/**/*.ts", {
      query: "?raw",
      import: "default",
      eager: true,
    });
    expect(Object.keys(sources).length).toBeGreaterThan(50);
    const users = Object.entries(sources).filter(([, text]) => /["'`]PBKDF2["'`]|\bpbkdf2(Sync)?\(/i.test(text));
    expect(users.map(([path]) => path)).toEqual([]);
  });

  test("carries its parameters, its own salt, and is worth nothing without the pepper", () => {
    const stored = hashPassword(password, product);
    expect(stored).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w-]{22}\$[\w-]{43}$/);
    expect(hashPassword(password, product)).not.toBe(stored);
    expect(verifyPassword(password, stored, product)).toBe(true);
    expect(verifyPassword(`${password} `, stored, product)).toBe(false);
    expect(verifyPassword(password, stored, { PASSWORD_PEPPER: randomToken() })).toBe(false);
    expect(verifyPassword("", null, product)).toBe(false);
  });

  test("is the same typed with composed and with combining accents", () => {
    expect(verifyPassword("le\u0301ge\u0301rete\u0301 du matin", hashPassword("l\u00e9g\u00e9ret\u00e9 du matin", product), product)).toBe(true);
  });

  test.each(["$scrypt$ln=20,r=8,p=1$", "$scrypt$ln=15,r=16,p=1$", "$scrypt$ln=15,r=8,p=99$", "$scrypt$ln=0,r=8,p=1$", "$argon2id$v=19$", ""])(
    "stored as '%s…', with more than this isolate can bear or unreadable, it matches nothing",
    (start) => {
      const salted = `${start}${"A".repeat(22)}$${"A".repeat(43)}`;
      expect(verifyPassword(password, salted, product)).toBe(false);
    },
  );
});

describe("signing in", () => {
  test("gives a cookie that only this host gets back, and says who it is", async () => {
    const mona = await hire("Mona Petit", "DTM");
    const browser = new Browser("203.0.113.77");
    const response = await browser.send("POST", "/session", { email: ` ${mona.email.toUpperCase()} `, password });
    expect(response.status).toBe(200);
    expect(response.headers.get("set-cookie")).toMatch(/^__Host-itcare=[\w-]{43}; Secure; HttpOnly; SameSite=Strict; Path=\/; Max-Age=43200$/);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const me = (await response.json()) as { session: string; sessionExpiresAt: string };
    expect(me).toMatchObject({
      id: mona.id,
      kind: "person",
      name: "Mona Petit",
      email: mona.email,
      locale: "en",
      organization: { id: mona.organizationId, kind: "customer" },
      clouds: [{ id: mona.cloudId, name: "Asclepia Care", profile: "DTM" }],
      duties: [],
      securityKeys: 0,
      mfaAt: null,
    });
    const stored = await readFirst<{ token_hash: string }>(
      env.DIRECTORY,
      sql`SELECT token_hash, id, agent, network FROM session WHERE person_id = ${mona.id}`,
    );
    expect(stored).toEqual({ token_hash: await hashText(browser.cookie), id: me.session, agent: "Tests", network: "203.0.113.0/24" });
    expect(await events(mona.organizationId)).toMatchObject([{ name: "signed-in", actor: { kind: "person", id: mona.id, session: me.session } }]);
  });

  test("gives a new token each time and ends what the browser had", async () => {
    const mona = await hire("Mona Petit", "DTM");
    const browser = new Browser();
    await browser.signIn(mona);
    const first = browser.cookie;
    await browser.signIn(mona);
    expect(browser.cookie).not.toBe(first);
    expect(await readFirst(env.DIRECTORY, sql`SELECT count(*) AS n, max(token_hash) AS hash FROM session WHERE person_id = ${mona.id}`)).toEqual({
      n: 1,
      hash: await hashText(browser.cookie),
    });
  });

  test("with a password that is replaced, or by somebody who is suspended, while it is being checked, lets nobody in", async () => {
    const changes = ["UPDATE person SET password = 'renewed' WHERE id = ?", "UPDATE actor SET state = 'suspended' WHERE id = ?"];
    for (const change of changes) {
      const stan = await hire("Stan Lindqvist", "STD");
      // The directory as it is, but for what happens between the reading of the password and the commit of the session.
      let commits = 0;
      const directory = new Proxy(env.DIRECTORY, {
        get: (database, name) => {
          if (name === "prepare") return database.prepare.bind(database);
          return async (statements: D1PreparedStatement[]) => {
            commits += 1;
            if (commits === 2) await database.prepare(change).bind(stan.id).run();
            return database.batch(statements);
          };
        },
      });
      const request = {
        method: "POST",
        headers: { "sec-fetch-site": "same-origin", "content-type": "application/json" },
        body: JSON.stringify({ email: stan.email, password }),
      };
      const answer = await identityRoutes.request(`${product.ORIGIN}/session`, request, { ...product, DIRECTORY: directory });
      expect([answer.status, await codeOf(answer), answer.headers.get("set-cookie")]).toEqual([401, "SIGN_IN_FAILED", null]);
      expect(await readFirst(env.DIRECTORY, sql`SELECT count(*) AS n FROM session WHERE person_id = ${stan.id}`)).toEqual({ n: 0 });
      expect(await events(stan.organizationId)).toEqual([]);
    }
  });

  test("answers alike for a wrong password, an unknown address, and people who are invited, suspended or gone", async () => {
    const stan = await hire("Stan Lindqvist", "STD");
    const states = ["suspended", "ended"] as const;
    const gone = await Promise.all(states.map(() => hire("Stan Lindqvist", "STD")));
    for (const [index, state] of states.entries())
      await prepare(env.DIRECTORY, sql`UPDATE actor SET state = ${state} WHERE id = ${gone[index]!.id}`).run();
    const at = await foundOrganization();
    const orphan = await hire("Stan Lindqvist", "STD", { at });
    await prepare(env.DIRECTORY, sql`UPDATE organization SET state = 'suspended' WHERE id = ${at.organizationId}`).run();
    const invited = await hire("Stan Lindqvist", "STD", { invited: true });

    const ask = async (email: string, text = password) => bare(await new Browser().send("POST", "/session", { email, password: text }));
    const wrong = await ask(stan.email, "seven-lanterns-over-the-river");
    expect(wrong).toMatchObject({ status: 401, body: { errorCode: "SIGN_IN_FAILED" } });
    for (const email of ["nobody@asclepia.example", "", "é".repeat(300), ...[...gone, orphan, invited].map((person) => person.email)])
      expect(await ask(email)).toEqual(wrong);
    expect(await ask(stan.email, "")).toEqual(wrong);
    expect(await ask(stan.email, "x".repeat(1000))).toEqual(wrong);
    expect((await events(stan.organizationId)).map(({ name }) => name)).toEqual([]);
  });

  test("hashes for an unknown address as long as for a known one", async () => {
    const stan = await hire("Stan Lindqvist", "STD");
    const timeOf = async (email: string) => {
      const times: number[] = [];
      for (let round = 0; round < 2; round++) {
        const begin = performance.now();
        await new Browser().send("POST", "/session", { email, password: "not-the-password-at-all" });
        times.push(performance.now() - begin);
      }
      return Math.min(...times);
    };
    const [known, unknown] = [await timeOf(stan.email), await timeOf("nobody-at-all@asclepia.example")];
    expect(unknown).toBeGreaterThan(known / 3);
    expect(unknown).toBeLessThan(known * 3);
  });

  test("writes the hash anew when its parameters are no longer today's", async () => {
    const stan = await hire("Stan Lindqvist", "STD");
    const old = hashPassword(password, product, { ln: 10, r: 8, p: 1 });
    expect(needsRehash(old)).toBe(true);
    await prepare(env.DIRECTORY, sql`UPDATE person SET password = ${old} WHERE id = ${stan.id}`).run();
    await new Browser().signIn(stan);
    const renewed = (await readFirst<{ password: string }>(env.DIRECTORY, sql`SELECT password FROM person WHERE id = ${stan.id}`))!.password;
    expect(renewed).toContain("$ln=15,r=8,p=3$");
    await new Browser().signIn(stan);
    expect((await readFirst<{ password: string }>(env.DIRECTORY, sql`SELECT password FROM person WHERE id = ${stan.id}`))!.password).toBe(renewed);
  });
});

describe("attempts", () => {
  /** One attempt that is never taken back, without the work of a hash. */
  const fail = (email: string, address = new Browser().address) =>
    beginAttempt(new Request(product.ORIGIN, { headers: { "cf-connecting-ip": address } }), email, product, Date.now());
  const rule = (subject: string) => ({ subject, free: 5, longest: 900_000, forgets: null, closes: 100 });

  test("beyond the fifth each failure blocks twice as long, to 15 minutes, and the hundredth until a new link", async () => {
    const blocks: number[] = [];
    let now = 1_800_000_000_000;
    const failOnce = async () => {
      await commit(env.DIRECTORY, [countAttempt(rule("ladder"), now)]);
      const { until } = (await readFirst<{ until: number }>(
        env.DIRECTORY,
        sql`SELECT blocked_until AS until FROM sign_in_attempt WHERE subject = 'ladder'`,
      ))!;
      blocks.push(until === FOREVER ? -1 : Math.max(0, until - now));
      if (until > now)
        await expect(commit(env.DIRECTORY, [countAttempt(rule("ladder"), Math.min(until - 1, now + 1e12))])).rejects.toBeInstanceOf(MustHitOne);
      now = Math.max(now + 1, until);
    };
    for (let failure = 1; failure <= 16; failure++) await failOnce();
    expect(blocks).toEqual([0, 0, 0, 0, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 512_000, 900_000, 900_000]);
    await prepare(env.DIRECTORY, sql`UPDATE sign_in_attempt SET failures = 98 WHERE subject = 'ladder'`).run();
    await failOnce();
    await failOnce();
    expect(blocks.slice(16)).toEqual([900_000, -1]);
  });

  test("are counted before anything is hashed: of twenty at once five are heard", async () => {
    const stan = await hire("Stan Lindqvist", "STD");
    const statuses = await Promise.all(
      Array.from(
        { length: 20 },
        async () => (await new Browser().send("POST", "/session", { email: stan.email, password: "a-guess-among-many" })).status,
      ),
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
    const [blocked, ...more] = (await events(stan.organizationId)).filter(({ name }) => name === "sign-in-blocked");
    expect(blocked).toMatchObject({ actor: { id: stan.id, session: "" }, facts: { failures: 5 } });
    expect(more).toEqual([]);
  });

  test("blocked, an account answers alike whether it exists or not, even to the right password", async () => {
    const stan = await hire("Stan Lindqvist", "STD");
    const block = async (email: string) => {
      for (let failure = 0; failure < 5; failure++) await fail(email);
      await prepare(
        env.DIRECTORY,
        sql`UPDATE sign_in_attempt SET blocked_until = ${Date.now() + 59_500} WHERE subject = ${`account:${await hashText(email)}`}`,
      ).run();
      return bare(await new Browser().send("POST", "/session", { email, password }));
    };
    const known = await block(stan.email);
    expect(known).toMatchObject({ status: 429, headers: { "retry-after": "60" }, body: { errorCode: "TOO_MANY_ATTEMPTS" } });
    expect(await block("stan.nobody@asclepia.example")).toEqual(known);
  });

  test("a success forgets an account's failures", async () => {
    const stan = await hire("Stan Lindqvist", "STD");
    const browser = new Browser();
    for (let round = 0; round < 3; round++) {
      for (let failure = 0; failure < 4; failure++) await fail(stan.email);
      await browser.signIn(stan);
    }
  });

  test("from one network they are counted over all accounts, and its neighbours are not", async () => {
    const stan = await hire("Stan Lindqvist", "STD");
    for (let failure = 0; failure < 20; failure++) await fail(`guess-${failure}@asclepia.example`, `2001:db8:1:2::${failure}`);
    expect((await new Browser("2001:db8:1:2:ffff::1").send("POST", "/session", { email: stan.email, password })).status).toBe(429);
    await new Browser("2001:db8:1:3::1").signIn(stan);
  });

  test.each([
    ["203.0.113.9", "203.0.113.0/24"],
    ["::ffff:203.0.113.9", "203.0.113.0/24"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::1", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["nonsense", ""],
    ["", ""],
    [null, ""],
  ])("the network of %s is '%s'", (address, prefix) => expect(networkPrefix(address)).toBe(prefix));
});

describe("other sites", () => {
  const judge = (headers: Record<string, string>, method = "POST", body: string | null = "{}") => {
    try {
      const init: RequestInit = { method, headers, body };
      requireSameOrigin(new Request(`${product.ORIGIN}/auth/session`, init), product);
      return "passes";
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const json = { "content-type": "application/json" };
  const ours = { "sec-fetch-site": "same-origin" };

  test.each([
    [{ ...json, ...ours }, "passes"],
    [{ "content-type": "Application/JSON; charset=utf-8", ...ours }, "passes"],
    [{ ...json, "sec-fetch-site": "cross-site" }, "cross_site"],
    [{ ...json, "sec-fetch-site": "same-site" }, "cross_site"],
    [{ ...json, "sec-fetch-site": "none" }, "cross_site"],
    [{ ...json, "sec-fetch-site": "cross-site", origin: product.ORIGIN }, "cross_site"],
    [{ ...json, "sec-fetch-site": "" }, "cross_site"],
    [{ ...json, origin: product.ORIGIN }, "passes"],
    [{ ...json, origin: "http://localhost:8788" }, "cross_site"],
    [{ ...json, origin: `${product.ORIGIN}.evil.example` }, "cross_site"],
    [{ ...json, origin: "null" }, "cross_site"],
    [json, "cross_site"],
    [ours, "media_type_unsupported"],
    [{ ...ours, "content-type": "text/plain" }, "media_type_unsupported"],
    [{ ...ours, "content-type": "text/plain; application/json" }, "media_type_unsupported"],
    [{ ...ours, "content-type": "application/x-www-form-urlencoded" }, "media_type_unsupported"],
  ])("a write with %j: %s", (headers, verdict) => expect(judge(headers as Record<string, string>)).toBe(verdict));

  test("reading passes, deleting without a body is a write", () => {
    expect(judge({ "sec-fetch-site": "cross-site" }, "GET", null)).toBe("passes");
    expect(judge({ "sec-fetch-site": "cross-site" }, "DELETE", null)).toBe("cross_site");
    expect(judge(ours, "DELETE", null)).toBe("passes");
  });

  test("cannot sign anybody in or out, and are told nothing", async () => {
    const stan = await hire("Stan Lindqvist", "STD");
    const browser = new Browser();
    expect((await browser.send("POST", "/session", { email: stan.email, password }, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    await browser.signIn(stan);
    const response = await browser.send("DELETE", "/session", undefined, { "sec-fetch-site": "same-site" });
    expect([response.status, await codeOf(response), response.headers.get("set-cookie")]).toEqual([403, "CROSS_SITE", null]);
  });
});

describe("the activation link", () => {
  interface Options {
    person: object;
    passwordPolicy: object;
    needsKey: boolean;
    options: { rp: { id: string }; user: { id: string }; challenge: string };
  }

  test("sets password and key in one ceremony, ends other sessions, and signs in", async () => {
    const odile = await hire("Odile Renaud", "OPE", { invited: true });
    const browser = new Browser();
    const token = await invite(odile);
    const begun = await browser.post<Options>("/activation/options", { token });
    expect(begun).toMatchObject({
      person: { name: "Odile Renaud", email: odile.email, organizationName: `Asclepia ${odile.organizationId}` },
      passwordPolicy: { minLength: 15, maxLength: 128 },
      needsKey: true,
      options: {
        rp: { id: "localhost", name: "ITCare" },
        pubKeyCredParams: [{ alg: -8 }, { alg: -7 }, { alg: -257 }],
        authenticatorSelection: { userVerification: "required" },
      },
    });
    const key = await SoftwareAuthenticator.create(product.ORIGIN);
    const me = await browser.post<{ session: string }>(
      "/activation",
      { token, password, keyName: "Blue key", credential: await key.register(begun.options) },
      201,
    );
    expect(me).toMatchObject({ id: odile.id, securityKeys: 1, mfaAt: null });
    expect(await events(odile.organizationId)).toMatchObject([
      { name: "activated", actor: { id: odile.id, session: me.session } },
      { name: "key-enrolled", facts: { credentialId: key.id } },
      { name: "signed-in" },
    ]);
    expect(await readFirst(env.DIRECTORY, sql`SELECT id, name FROM security_key WHERE credential_id = ${key.id}`)).toEqual({
      id: odile.organizationId * 2 ** 32 + 100_000,
      name: "Blue key",
    });
    await new Browser().signIn(odile);

    const again = await invite(odile);
    const second = await new Browser().post<Options>("/activation/options", { token: again });
    const other = await SoftwareAuthenticator.create(product.ORIGIN);
    await new Browser().post(
      "/activation",
      { token: again, password: "nine-plums-in-the-old-kettle", credential: await other.register(second.options) },
      201,
    );
    expect(await readFirst(env.DIRECTORY, sql`SELECT count(*) AS n FROM session WHERE person_id = ${odile.id}`)).toEqual({ n: 1 });
    expect((await new Browser().send("POST", "/session", { email: odile.email, password })).status).toBe(401);
  });

  test("used, expired, replaced, unknown, and of somebody who has left, it is answered alike", async () => {
    const used = await hire("Odile Renaud", "STD", { invited: true });
    const usedToken = await invite(used);
    await new Browser().post("/activation", { token: usedToken, password }, 201);
    const replaced = await hire("Odile Renaud", "STD", { invited: true });
    const replacedToken = await invite(replaced);
    await invite(replaced);
    const left = await hire("Odile Renaud", "STD", { invited: true });
    const leftToken = await invite(left);
    await prepare(env.DIRECTORY, sql`UPDATE actor SET state = 'ended' WHERE id = ${left.id}`).run();
    const expired = await invite(await hire("Odile Renaud", "STD", { invited: true }), Date.now() - ACTIVATION_LASTS);
    const almost = await invite(await hire("Odile Renaud", "STD", { invited: true }), Date.now() - ACTIVATION_LASTS + 10_000);

    for (const path of ["/activation/options", "/activation"]) {
      const ask = async (token: string) => bare(await new Browser().send("POST", path, path === "/activation" ? { token, password } : { token }));
      const answers = await Promise.all([usedToken, replacedToken, leftToken, expired, randomToken(), "x", ""].map(ask));
      expect(answers[0]).toMatchObject({ status: 410, body: { errorCode: "ACTIVATION_SPENT" } });
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    }
    await new Browser().post("/activation", { token: almost, password }, 201);
  });

  test.each([
    ["Stan", "STD", undefined, false],
    ["Nobody yet", null, undefined, false],
    ["Mona", "DTM", undefined, true],
    ["Odile", "OPE", undefined, true],
    ["Paul", "POW", undefined, true],
    ["Sybil", "STD", "security-representative", true],
  ] as const)("%s with profile %s and duty %s needs a key: %s", async (name, profile, duty, needsKey) => {
    const person = await hire(name, profile, { invited: true, duty });
    const token = await invite(person);
    expect(await new Browser().post("/activation/options", { token })).toMatchObject({ needsKey });
    const response = await new Browser().send("POST", "/activation", { token, password });
    expect(response.status).toBe(needsKey ? 400 : 201);
    expect(await readFirst(env.DIRECTORY, sql`SELECT state FROM actor WHERE id = ${person.id}`)).toEqual({ state: needsKey ? "invited" : "active" });
  });

  test("a profile that is still to be confirmed counts too", async () => {
    const stan = await hire("Stan Lindqvist", "POW", { invited: true });
    await prepare(env.DIRECTORY, sql`UPDATE membership SET state = 'pending' WHERE actor_id = ${stan.id}`).run();
    expect(await new Browser().post("/activation/options", { token: await invite(stan) })).toMatchObject({ needsKey: true });
  });

  test("a password that cannot be used spends nothing", async () => {
    const stan = await hire("Stan Lindqvist", "STD", { invited: true });
    const token = await invite(stan);
    const browser = new Browser();
    for (const weak of ["short", "x".repeat(129), "Lindqvist-Asclepia"]) {
      const response = await browser.send("POST", "/activation", { token, password: weak });
      expect([response.status, await codeOf(response)]).toEqual([422, "PASSWORD_UNACCEPTABLE"]);
    }
    await browser.post("/activation", { token, password }, 201);
  });

  test("opens an account that too many attempts had closed", async () => {
    const stan = await hire("Stan Lindqvist", "STD");
    await prepare(
      env.DIRECTORY,
      sql`INSERT INTO sign_in_attempt(subject, failures, last, blocked_until) VALUES (${`account:${await hashText(stan.email)}`}, 100, 1, ${FOREVER})`,
    ).run();
    const closed = await new Browser().send("POST", "/session", { email: stan.email, password });
    expect([closed.status, closed.headers.get("retry-after")]).toEqual([429, "900"]);
    await new Browser().post("/activation", { token: await invite(stan), password }, 201);
    await new Browser().signIn(stan);
  });

  test(`used twice at once it lets one in: ${env.ROUNDS} rounds of its commit`, { timeout: 60_000 + Number(env.ROUNDS) * 300 }, async () => {
    const stan = await hire("Stan Lindqvist", "STD", { invited: true });
    for (let round = 0; round < Number(env.ROUNDS); round++) {
      const tokenHash = await hashText(await invite(stan));
      const outcomes = await Promise.allSettled(
        ["one", "two", "three"].map((text) => commit(env.DIRECTORY, spendActivation(tokenHash, stan.id, text, Date.now()))),
      );
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
    }
  });

  test("used twice at once in two browsers, with keys, it lets one in and enrols one key", async () => {
    for (let round = 0; round < 2; round++) {
      const odile = await hire("Odile Renaud", "OPE", { invited: true });
      const token = await invite(odile);
      const both = await Promise.all(
        [new Browser(), new Browser()].map(async (browser) => {
          const { options } = await browser.post<Options>("/activation/options", { token });
          return { browser, credential: await (await SoftwareAuthenticator.create(product.ORIGIN)).register(options) };
        }),
      );
      const statuses = await Promise.all(
        both.map(async ({ browser, credential }) => (await browser.send("POST", "/activation", { token, password, credential })).status),
      );
      expect(statuses.sort()).toEqual([201, 410]);
      expect(await readFirst(env.DIRECTORY, sql`SELECT security_keys FROM actor WHERE id = ${odile.id}`)).toEqual({ security_keys: 1 });
      expect((await events(odile.organizationId)).map(({ name }) => name)).toEqual(["activated", "key-enrolled", "signed-in"]);
    }
  });
});

describe("the endpoints", () => {
  test("are these, and none of them lets anybody make an account", async () => {
    const routes = new Set(identityRoutes.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`));
    expect([...routes].sort()).toEqual([
      "DELETE /session",
      "POST /activation",
      "POST /activation/options",
      "POST /enrolment",
      "POST /enrolment/options",
      "POST /password",
      "POST /password-reset",
      "POST /password-reset/options",
      "POST /password-reset/password",
      "POST /password/options",
      "POST /security-keys/options",
      "POST /session",
      "POST /session/options",
      "POST /step-up",
      "POST /step-up/options",
    ]);
    const count = async () =>
      readFirst(
        env.DIRECTORY,
        sql`SELECT (SELECT count(*) FROM actor) AS actors, (SELECT count(*) FROM person) AS people, (SELECT count(*) FROM security_key) AS keys`,
      );
    const before = await count();
    const stranger = { email: "eve@evil.example", name: "Eve", password, token: randomToken(), organizationId: 1 };
    for (const route of routes) {
      const [method, path] = route.split(" ") as [string, string];
      for (const body of [stranger, { email: stranger.email, password }, { token: stranger.token, password }, { token: stranger.token }]) {
        const response = await new Browser().send(method, path, method === "DELETE" ? undefined : body);
        expect(method === "DELETE" || response.status >= 400).toBe(true);
      }
    }
    expect(await count()).toEqual(before);
  });

  test("with a password alone, nobody enrols a first key later", async () => {
    const nora = await hire("Nora Weiss", "POW");
    const browser = new Browser();
    await browser.signIn(nora);
    const stepUp = await browser.send("POST", "/step-up/options", {});
    expect([stepUp.status, await codeOf(stepUp)]).toEqual([403, "MFA_NOT_CONFIGURED"]);
    for (const body of [{ password }, { token: browser.cookie, password }])
      expect((await browser.send("POST", "/activation", body)).status).toBeGreaterThanOrEqual(400);
    expect(await readFirst(env.DIRECTORY, sql`SELECT security_keys FROM actor WHERE id = ${nora.id}`)).toEqual({ security_keys: 0 });
  });

  test("say what is wrong with a request", async () => {
    const browser = new Browser();
    const unknown = await browser.send("POST", "/session", { email: "a@b.example", password, remember: true });
    expect([unknown.status, await codeOf(unknown)]).toEqual([400, "UNKNOWN_FIELD"]);
    expect((await browser.send("POST", "/session", { email: 1, password })).status).toBe(400);
    expect((await browser.send("POST", "/session", [])).status).toBe(400);
    expect((await browser.send("POST", "/session")).status).toBe(400);
    expect((await browser.send("POST", "/session", { email: "x".repeat(70_000), password })).status).toBe(413);
    const read = await browser.send("GET", "/session");
    expect([read.status, read.headers.get("allow"), read.headers.get("cache-control")]).toEqual([405, "POST, DELETE", "no-store"]);
  });

  test("tell nothing of what went wrong on our side but the number under which it is recorded", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const broken = {
      ...product,
      DIRECTORY: {
        prepare: () => {
          throw new Error("no such table: person");
        },
        batch: () => {
          throw new Error("no such table: person");
        },
      } as unknown as D1Database,
    };
    const response = await identityRoutes.request(
      `${product.ORIGIN}/session`,
      {
        method: "POST",
        headers: { "sec-fetch-site": "same-origin", "content-type": "application/json" },
        body: JSON.stringify({ email: "a@b.example", password }),
      },
      broken,
    );
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(logged.mock.calls[0]![0]).toBe((JSON.parse(text) as { requestId: string }).requestId);
    logged.mockRestore();
    expect(text).not.toMatch(/table|person|sql/i);
  });

  test("take a member's mail as it is: in lower case, NFC", async () => {
    const member: Member = await hire("Mona Petit", "STD");
    await prepare(env.DIRECTORY, sql`UPDATE person SET email = ${`ren\u00e9.${member.id}@asclepia.example`} WHERE id = ${member.id}`).run();
    await new Browser().post("/session", { email: `Rene\u0301.${member.id}@Asclepia.example`, password });
  });
});
