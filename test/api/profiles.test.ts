/** Who may what on which Cloud: Sybil decides, signs, and the next request knows. */
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { readAll, prepare } from "../../db/statement.ts";
import type { OutboxBody } from "../../worker/contract/log-entry.ts";
import type { PersonItem, WholePerson } from "../../worker/contract/shapes/people.ts";
import type { HeldProfile } from "../../worker/contract/shapes/profiles.ts";
import { sweepIdentity } from "../../worker/identity/sweep.ts";
import { PATIENCE, ROUNDS, untold } from "./meeting.ts";
import { world, type Ask, type Person, type World } from "../world.ts";

let it: World;
let care: number;
beforeEach(async () => {
  it ??= await world(env);
  care = it.planted.clouds.find(({ name }) => name === "Asclepia Care")!.id;
});

const people = "/itcare/organization/people";
const profilesOf = (who: { id: number }) => `${people}/${who.id}/profiles`;
const give = (options: object): Ask => ({ method: "POST", json: { cloudId: care, ...options } });
const change = (options: object): Ask => ({ method: "PATCH", json: { operation: "change", options } });
const codeOf = async (response: Response) => `${response.status} ${(await response.clone().json<{ errorCode: string }>()).errorCode}`;
const meOf = async (who: Person) => (await who.fetch("/itcare/me")).json<{ clouds: { id: number; profile: string }[] }>();
const mine = async (who: Person) => (await who.fetch("/itcare/me/profiles")).json<HeldProfile[]>();
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

describe("Sybil gives Rita a profile for a time", () => {
  test("what Rita gains is signed with it, and Rita's next request has it", async () => {
    expect((await meOf(it.rita)).clouds.map(({ id }) => id)).not.toContain(care);
    const wanted = give({ profile: "OPE", ends: inAnHour(), reason: "holidays of Odile" });
    const refused = await it.sybil.fetch(profilesOf(it.rita), wanted);
    const { operation } = (await refused.clone().json<{ challenge: { operation: string } }>()).challenge;
    const { parameters } = JSON.parse(operation) as { parameters: { consequences: { gains: string[]; loses: string[] } } };
    expect(parameters.consequences.gains).toEqual(expect.arrayContaining(["read-instance", "stop-instance"]));
    expect(parameters.consequences.gains).not.toContain("delete-instance");
    expect((await it.sybil.sign(refused)).status).toBe(204);
    expect((await meOf(it.rita)).clouds).toContainEqual(expect.objectContaining({ id: care, profile: "OPE" }));
    expect(await mine(it.rita)).toContainEqual(
      expect.objectContaining({ cloudId: care, effect: "in-effect", reason: "holidays of Odile", givenBy: { id: it.sybil.id, name: it.sybil.name } }),
    );
  });

  test("a second one on the same Cloud is refused before anybody signs, and so are an end in the past and a time without a reason", async () => {
    expect(await codeOf(await it.sybil.fetch(profilesOf(it.rita), give({ profile: "POW" })))).toBe("409 STATE_FORBIDS");
    const past = give({ profile: "STD", ends: "2020-01-01T00:00:00.000Z", reason: "late" });
    expect(
      await codeOf(await it.sybil.fetch(profilesOf(it.nora), { ...past, json: { ...(past.json as object), cloudId: it.planted.clouds[1]!.id } })),
    ).toBe("400 INVALID_FIELD_VALUE");
    expect(await codeOf(await it.sybil.fetch(profilesOf(it.nora), give({ profile: "STD", ends: inAnHour() })))).toBe("400 INVALID_FIELD_VALUE");
  });

  test("changed, it says so at once; ended, it is gone", async () => {
    const path = `${profilesOf(it.rita)}/${care}`;
    expect((await it.sybil.act(path, change({ profile: "STD" }))).status).toBe(204);
    expect((await meOf(it.rita)).clouds).toContainEqual(expect.objectContaining({ id: care, profile: "STD" }));
    expect((await it.sybil.act(path, { method: "DELETE" })).status).toBe(204);
    expect((await meOf(it.rita)).clouds.map(({ id }) => id)).not.toContain(care);
    expect(await codeOf(await it.sybil.fetch(path, { method: "DELETE" }))).toBe("404 NOT_FOUND");
  });

  test("its time over, it gives nothing, makes room for another, and the log tells its end once", async () => {
    expect((await it.sybil.act(profilesOf(it.rita), give({ profile: "OPE", ends: inAnHour(), reason: "a while" }))).status).toBe(204);
    const over = Date.now() - 1_000;
    await prepare(env.DIRECTORY, sql`UPDATE membership SET ends = ${over} WHERE actor_id = ${it.rita.id} AND cloud_id = ${care}`).run();
    expect((await meOf(it.rita)).clouds.map(({ id }) => id)).not.toContain(care);
    expect(await mine(it.rita)).toContainEqual(expect.objectContaining({ cloudId: care, effect: "ended" }));
    const told: OutboxBody[] = [];
    await Promise.all([sweepIdentity(env, Date.now()), sweepIdentity(env, Date.now())]);
    const rows = await readAll<{ body: string }>(env.DIRECTORY, sql`SELECT body FROM outbox WHERE body LIKE '%profile-ended%'`);
    told.push(...rows.map(({ body }) => JSON.parse(body) as OutboxBody));
    expect(told.map(({ event }) => event)).toEqual([
      {
        kind: "identity",
        name: "profile-ended",
        actor: { kind: "person", id: it.rita.id, session: "" },
        at: new Date(over).toISOString(),
        cloudId: care,
        facts: { profile: "OPE" },
      },
    ]);
    expect(told[0]!.names).toEqual({ [it.rita.id]: it.rita.name, [care]: "Asclepia Care" });
    expect((await it.sybil.act(profilesOf(it.rita), give({ profile: "STD" }))).status).toBe(204);
  });
});

describe("nobody raises themselves", () => {
  test("Sybil may lower and end her own, and neither raise nor lengthen it", async () => {
    const path = `${profilesOf(it.sybil)}/${care}`;
    expect(await codeOf(await it.sybil.fetch(path, change({ profile: "OPE" })))).toBe("403 OWN_RIGHTS");
    const duty = { method: "POST", json: { duty: "service-delivery" } };
    expect(await codeOf(await it.sybil.fetch(`${people}/${it.sybil.id}/duties`, duty))).toBe("409 STATE_FORBIDS");
    expect((await it.sybil.act(path, change({ profile: "STD", ends: inAnHour(), reason: "moving on" }))).status).toBe(204);
    expect(await codeOf(await it.sybil.fetch(path, change({ profile: "STD" })))).toBe("403 OWN_RIGHTS");
    expect((await it.sybil.act(path, { method: "DELETE" })).status).toBe(204);
    expect(await codeOf(await it.sybil.fetch(profilesOf(it.sybil), give({ profile: "STD" })))).toBe("403 OWN_RIGHTS");
  });
});

describe("the last security representative stays", () => {
  const duties = (who: { id: number }) => `${people}/${who.id}/duties`;
  const add: Ask = { method: "POST", json: { duty: "security-representative" } };

  test("Sybil cannot go while nobody else could decide; Nora without a key is nobody else", async () => {
    const own = `${duties(it.sybil)}/security-representative`;
    expect(await codeOf(await it.sybil.fetch(own, { method: "DELETE" }))).toBe("409 STATE_FORBIDS");
    expect((await it.sybil.act(duties(it.nora), add)).status).toBe(204);
    expect(await codeOf(await it.sybil.fetch(own, { method: "DELETE" }))).toBe("409 STATE_FORBIDS");
  });

  test(`of two who end each other's duty at the same moment one stays, every time: ${ROUNDS} rounds`, { timeout: PATIENCE }, async () => {
    expect((await it.sybil.act(duties(it.stan), add)).status).toBe(204);
    await env.DIRECTORY.prepare("DELETE FROM duty WHERE actor_id = ?").bind(it.nora.id).run();
    for (let round = 0; round < ROUNDS; round++) {
      const ready = async (who: Person, whom: Person) => {
        const ask: Ask = { method: "DELETE" };
        const path = `${duties(whom)}/security-representative`;
        const proof = await who.proofFor(await who.fetch(path, ask));
        return () => who.fetch(path, { ...ask, headers: { "itcare-proof": proof }, env: untold });
      };
      const both = [await ready(it.sybil, it.stan), await ready(it.stan, it.sybil)];
      const answers = await Promise.all(both.map((send) => send()));
      expect(answers.map(({ status }) => status).filter((status) => status === 204).length, String(round)).toBe(1);
      const left = await readAll<{ id: number }>(
        env.DIRECTORY,
        sql`SELECT actor_id AS id FROM duty WHERE actor_id IN (${it.sybil.id}, ${it.stan.id})`,
      );
      expect(left.length).toBe(1);
      const gone = left[0]!.id === it.sybil.id ? it.stan : it.sybil;
      await prepare(env.DIRECTORY, sql`INSERT INTO duty(actor_id, duty) VALUES (${gone.id}, 'security-representative')`).run();
    }
  });
});

describe("the page person × Cloud", () => {
  test("shows Sybil everybody of Asclepia and nobody else's, and Stan nothing", async () => {
    const { people: all, clouds } = await (await it.sybil.fetch(people)).json<{ people: PersonItem[]; clouds: { name: string }[] }>();
    expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(["Nora Weiss", "Odile Renaud"]));
    expect(all.map(({ name }) => name)).not.toContain("Boris Stern");
    expect(clouds.map(({ name }) => name)).toEqual(["Asclepia Care", "Asclepia Research"]);
    const nora = all.find(({ name }) => name === "Nora Weiss")!;
    expect(nora).toMatchObject({ securityKeys: 0, profiles: [{ cloudName: "Asclepia Care", profile: "POW", effect: "no-key" }] });
    expect(await codeOf(await it.mona.fetch(people))).toBe("403 DUTY_REQUIRED");
    expect((await (await it.sybil.fetch(`${people}?search=odi`)).json<{ people: PersonItem[] }>()).people.map(({ name }) => name)).toEqual([
      "Odile Renaud",
    ]);
  });

  test("shows of Odile's keys their names and never the keys", async () => {
    const answer = await it.sybil.fetch(`${people}/${it.odile.id}`);
    const text = await answer.clone().text();
    const odile = await answer.json<WholePerson>();
    expect(odile).toMatchObject({ name: "Odile Renaud", sessions: 1, keys: [{ name: "Odile Renaud's key" }] });
    expect(text).not.toContain(it.odile.key!.id);
    expect(await codeOf(await it.sybil.fetch(`${people}/${it.boris.id}`))).toBe("404 NOT_FOUND");
  });
});
