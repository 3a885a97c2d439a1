/** People, Clouds and organizations that are suspended, taken back, ended: what is over at the next request, and what stays. */
import { env } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { askAgain } from "../../worker/zones/right.ts";
import type { OperationRow } from "../../db/region/read/operations.ts";
import { world, type Ask, type Person, type World } from "../world.ts";

let it: World;
beforeEach(async () => {
  it ??= await world(env);
});

const codeOf = async (response: Response) => `${response.status} ${(await response.clone().json<{ errorCode: string }>()).errorCode}`;
const patch = (operation: string, options?: unknown): Ask => ({ method: "PATCH", json: { operation, ...(options !== undefined && { options }) } });
const of = (person: { id: number }) => `/itcare/organization/people/${person.id}`;
const makeDuty = (who: Person, duty: string) =>
  env.DIRECTORY.prepare("INSERT OR IGNORE INTO duty (actor_id, duty) VALUES (?, ?)").bind(who.id, duty).run();
const stateOf = async (id: number) =>
  (await env.DIRECTORY.prepare("SELECT state FROM actor WHERE id = ?").bind(id).first<{ state: string }>())!.state;

test("Rita is suspended: her session ends, what waits for a zone is not begun, and she is taken back with what she held", async () => {
  const waiting = {
    id: 1,
    actor_kind: "person",
    actor_id: it.rita.id,
    actor_name: it.rita.name,
    label: "stop-instance",
    organization_id: 1,
    cloud_id: it.planted.clouds.find(({ name }) => name === "Asclepia Research")!.id,
  } as OperationRow;
  expect(await askAgain(env, waiting, Date.now())).toEqual({ may: true });
  expect((await it.sybil.act(of(it.rita), patch("suspend", { reason: "on leave" }))).status).toBe(204);
  expect(await codeOf(await it.rita.fetch("/itcare/me"))).toMatch(/^401/);
  expect(await askAgain(env, waiting, Date.now())).toMatchObject({ may: false, reason: "Rita Blanc is no longer active." });
  const again = await it.sybil.fetch(of(it.rita), patch("suspend"));
  expect(await codeOf(again)).toBe("409 STATE_FORBIDS");
  const grants = "SELECT grants FROM actor WHERE id = ?";
  const held = await env.DIRECTORY.prepare(grants).bind(it.rita.id).first();
  await env.DIRECTORY.prepare("UPDATE person SET password = 'kept' WHERE id = ?").bind(it.rita.id).run();
  expect((await it.sybil.act(of(it.rita), patch("resume"))).status).toBe(204);
  expect(await stateOf(it.rita.id)).toBe("active");
  expect(await env.DIRECTORY.prepare(grants).bind(it.rita.id).first()).toEqual(held);
  expect(await askAgain(env, waiting, Date.now())).toEqual({ may: true });
  expect(await codeOf(await it.rita.fetch("/itcare/me"))).toMatch(/^401/);
});

test("Mona's account ends: nothing is left to sign in with, her address is free, her keys count for nothing", async () => {
  expect((await it.sybil.act(of(it.mona), { method: "DELETE", json: { reason: "left the company" } })).status).toBe(204);
  expect(await codeOf(await it.mona.fetch("/itcare/me"))).toMatch(/^401/);
  const row = await env.DIRECTORY.prepare(
    "SELECT a.state, a.name, a.grants, a.duties, a.security_keys AS keys, p.password, p.email FROM actor a JOIN person p ON p.id = a.id WHERE a.id = ?",
  )
    .bind(it.mona.id)
    .first();
  expect(row).toEqual({ state: "ended", name: "Mona Petit", grants: "[]", duties: "[]", keys: 0, password: null, email: `ended:${it.mona.id}` });
  for (const wanted of [patch("resume"), patch("suspend")]) expect(await codeOf(await it.sybil.fetch(of(it.mona), wanted))).toBe("409 STATE_FORBIDS");
});

test("nobody suspends or ends themselves, and of two representatives who suspend each other at the same moment one stays", async () => {
  expect(await codeOf(await it.sybil.fetch(of(it.sybil), patch("suspend")))).toBe("403 ANOTHER_PERSON_REQUIRED");
  await makeDuty(it.stan, "security-representative");
  for (let round = 0; round < 10; round++) {
    const ready = async (who: Person, whom: Person) => {
      const proof = await who.proofFor(await who.fetch(of(whom), patch("suspend")));
      return () => who.fetch(of(whom), { ...patch("suspend"), headers: { "itcare-proof": proof } });
    };
    const both = [await ready(it.sybil, it.stan), await ready(it.stan, it.sybil)];
    const kept = await env.DIRECTORY.prepare("SELECT * FROM session WHERE person_id IN (?, ?)")
      .bind(it.stan.id, it.sybil.id)
      .all<Record<string, unknown>>();
    await Promise.all(both.map((send) => send()));
    const states = [await stateOf(it.sybil.id), await stateOf(it.stan.id)].sort();
    expect(states).toEqual(["active", "suspended"]);
    await env.DIRECTORY.prepare("UPDATE actor SET state = 'active' WHERE id IN (?, ?)").bind(it.stan.id, it.sybil.id).run();
    for (const row of kept.results) {
      const names = Object.keys(row);
      await env.DIRECTORY.prepare(`INSERT OR IGNORE INTO session (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`)
        .bind(...Object.values(row))
        .run();
    }
  }
  await env.DIRECTORY.prepare("DELETE FROM duty WHERE actor_id = ?").bind(it.stan.id).run();
});

test("a Cloud is suspended and taken back; it ends when its last Service has", async () => {
  const research = it.planted.clouds.find(({ name }) => name === "Asclepia Research")!;
  const path = `/itcare/organization/clouds/${research.id}`;
  expect((await it.sybil.act(path, patch("suspend"))).status).toBe(204);
  const seen = async () => (await (await it.paul.fetch("/itcare/me")).json<{ clouds: { name: string }[] }>()).clouds.map(({ name }) => name);
  expect(await seen()).toEqual(["Asclepia Care"]);
  expect((await it.sybil.act(path, patch("resume"))).status).toBe(204);
  expect(await seen()).toEqual(["Asclepia Care", "Asclepia Research"]);
  const full = await it.sybil.fetch(path, { method: "DELETE" });
  expect(await codeOf(full)).toBe("409 STATE_FORBIDS");
  expect(await full.json()).toMatchObject({ change: expect.stringContaining("Services") });
  expect(await codeOf(await it.bea.fetch(path, patch("suspend")))).toBe("404 NOT_FOUND");
  const proof = await it.sybil.proofFor(await it.sybil.fetch(path, patch("suspend")));
  expect(proof).toBeTruthy();
});

test("Borealis is suspended by Service Delivery: nobody of it is anybody, and taken back", async () => {
  const path = "/itcare/organizations/2";
  expect(await codeOf(await it.bea.fetch(path, patch("suspend")))).toBe("404 NOT_FOUND");
  expect(await codeOf(await it.david.fetch("/itcare/organizations/3", patch("suspend")))).toBe("403 ANOTHER_PERSON_REQUIRED");
  expect((await it.david.act(path, patch("suspend"))).status).toBe(204);
  for (const who of [it.boris, it.bea]) expect(await codeOf(await who.fetch("/itcare/me"))).toMatch(/^401/);
  expect(await codeOf(await it.david.fetch(path, { method: "DELETE" }))).toBe("409 STATE_FORBIDS");
  expect((await it.david.act(path, patch("resume"))).status).toBe(204);
  const { state } = (await env.DIRECTORY.prepare("SELECT state FROM organization WHERE id = 2").first<{ state: string }>())!;
  expect(state).toBe("active");
});
