/** People, Clouds and organizations that are suspended, taken back, ended: what is over at the next request, and what stays. */
import { env } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { LogExport } from "../../worker/contract/log-entry.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { notifyLog, organizationLog } from "../../worker/log/notify.ts";
import { eraseLongPast } from "../../worker/retention/erase.ts";
import { askAgain } from "../../worker/zones/right.ts";
import type { OperationRow } from "../../db/region/read/operations.ts";
import { withoutRegion } from "../away.ts";
import { PATIENCE, ROUNDS, untold } from "./meeting.ts";
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

test("nobody suspends or ends themselves", async () => {
  for (const wanted of [patch("suspend"), { method: "DELETE" }])
    expect(await codeOf(await it.sybil.fetch(of(it.sybil), wanted))).toBe("403 ANOTHER_PERSON_REQUIRED");
});

test(`of two representatives who suspend each other at the same moment one stays: ${ROUNDS} rounds`, { timeout: PATIENCE }, async () => {
  await makeDuty(it.stan, "security-representative");
  for (let round = 0; round < ROUNDS; round++) {
    const ready = async (who: Person, whom: Person) => {
      const proof = await who.proofFor(await who.fetch(of(whom), patch("suspend")));
      return () => who.fetch(of(whom), { ...patch("suspend"), headers: { "itcare-proof": proof }, env: untold });
    };
    const both = [await ready(it.sybil, it.stan), await ready(it.stan, it.sybil)];
    const kept = await env.DIRECTORY.prepare("SELECT * FROM session WHERE person_id IN (?, ?)")
      .bind(it.stan.id, it.sybil.id)
      .all<Record<string, unknown>>();
    await Promise.all(both.map((send) => send()));
    const states = [await stateOf(it.sybil.id), await stateOf(it.stan.id)].sort();
    expect(states).toEqual(["active", "suspended"]);
    await env.DIRECTORY.prepare("UPDATE actor SET state = 'active' WHERE id IN (?, ?)").bind(it.stan.id, it.sybil.id).run();
    const names = Object.keys(kept.results[0]!);
    await env.DIRECTORY.prepare(
      `INSERT OR IGNORE INTO session (${names.join(", ")}) SELECT ${names.map((name) => `value ->> '${name}'`).join(", ")} FROM json_each(?)`,
    )
      .bind(JSON.stringify(kept.results))
      .run();
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

const rowOf = <Row>(database: D1Database, query: string, ...values: unknown[]) =>
  database
    .prepare(query)
    .bind(...values)
    .first<Row>();
const DAY = 24 * 60 * 60_000;

/** As if so many days had passed since then. */
const age = (table: "actor" | "account_request", column: string, id: number, days: number) =>
  env.DIRECTORY.prepare(`UPDATE ${table} SET ${column} = ${column} - ? WHERE id = ?`)
    .bind(days * DAY, id)
    .run();

const chainOf = async (who: Person) => (await who.fetch("/itcare/log/export")).json<LogExport>();

test("Mona's name is erased a year after her end: directory, regions and log forget it, and the chain is what it was", async () => {
  await env.REGION_EB.batch([
    env.REGION_EB.prepare("UPDATE resource SET created_by = ? WHERE id = ?").bind(it.mona.name, it.instances.EB.ACTIVE.TEST.id),
    env.REGION_EB.prepare(
      "UPDATE operation SET actor_id = ?, actor_name = ? WHERE id = (SELECT min(id) FROM operation WHERE organization_id = 1)",
    ).bind(it.mona.id, it.mona.name),
  ]);
  await notifyLog(env, 1);
  const before = await chainOf(it.sybil);
  expect(before.names[it.mona.id]).toBe("Mona Petit");
  await age("actor", "ended", it.mona.id, 364);
  await eraseLongPast(env, Date.now());
  expect((await rowOf<{ name: string }>(env.DIRECTORY, "SELECT name FROM actor WHERE id = ?", it.mona.id))!.name).toBe("Mona Petit");

  await age("actor", "ended", it.mona.id, 2);
  // A region that is away: nothing is half forgotten for good.
  const failing = vi.spyOn(console, "error").mockImplementation(() => {});
  await eraseLongPast(withoutRegion(env, "ET"), Date.now());
  failing.mockRestore();
  expect(await rowOf(env.DIRECTORY, "SELECT erased FROM actor WHERE id = ?", it.mona.id)).toEqual({ erased: null });
  await eraseLongPast(env, Date.now());
  for (const table of ["actor", "person", "security_key", "membership", "operation"]) {
    const { results } = await env.DIRECTORY.prepare(`SELECT * FROM ${table}`).all();
    expect(JSON.stringify(results), table).not.toMatch(/Mona/);
  }
  for (const table of ["resource", "operation", "snapshot", "alias"]) {
    const { results } = await env.REGION_EB.prepare(`SELECT * FROM ${table}`).all();
    expect(JSON.stringify(results), table).not.toMatch(/Mona/);
  }
  const after = await chainOf(it.sybil);
  expect(after.names[it.mona.id]).toBeUndefined();
  expect(after.names[it.sybil.id]).toBe("Sybil Martin");
  expect(after.entries.slice(0, before.entries.length)).toEqual(before.entries);
  expect(await verifyExport(after)).toMatchObject({ valid: true, reason: null });
});

test("whom a refused or withdrawn request was about is forgotten after ninety days; that it was asked stays", async () => {
  const ask = async (name: string) => {
    const cloudId = it.planted.clouds.find((cloud) => cloud.name === "Asclepia Care")!.id;
    const wanted = {
      kind: "person",
      name,
      email: `${name.replace(" ", ".")}@asclepia.example`,
      profiles: [{ cloudId, profile: "STD" }],
      reason: `${name} is new`,
    };
    return (await (await it.sybil.act("/itcare/organization/requests", { method: "POST", json: wanted })).json<{ id: number }>()).id;
  };
  const [refused, withdrawn, open] = [await ask("Ines Okoye"), await ask("Ines Larue"), await ask("Ines Morel")];
  expect((await it.david.act(`/itcare/requests/${refused}`, patch("refuse", { reason: "Ines Okoye is there" }))).status).toBe(200);
  await it.sybil.stepUp();
  expect((await it.sybil.fetch(`/itcare/requests/${withdrawn}`, patch("withdraw"))).status).toBe(200);
  for (const id of [refused, withdrawn]) await age("account_request", "decided", id, 91);
  for (const log of [1, 3]) await notifyLog(env, log);
  await eraseLongPast(env, Date.now());
  const { results } = await env.DIRECTORY.prepare("SELECT * FROM account_request WHERE id IN (?, ?)").bind(refused, withdrawn).all();
  expect(JSON.stringify(results)).not.toMatch(/ines/i);
  const seen = await (await it.sybil.fetch(`/itcare/requests/${refused}`)).json();
  expect(seen).toMatchObject({ state: "refused", name: "—", person: { name: "—", email: "" }, askedBy: { name: "Sybil Martin" } });
  expect(await (await it.sybil.fetch(`/itcare/requests/${open}`)).json()).toMatchObject({ name: "Ines Morel", reason: "Ines Morel is new" });
  for (const who of [it.sybil, it.greta]) {
    const names = Object.values((await (who === it.sybil ? chainOf(who) : organizationNames(3))).names);
    expect(names.filter((name) => /Okoye|Larue/.test(name))).toEqual([]);
  }
});

/** Nobody of the provider's represents it here: its log is asked directly. */
async function organizationNames(id: number): Promise<Pick<LogExport, "names">> {
  return new Response(await organizationLog(env, id).readExport("", "json", {})).json();
}

describe("the export of everything", () => {
  const opened = async (who: Person) => {
    const answer = await who.act("/itcare/organization/exports", { method: "POST" });
    expect(answer.status, await answer.clone().text()).toBe(201);
    return answer.json<{ id: number; path: string }>();
  };
  const textOf = async (response: Response) => new TextDecoder().decode(await response.arrayBuffer());
  const linesOf = async (response: Response) => {
    expect(response.status).toBe(200);
    return (await textOf(response))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown> & { kind: string });
  };

  test("Sybil signs for it and has every row of her organization's, none of another's, and no secret", async () => {
    const { path } = await opened(it.sybil);
    const answer = await it.sybil.fetch(path);
    expect(answer.headers.get("content-type")).toMatch(/^application\/x-ndjson/);
    const text = await textOf(answer.clone());
    const [head, ...lines] = await linesOf(answer);
    expect(head).toMatchObject({ format: "itcare-organization/1", organization: { id: 1, name: "Asclepia" } });
    expect(lines.at(-1)).toMatchObject({ kind: "end", whole: true, missing: [], lines: lines.length + 1 });
    const count = (kind: string, region?: string) => lines.filter((line) => line.kind === kind && line["region"] === region).length;
    const told = async (database: D1Database, table: string, condition = "organization_id = 1") =>
      (await rowOf<{ n: number }>(database, `SELECT count(*) AS n FROM ${table} WHERE ${condition}`))!.n;
    expect(count("cloud")).toBe(await told(env.DIRECTORY, "cloud"));
    expect(count("person")).toBe(await told(env.DIRECTORY, "actor", "organization_id = 1 AND kind = 'person'"));
    expect(count("api-account")).toBe(await told(env.DIRECTORY, "actor", "organization_id = 1 AND kind = 'api-account'"));
    expect(count("request")).toBe(await told(env.DIRECTORY, "account_request"));
    for (const [region, database] of [
      ["EB", env.REGION_EB],
      ["ET", env.REGION_ET],
    ] as const) {
      const own = `SELECT id FROM resource WHERE cloud_id IN (SELECT id FROM cloud WHERE organization_id = 1)`;
      expect(count("resource", region)).toBe(await told(database, "resource", `id IN (${own})`));
      expect(count("snapshot", region)).toBe(await told(database, "snapshot", `resource_id IN (${own})`));
      expect(count("alias", region)).toBe(await told(database, "alias", `resource_id IN (${own})`));
      expect(count("network", region)).toBe(await told(database, "network"));
      expect(count("action", region)).toBe(await told(database, "operation"));
    }
    expect(lines.find(({ id }) => id === it.instances.ET.ACTIVE.PRODUCTION.id)).toMatchObject({ status: "ACTIVE", environment: "PRODUCTION" });
    expect(text).not.toMatch(/Borealis|Meridian/);
    const secrets = await env.DIRECTORY.prepare(
      `SELECT password AS secret FROM person UNION SELECT secret_hash FROM api_credential UNION SELECT token_hash FROM session
       UNION SELECT token_hash FROM activation UNION SELECT token_hash FROM refresh_token`,
    ).all<{ secret: string | null }>();
    for (const { secret } of secrets.results) if (secret) expect(text.includes(secret), secret).toBe(false);
    await notifyLog(env, 1);
    const accepted = (await chainOf(it.sybil)).entries.filter(({ event }) => "label" in event && event.label === "export-organization");
    expect(accepted.at(-1)!.event).toMatchObject({ kind: "act-accepted", proof: "signature", target: { kind: "organization", id: 1 } });
  });

  test("nobody else downloads it, and nobody after its time; without a signature there is none", async () => {
    const { id, path } = await opened(it.sybil);
    expect(await codeOf(await it.sybil.fetch("/itcare/organization/exports", { method: "POST" }))).toBe("401 SIGNATURE_REQUIRED");
    for (const who of [it.paul, it.greta]) {
      await makeDuty(who, "security-representative");
      expect(await codeOf(await who.fetch(path))).toBe("404 NOT_FOUND");
    }
    await env.DIRECTORY.prepare("DELETE FROM duty WHERE actor_id = ?").bind(it.paul.id).run();
    expect(await codeOf(await it.paul.fetch(path))).toBe("403 DUTY_REQUIRED");
    await env.DIRECTORY.prepare("UPDATE organization_export SET expires = ? WHERE id = ?").bind(Date.now(), id).run();
    expect(await codeOf(await it.sybil.fetch(path))).toBe("404 NOT_FOUND");
  });

  test("a region that is away is named, and the file says that it is not whole", async () => {
    const { path } = await opened(it.sybil);
    const failing = vi.spyOn(console, "error").mockImplementation(() => {});
    const lines = await linesOf(await it.sybil.fetch(path, { env: withoutRegion(env, "EB") }));
    failing.mockRestore();
    expect(lines.find(({ kind }) => kind === "missing")).toMatchObject({ part: "EB" });
    expect(lines.at(-1)).toMatchObject({ kind: "end", whole: false, missing: ["EB"] });
    expect(lines.some(({ region }) => region === "ET")).toBe(true);
  });
});
