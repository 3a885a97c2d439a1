/** Passwords that are changed, forgotten and attacked, and what their owners are told. */
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { commit } from "../../db/commit.ts";
import { countAttempt } from "../../db/directory/write/attempts.ts";
import { prepare, readAll } from "../../db/statement.ts";
import { accountRule } from "../../worker/identity/attempts.ts";
import { readMailbox } from "../../db/directory/read/mail.ts";
import { Browser, equip, hire, password, product, seat, type Member } from "./people.ts";

const renewed = "eleven herons above the mill";
const codeOf = async (response: Response) => (response.ok ? String(response.status) : ((await response.json()) as { errorCode: string }).errorCode);
const subjects = async (who: Member) => (await letters(who)).map(({ subject }) => subject);

/** What was written to somebody, the newest first. */
async function letters(who: Member) {
  const waiting = sql`SELECT number FROM mail WHERE due IS NOT NULL`;
  await vi.waitFor(async () => expect(await readAll(env.DIRECTORY, waiting)).toEqual([]), { timeout: 5_000 });
  return (await readMailbox(env.DIRECTORY)).filter(({ address }) => address === who.email);
}
const sessionsOf = async ({ id }: Member) => (await readAll(env.DIRECTORY, sql`SELECT id FROM session WHERE person_id = ${id}`)).length;
const signsInWith = async (who: Member, secret: string) =>
  codeOf(await new Browser().send("POST", "/session", { email: who.email, password: secret }));

beforeEach(async () => {
  await prepare(env.DIRECTORY, sql`DELETE FROM sign_in_attempt`).run();
});

describe("one's own password", () => {
  test("is changed with the old one; other sessions end, and its owner is told", async () => {
    const stan = await hire("Stan Lindqvist", "STD");
    const [browser] = [await seat(stan), await seat(stan)];
    expect(await browser.post("/password/options", undefined)).toMatchObject({ passwordPolicy: { minLength: 15 }, options: null });
    const change = (oldPassword: string, next: string) => browser.send("POST", "/password", { oldPassword, password: next });
    expect(await codeOf(await change(`${password}!`, renewed))).toBe("PASSWORD_WRONG");
    expect(await codeOf(await change(password, "StanLindqvist-2026"))).toBe("PASSWORD_UNACCEPTABLE");
    expect(await codeOf(await change(password, password))).toBe("PASSWORD_UNACCEPTABLE");
    expect([await sessionsOf(stan), await letters(stan)]).toEqual([2, []]);
    expect((await change(password, renewed)).status).toBe(204);
    expect([await sessionsOf(stan), await subjects(stan)]).toEqual([1, ["Your password was changed"]]);
    expect([await signsInWith(stan, password), await signsInWith(stan, renewed)]).toEqual(["SIGN_IN_FAILED", "200"]);
  });

  test("asks for a key's fresh use from whoever has one: its own challenge, once, in this session", async () => {
    const { browser, key } = await equip(await hire("Odile Renaud", "OPE"));
    const body = { oldPassword: password, password: renewed };
    expect(await codeOf(await browser.send("POST", "/password", body))).toBe("PROOF_INVALID");
    const stepUp = await browser.post<{ options: { challenge: string } }>("/step-up/options", undefined);
    expect(await codeOf(await browser.send("POST", "/password", { ...body, credential: await key.get(stepUp.options) }))).toBe("PROOF_REJECTED");
    const { options } = await browser.post<{ options: { challenge: string } }>("/password/options", undefined);
    const other = await equip(await hire("Eve Eaves", "OPE"));
    expect(await codeOf(await other.browser.send("POST", "/password", { ...body, credential: await other.key.get(options) }))).toBe("PROOF_REJECTED");
    const credential = await key.get(options);
    expect((await browser.send("POST", "/password", { ...body, credential })).status).toBe(204);
    expect(await codeOf(await browser.send("POST", "/password", { oldPassword: renewed, password, credential }))).toBe("PROOF_REJECTED");
  });

  test("is guessed in an open session as slowly as at the door, and keeps nobody out there", async () => {
    const stan = await hire("Stan Lindqvist", "STD");
    const browser = await seat(stan);
    const own = { subject: `own:${stan.id}`, free: 5, longest: 900_000, forgets: null, closes: 100 };
    for (let failure = 0; failure < 5; failure++) await commit(env.DIRECTORY, [countAttempt(own, Date.now())]);
    expect(await codeOf(await browser.send("POST", "/password", { oldPassword: password, password: renewed }))).toBe("TOO_MANY_ATTEMPTS");
    expect(await signsInWith(stan, password)).toBe("200");
  });
});

describe("a forgotten password", () => {
  const ask = (email: string, browser = new Browser()) => browser.send("POST", "/password-reset", { email });
  const tokenOf = async (who: Member) => /\/reset-password#([\w-]+)/.exec((await letters(who))[0]!.plain)![1]!;

  test("is replaced by a link that is good once; every session ends, nobody is signed in, and keys stay", async () => {
    const odile = await hire("Odile Renaud", "OPE");
    await equip(odile);
    expect((await ask(odile.email.toUpperCase())).status).toBe(204);
    const token = await tokenOf(odile);
    const browser = new Browser();
    expect(await browser.post("/password-reset/options", { token })).toMatchObject({ person: { name: odile.name, email: odile.email } });
    const finish = (next: string) => browser.send("POST", "/password-reset/password", { token, password: next });
    expect(await codeOf(await finish("OdileRenaud-2026"))).toBe("PASSWORD_UNACCEPTABLE");
    expect((await finish(renewed)).status).toBe(204);
    expect([browser.cookie, await sessionsOf(odile), await codeOf(await finish(renewed))]).toEqual(["", 0, "LINK_SPENT"]);
    expect(await subjects(odile)).toEqual(["Your password was reset", "Choose a new password"]);
    expect([await signsInWith(odile, password), await signsInWith(odile, renewed)]).toEqual(["SIGN_IN_FAILED", "200"]);
    const [row] = await readAll<{ keys: number }>(env.DIRECTORY, sql`SELECT security_keys AS keys FROM actor WHERE id = ${odile.id}`);
    expect(row!.keys).toBe(1);
  });

  test("tells nobody who exists: the same answer for a known, an unknown, an invited and a suspended address, and mail for the first alone", async () => {
    const [stan, ines, sam] = [
      await hire("Stan Lindqvist", "STD"),
      await hire("Ines Invited", "STD", { invited: true }),
      await hire("Sam Suspended", "STD"),
    ];
    await prepare(env.DIRECTORY, sql`UPDATE actor SET state = 'suspended' WHERE id = ${sam.id}`).run();
    const answers = await Promise.all(
      [stan.email, "nobody@asclepia.example", ines.email, sam.email].map(async (email) => {
        const response = await ask(email);
        return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
      }),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect([(await letters(stan)).length, (await letters(ines)).length, (await letters(sam)).length]).toEqual([1, 0, 0]);
  });

  test("is paced, for an address that nobody has like for any other, and never by making earlier links worthless", async () => {
    const stan = await hire("Stan Lindqvist", "STD");
    for (const email of [stan.email, `nobody.${stan.id}@asclepia.example`]) {
      const answers: string[] = [];
      for (let time = 0; time < 4; time++) answers.push(await codeOf(await ask(email)));
      expect(answers).toEqual(["204", "204", "204", "TOO_MANY_ATTEMPTS"]);
    }
    const oldest = (await letters(stan)).at(-1)!.plain;
    const token = /#([\w-]+)/.exec(oldest)![1]!;
    expect((await new Browser().send("POST", "/password-reset/password", { token, password: renewed })).status).toBe(204);
    expect(await readAll(env.DIRECTORY, sql`SELECT 1 FROM password_reset WHERE person_id = ${stan.id}`)).toEqual([]);
  });

  test("is set once by ten who have the same link, and not at all by one that is too old or whose owner was suspended", async () => {
    const stan = await hire("Stan Lindqvist", "STD");
    await ask(stan.email);
    const token = await tokenOf(stan);
    const finish = () => new Browser().send("POST", "/password-reset/password", { token, password: renewed });
    await prepare(env.DIRECTORY, sql`UPDATE actor SET state = 'suspended' WHERE id = ${stan.id}`).run();
    expect(await codeOf(await finish())).toBe("LINK_SPENT");
    await prepare(env.DIRECTORY, sql`UPDATE actor SET state = 'active' WHERE id = ${stan.id}`).run();
    const expires = (at: number) => prepare(env.DIRECTORY, sql`UPDATE password_reset SET expires = ${at} WHERE person_id = ${stan.id}`).run();
    await expires(Date.now() - 1);
    expect(await codeOf(await finish())).toBe("LINK_SPENT");
    await expires(Date.now() + 60_000);
    const answers = await Promise.all(Array.from({ length: 4 }, async () => codeOf(await finish())));
    expect(answers.sort()).toEqual(["204", "LINK_SPENT", "LINK_SPENT", "LINK_SPENT"]);
  });
});

describe("an account that somebody attacks", () => {
  /** As 100 wrong passwords leave it. */
  async function attacked(who: Member): Promise<void> {
    const rule = await accountRule(who.email);
    await prepare(
      env.DIRECTORY,
      sql`INSERT INTO sign_in_attempt(subject, failures, last, blocked_until) VALUES (${rule.subject}, 100, ${Date.now()}, 253402300799000)`,
    ).run();
  }
  const options = async (email: string) =>
    (
      await new Browser().post<{ options: { challenge: string; allowCredentials: { id: string; transports: string[] }[] } }>("/session/options", {
        email,
      })
    ).options;

  test("is open to its owner all the same, with the key beside the password", async () => {
    const odile = await hire("Odile Renaud", "OPE");
    const { key } = await equip(odile);
    await attacked(odile);
    expect(await signsInWith(odile, password)).toBe("TOO_MANY_ATTEMPTS");
    const asked = await options(odile.email);
    expect(asked.allowCredentials.map(({ id }) => id)).toEqual([key.id]);
    const credential = await key.get(asked);
    const browser = new Browser();
    expect(await codeOf(await browser.send("POST", "/session", { email: odile.email, password: `${password}!`, credential }))).toBe("SIGN_IN_FAILED");
    // The challenge went with the wrong password.
    expect(await codeOf(await browser.send("POST", "/session", { email: odile.email, password, credential }))).toBe("PROOF_REJECTED");
    const again = await key.get(await options(odile.email));
    expect(await codeOf(await browser.send("POST", "/session", { email: odile.email, password, credential: again }))).toBe("200");
    expect(browser.cookie).not.toBe("");
    expect(await signsInWith(odile, password)).toBe("200");
  });

  test("is closed to whoever has no key of hers: another's, another address's challenge, one too old, one made up", async () => {
    const odile = await hire("Odile Renaud", "OPE");
    await equip(odile);
    const eve = await equip(await hire("Eve Eaves", "OPE"));
    await attacked(odile);
    const send = async (credential: unknown, secret = password) =>
      codeOf(await new Browser().send("POST", "/session", { email: odile.email, password: secret, credential }));
    const hers = await options(odile.email);
    expect(await send(await eve.key.get(hers))).toBe("PROOF_REJECTED");
    expect(await send(await eve.key.get({ ...hers, challenge: (await options("eve@asclepia.example")).challenge }))).toBe("PROOF_REJECTED");
    expect(await send(await eve.key.get({ ...hers, challenge: "A".repeat(94) }))).toBe("PROOF_REJECTED");
    for (const nothing of [null, {}, "yes", { response: {} }]) expect(await send(nothing)).toBe("PROOF_INVALID");
    const [tried] = await readAll<{ failures: number }>(
      env.DIRECTORY,
      sql`SELECT failures FROM sign_in_attempt WHERE subject = ${`own:${odile.id}`}`,
    );
    expect(tried).toBeUndefined();
  });

  test("its challenge is for its own address and its own two minutes", async () => {
    const odile = await hire("Odile Renaud", "OPE");
    const { key } = await equip(odile);
    const other = await key.get({ ...(await options(odile.email)), challenge: (await options("eve@asclepia.example")).challenge });
    expect(await codeOf(await new Browser().send("POST", "/session", { email: odile.email, password, credential: other }))).toBe("PROOF_REJECTED");
    const { requireOwnKey } = await import("../../worker/identity/key-sign-in.ts");
    const credential = await key.get(await options(odile.email));
    await expect(requireOwnKey(credential, odile.email, odile.id, product, Date.now() + 121_000)).rejects.toThrow("too old");
  });

  test("says to nobody whether it exists, or has a key", async () => {
    const stan = await hire("Stan Lindqvist", "STD");
    for (const email of [stan.email, "nobody@asclepia.example"]) {
      const [first, second] = [await options(email), await options(email)];
      expect(first.allowCredentials).toEqual(second.allowCredentials);
      expect(first.challenge).not.toBe(second.challenge);
      expect(first.allowCredentials).toEqual([{ id: expect.stringMatching(/^[\w-]{43}$/), type: "public-key", transports: ["internal"] }]);
    }
  });
});
