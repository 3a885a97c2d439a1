/** What the security representative does for the people of her organization: signed, told to its log, and nobody else's. */
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { tellEndings } from "../../db/directory/write/endings.ts";
import { prepare, readAll } from "../../db/statement.ts";
import type { LogExport } from "../../worker/contract/log-entry.ts";
import type { Holder } from "../../worker/contract/shapes/access.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { notifyAllLogs } from "../../worker/log/notify.ts";
import { measure } from "../measure.ts";
import { world, type Person, type World } from "../world.ts";

let it: World;
beforeEach(async () => {
  it ??= await world(env);
});

const sessionsOf = (who: Person) => `/itcare/organization/people/${who.id}/sessions`;
const end = { method: "DELETE" } as const;
const codeOf = async (response: Response) => `${response.status} ${(await response.clone().json<{ errorCode: string }>()).errorCode}`;

test("Sybil ends Rita's sessions: Rita's next request is nobody's, and the log tells it with Sybil's signature", async () => {
  expect((await it.rita.fetch("/itcare/me")).status).toBe(200);
  const ended = await it.sybil.act(sessionsOf(it.rita), end);
  expect(ended.status, await ended.clone().text()).toBe(204);
  expect(await codeOf(await it.rita.fetch("/itcare/me"))).toBe("401 SESSION_ENDED");
  const log = await (await it.sybil.fetch("/itcare/log/export")).json<LogExport>();
  expect(await verifyExport(log)).toMatchObject({ valid: true });
  expect(log.entries.map(({ event }) => event)).toContainEqual(
    expect.objectContaining({ kind: "act-accepted", label: "end-member-sessions", target: { kind: "member", id: it.rita.id }, proof: "signature" }),
  );
});

test("what was signed is void once somebody else has changed Mona", async () => {
  const first = await it.sybil.fetch(sessionsOf(it.mona), end);
  const second = await it.sybil.fetch(sessionsOf(it.mona), end);
  expect((await it.sybil.sign(first)).status).toBe(204);
  expect(await codeOf(await it.sybil.sign(second))).toBe("412 REVISION_STALE");
});

test("Bea cannot reach into Asclepia, and Paul is no representative", async () => {
  expect(await codeOf(await it.bea.fetch(sessionsOf(it.stan), end))).toBe("404 NOT_FOUND");
  expect(await codeOf(await it.paul.fetch(sessionsOf(it.stan), end))).toBe("403 DUTY_REQUIRED");
  expect((await it.stan.fetch("/itcare/me")).status).toBe(200);
});

const DAY = 86_400_000;
const care = () => it.planted.clouds.find(({ name }) => name === "Asclepia Care")!.id;
const directory = (query: ReturnType<typeof sql>) => prepare(env.DIRECTORY, query).run();

describe("the access review", () => {
  const base = "/itcare/organization/access";
  const review = async (query = "") => (await it.sybil.fetch(`${base}?${query}`)).json<{ content: Holder[]; next: string | null }>();
  const find = (content: readonly Holder[], who: { id: number }) => content.find(({ id }) => id === who.id);

  test("says of everybody what they hold, since when, by whom, and which privileged acts took it when", async () => {
    await directory(sql`UPDATE membership SET begins = ${Date.now() - 200 * DAY}`);
    const given = await it.sybil.act(`/itcare/organization/people/${it.rita.id}/profiles`, {
      method: "POST",
      json: { cloudId: care(), profile: "OPE", reason: "holidays", ends: new Date(Date.now() + 3 * DAY).toISOString() },
    });
    expect(given.status, await given.clone().text()).toBe(204);
    await it.odile.stepUp();
    const stopped = await it.odile.fetch(`/itcare/compute/instances/${(await it.addInstance()).id}`, {
      method: "PATCH",
      json: { operation: "stop" },
    });
    expect(stopped.status).toBe(202);
    expect((await it.runner.fetch(`/itcare/compute/instances/${it.instances.EB.ACTIVE.TEST.id}`)).status).toBe(200);
    await notifyAllLogs(env);

    const { content, next } = await review();
    expect(next).toBeNull();
    expect(content.map(({ name }) => name)).toEqual(
      [...content].sort((one, other) => one.kind.localeCompare(other.kind) * -1 || (one.name < other.name ? -1 : 1)).map(({ name }) => name),
    );
    expect(content.filter(({ kind }) => kind === "api-account").map(({ address }) => address)).toEqual([
      "cgdm-sa-asclepia-reader",
      "cgdm-sa-asclepia-runner",
    ]);
    const held = (who: { id: number }, cloudId: number | null) => find(content, who)!.holdings.find((one) => one.cloudId === cloudId);
    expect(held(it.rita, care())).toMatchObject({
      profile: "OPE",
      givenBy: { id: it.sybil.id, name: "Sybil Martin" },
      reason: "holidays",
      lastUsedAt: null,
      notes: ["ends-soon"],
    });
    expect(held(it.odile, care())).toMatchObject({ profile: "OPE", used: [{ label: "stop-instance" }], notes: [] });
    expect(Date.now() - Date.parse(held(it.odile, care())!.lastUsedAt!)).toBeLessThan(60_000);
    expect(held(it.paul, care())).toMatchObject({ profile: "POW", used: [], lastUsedAt: null, notes: ["unused"], givenBy: null });
    expect(held(it.nora, care())).toMatchObject({ effect: "no-key", notes: ["unused", "no-key"] });
    // Her duty's acts concern Clouds, and are the duty's all the same.
    expect(held(it.sybil, null)).toMatchObject({
      duty: "security-representative",
      used: [{ label: "give-profile" }, { label: "end-member-sessions" }],
    });
    expect(held(it.sybil, care())).toMatchObject({ profile: "STD", used: [] });
    expect(find(content, it.sybil)).toMatchObject({ keys: 1, state: "active", address: it.sybil.email });
    expect(held(it.runner, care())!.notes).toEqual(["unused", "no-key"]);
    expect(find(content, it.boris)).toBeUndefined();
  });

  test("is narrowed to what nobody uses, ends soon or lacks a key, and whole page by page", async () => {
    const names = async (query: string) => (await review(query)).content.map(({ name }) => name);
    expect(await names("note=ends-soon")).toEqual(["Rita Blanc"]);
    expect(await names(`note=no-key&kind=person&cloudId=${care()}`)).toEqual(["Nora Weiss"]);
    expect(await names(`note=unused&kind=person&cloudId=${care()}`)).not.toContain("Odile Renaud");
    expect(await names("note=unused&unusedDays=300")).toEqual([]);
    const all = await names("");
    const seen: string[] = [];
    for (let after: string | null = ""; after !== null;) {
      const page: { content: Holder[]; next: string | null } = await review(`size=3${after && `&after=${after}`}`);
      expect(page.content.length).toBeLessThanOrEqual(3);
      seen.push(...page.content.map(({ name }) => name));
      after = page.next;
    }
    expect(seen).toEqual(all);
  });

  test("is a file, too, in which no cell is a formula, and nobody but a representative gets either", async () => {
    await directory(sql`UPDATE membership SET reason = '=HYPERLINK("https://evil.example")' WHERE actor_id = ${it.rita.id}`);
    const csv = await it.sybil.fetch(`${base}/export?format=csv`);
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(csv.headers.get("content-disposition")).toMatch(/^attachment; filename="itcare-access-1-\d{4}-\d\d-\d\d\.csv"$/);
    const lines = (await csv.text()).split("\r\n");
    expect(lines[0]).toMatch(/kind,id,name,/);
    expect(lines.filter((line) => line.includes("Rita Blanc"))).toHaveLength(2);
    expect(lines.join("\n")).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
    expect(lines.join("\n")).not.toMatch(/(^|,)"?[=+@]/m);
    const json = await (await it.sybil.fetch(`${base}/export?format=json&kind=person`)).json<{ format: string; holders: Holder[] }>();
    expect(json.format).toBe("itcare-access/1");
    expect(json.holders).toEqual((await review("kind=person")).content);
    const narrow = await (await it.sybil.fetch(`${base}/export?format=json&note=ends-soon`)).json<{ holders: Holder[] }>();
    expect(narrow.holders.map(({ name }) => name)).toEqual(["Rita Blanc"]);
    for (const path of [base, `${base}/export`]) {
      expect(await codeOf(await it.paul.fetch(path)), path).toBe("403 DUTY_REQUIRED");
      expect(await (await it.bea.fetch(path)).text(), path).not.toContain("Rita");
    }
  });

  test("costs a page the same in an organization of two thousand people, wherever it begins", async () => {
    await directory(
      sql`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
        INSERT INTO actor(id, organization_id, kind, name, state, created) SELECT 2 * 4294967296 + 3000000 + i, 2, 'person', printf('Person %04d', i), 'active', 0 FROM n`,
    );
    await directory(
      sql`INSERT INTO person(id, email) SELECT id, id || '@many.example' FROM actor WHERE organization_id = 2 AND name LIKE 'Person %'`,
    );
    const borealis = it.planted.clouds.find(({ name }) => name === "Borealis")!.id;
    await directory(
      sql`INSERT INTO membership(actor_id, cloud_id, profile, state, begins, granted_by)
        SELECT id, ${borealis}, 'OPE', 'confirmed', 0, ${it.bea.id} FROM actor WHERE organization_id = 2 AND name LIKE 'Person %'`,
    );
    const measured = measure(env.DIRECTORY);
    const costOf = async (after: string) => {
      await it.bea.fetch("/itcare/me");
      measured.reset();
      const answer = await it.bea.fetch(`${base}?size=50&kind=person${after}`, { env: { ...env, DIRECTORY: measured.database } });
      expect((await answer.json<{ content: Holder[] }>()).content).toHaveLength(50);
      return measured.cost.rowsRead;
    };
    for (const after of ["", `&after=person:${2 * 4_294_967_296 + 3_001_500}`]) expect(await costOf(after)).toBeLessThanOrEqual(360);
    expect(measured.cost.roundTrips).toBeLessThanOrEqual(3);
  });
});

test("a profile for a time that is about to end is told of once for each end: to the person, and to the others who may give it", async () => {
  await directory(sql`UPDATE membership SET ends = NULL`);
  const [begins, ends] = [Date.now(), Date.now() + 40 * DAY];
  await directory(
    sql`UPDATE membership SET begins = ${begins}, ends = ${ends}, reason = 'a project' WHERE actor_id = ${it.mona.id} AND cloud_id = ${care()}`,
  );
  const told = async (at: number) => {
    await Promise.all([tellEndings(env.DIRECTORY, at), tellEndings(env.DIRECTORY, at)]);
    const rows = await readAll<{ name: string; person: string | null }>(
      env.DIRECTORY,
      sql`SELECT name, facts ->> 'person' AS person FROM mail WHERE template = 'profile-ends-soon' ORDER BY number`,
    );
    return rows.map(({ name, person }) => [name, person]);
  };
  const both = [
    ["Mona Petit", null],
    ["Sybil Martin", "Mona Petit"],
  ];
  // A quarter of forty days is less than two weeks.
  expect(await told(ends - 11 * DAY)).toEqual([]);
  expect(await told(ends - 9 * DAY)).toEqual(both);
  expect(await told(ends - DAY)).toEqual(both);
  await directory(sql`UPDATE membership SET ends = ${ends + 30 * DAY} WHERE actor_id = ${it.mona.id} AND cloud_id = ${care()}`);
  expect(await told(ends + 17 * DAY)).toEqual([...both, ...both]);
  expect(await told(ends + 31 * DAY)).toHaveLength(4);
});
