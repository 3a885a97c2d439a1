/** Whoever has lost every key comes back by a link and a password; an organization whose last representative has, by two people and a day. */
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { prepare, readAll, readFirst } from "../../db/statement.ts";
import type { LogExport } from "../../worker/contract/log-entry.ts";
import type { Recovery } from "../../worker/contract/shapes/recoveries.ts";
import { hashPassword } from "../../worker/identity/password/hash.ts";
import { carryOutRecoveries } from "../../worker/identity/recoveries.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { SoftwareAuthenticator } from "../software-authenticator.ts";
import { Person, world, type Ask, type World } from "../world.ts";

let it: World;
const password = "seven quiet otters under the bridge";
const stored = hashPassword(password, env);
beforeEach(async () => {
  it ??= await world(env);
  await prepare(env.DIRECTORY, sql`UPDATE person SET password = ${stored}`).run();
});

const people = "/itcare/organization/people";
const codeOf = async (response: Response) => `${response.status} ${(await response.clone().json<{ errorCode: string }>()).errorCode}`;
const browser = { origin: env.ORIGIN, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" };
const post = (path: string, json: object) => it.nobody.fetch(path, { method: "POST", json, headers: browser });
const issue: Ask = { method: "POST", json: { reason: "lost in a taxi" } };
const stop: Ask = { method: "PATCH", json: { operation: "stop" } };

/** The secret of the newest link that went to somebody. */
async function linkOf(who: Person): Promise<string> {
  // As it waits, or as it lies in the mailbox.
  const row = await readFirst<{ said: string }>(
    env.DIRECTORY,
    sql`SELECT coalesce(m.facts, b.plain) AS said FROM mail m LEFT JOIN mailbox b ON b.message_id = m.message_id
      WHERE m.person_id = ${who.id} AND m.template = 'new-enrolment' ORDER BY m.number DESC LIMIT 1`,
  );
  return /\/enrol#([\w-]{43})/.exec(row!.said)![1]!;
}

async function enrol(token: string, given: object = {}) {
  const begun = await post("/auth/enrolment/options", { token });
  const { options } = await begun.json<{ options: { challenge: string; user: { id: string } } }>();
  const device = await SoftwareAuthenticator.create(env.ORIGIN);
  const credential = await device.register({ rp: {}, ...options });
  return { device, credential, answer: await post("/auth/enrolment", { token, password, keyName: "The new one", credential, ...given }) };
}

describe("Odile has lost her keys", () => {
  test("Sybil issues a new enrolment: sessions end, the keys count for nothing, and nothing is done in between", async () => {
    expect((await it.sybil.act(`${people}/${it.odile.id}/enrolments`, issue)).status).toBe(204);
    expect(await codeOf(await it.odile.fetch("/itcare/me"))).toBe("401 SESSION_ENDED");
    const row = await readFirst<{ keys: number }>(env.DIRECTORY, sql`SELECT security_keys AS keys FROM actor WHERE id = ${it.odile.id}`);
    expect(row!.keys).toBe(0);
    const kept = await readAll<{ removed: number | null }>(env.DIRECTORY, sql`SELECT removed FROM security_key WHERE person_id = ${it.odile.id}`);
    expect(kept).toEqual([{ removed: null }]);
  });

  test("the link alone is not enough, the password alone neither", async () => {
    const token = await linkOf(it.odile);
    expect(await codeOf((await enrol(token, { password: "not the one she has chosen" })).answer)).toBe("401 SIGN_IN_FAILED");
    expect(await codeOf(await post("/auth/enrolment/options", { token: "A".repeat(43) }))).toBe("410 ACTIVATION_SPENT");
    expect(await codeOf(await post("/auth/activation/options", { token }))).toBe("410 ACTIVATION_SPENT");
  });

  test("with both she is in, the new key signs, the old one is gone, and the link is spent", async () => {
    const token = await linkOf(it.odile);
    const { device, credential, answer } = await enrol(token);
    expect(answer.status, await answer.clone().text()).toBe(201);
    const cookie = answer.headers.get("set-cookie")!.split(";")[0]!;
    const { session } = await answer.json<{ session: string }>();
    const odile = new Person({ ...it.odile, organization: { id: 1 } } as never, { id: session, cookie }, device, env);
    const stopped = await odile.act(`/itcare/compute/instances/${(await it.addInstance()).id}`, stop);
    expect(stopped.status, await stopped.clone().text()).toBe(202);
    const keys = await (await odile.fetch("/itcare/me/security-keys")).json<{ name: string }[]>();
    expect(keys.map(({ name }) => name)).toEqual(["The new one"]);
    const fresh = `/itcare/compute/instances/${(await it.addInstance({ environment: "PRODUCTION" })).id}`;
    const proof = await odile.holding(it.odile.key!).proofFor(await odile.fetch(fresh, stop));
    expect(await codeOf(await odile.fetch(fresh, { ...stop, headers: { "itcare-proof": proof } }))).toBe("401 PROOF_REJECTED");
    expect(await codeOf(await post("/auth/enrolment", { token, password, credential }))).toBe("410 ACTIVATION_SPENT");
    it.odile = odile;
  });

  test("of two who use one link at the same moment one comes in, every time", async () => {
    for (let round = 0; round < 6; round++) {
      expect((await it.sybil.act(`${people}/${it.stan.id}/enrolments`, issue)).status).toBe(204);
      const token = await linkOf(it.stan);
      const ready = async () => {
        const { options } = await (await post("/auth/enrolment/options", { token })).json<{ options: { challenge: string } }>();
        const credential = await (await SoftwareAuthenticator.create(env.ORIGIN)).register({ rp: {}, user: { id: "" }, ...options } as never);
        return () => post("/auth/enrolment", { token, password, credential });
      };
      const both = [await ready(), await ready()];
      const answers = await Promise.all(both.map((send) => send()));
      expect(answers.map(({ status }) => status).sort(), String(round)).toEqual([201, 410]);
      const keys = await readAll(env.DIRECTORY, sql`SELECT id FROM security_key WHERE person_id = ${it.stan.id} AND removed IS NULL`);
      expect(keys.length).toBe(1);
    }
  });

  test("nobody issues one for themselves, nor for somebody elsewhere", async () => {
    expect(await codeOf(await it.sybil.fetch(`${people}/${it.sybil.id}/enrolments`, issue))).toBe("403 OWN_RIGHTS");
    expect(await codeOf(await it.sybil.fetch(`${people}/${it.boris.id}/enrolments`, issue))).toBe("404 NOT_FOUND");
  });
});

describe("Bea, Borealis's only representative, has lost hers", () => {
  const recoveries = "/itcare/service-delivery/recoveries";
  const ask = (who: Person): Ask => ({ method: "POST", json: { personId: who.id, reason: "called back" } });
  const approve: Ask = { method: "PATCH", json: { operation: "approve" } };
  const DAY = 24 * 3_600_000;

  async function begin(): Promise<Recovery> {
    const asked = await it.david.act(recoveries, ask(it.bea));
    expect(asked.status, await asked.clone().text()).toBe(201);
    return asked.json<Recovery>();
  }

  test("David asks, may not approve it himself; Olga does, and the organization hears of it", async () => {
    await prepare(env.DIRECTORY, sql`INSERT INTO duty(actor_id, duty) VALUES (${it.olga.id}, 'service-delivery')`).run();
    expect(await codeOf(await it.paul.fetch(recoveries, ask(it.bea)))).toBe("403 DUTY_REQUIRED");
    const { id } = await begin();
    expect(await codeOf(await it.david.fetch(recoveries, ask(it.bea)))).toMatch(/409|401/);
    expect(await codeOf(await it.david.fetch(`${recoveries}/${id}`, approve))).toBe("403 OWN_RIGHTS");
    const approved = await it.olga.act(`${recoveries}/${id}`, approve);
    expect(approved.status, await approved.clone().text()).toBe(200);
    const told = await readAll<{ address: string }>(env.DIRECTORY, sql`SELECT address FROM mail WHERE template = 'recovery-announced'`);
    expect(told.map(({ address }) => address)).toEqual(expect.arrayContaining(["bea.lund@borealis.example", "boris.stern@borealis.example"]));
    expect(await (await it.bea.fetch("/itcare/organization/recoveries")).json<Recovery[]>()).toMatchObject([{ id, state: "approved" }]);
    expect(await (await it.boris.fetch("/itcare/organization/recoveries")).json()).toEqual([]);
  });

  test("nothing happens before its day is over; Bea objects without a key, and then nothing does", async () => {
    const [open] = await (await it.bea.fetch("/itcare/organization/recoveries")).json<Recovery[]>();
    await carryOutRecoveries(env, Date.now() + DAY - 60_000);
    expect((await it.bea.fetch("/itcare/me")).status).toBe(200);
    const object = `/itcare/organization/recoveries/${open!.id}`;
    expect(await codeOf(await it.sybil.fetch(object, { method: "DELETE" }))).toBe("404 NOT_FOUND");
    expect((await it.bea.fetch(object, { method: "DELETE" })).status).toBe(204);
    await carryOutRecoveries(env, Date.now() + 2 * DAY);
    expect((await it.bea.fetch("/itcare/me")).status).toBe(200);
  });

  test("a day later a link goes to Bea, once, and she is back with it", async () => {
    const { id } = await begin();
    expect((await it.olga.act(`${recoveries}/${id}`, approve)).status).toBe(200);
    const later = Date.now() + DAY + 60_000;
    await Promise.all([carryOutRecoveries(env, later), carryOutRecoveries(env, later)]);
    expect(await codeOf(await it.bea.fetch("/itcare/me"))).toBe("401 SESSION_ENDED");
    const links = await readAll(env.DIRECTORY, sql`SELECT number FROM mail WHERE person_id = ${it.bea.id} AND template = 'new-enrolment'`);
    expect(links.length).toBe(1);
    expect((await enrol(await linkOf(it.bea))).answer.status).toBe(201);
  });

  test("while another representative can act there is nothing to recover", async () => {
    await prepare(env.DIRECTORY, sql`INSERT INTO duty(actor_id, duty) VALUES (${it.boris.id}, 'security-representative')`).run();
    expect(await codeOf(await it.david.fetch(recoveries, ask(it.bea)))).toBe("409 STATE_FORBIDS");
  });

  test("both organizations' logs tell it, and each verifies by itself", async () => {
    for (const who of [it.boris, it.sybil]) {
      const log = await (await who.fetch("/itcare/log/export")).json<LogExport>();
      expect(await verifyExport(log)).toMatchObject({ valid: true, reason: null });
      const labels = log.entries.map(({ event }) => ("label" in event ? event.label : ""));
      expect(labels).toEqual(
        expect.arrayContaining(who === it.sybil ? ["issue-enrolment"] : ["ask-recovery", "approve-recovery", "cancel-recovery"]),
      );
    }
  });
});
