import { env } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import { seed, issueLinks } from "../../db/seed.ts";
import { company } from "../../db/seed/company.ts";
import type { Demo } from "../../db/seed/demo.ts";
import { chance } from "../../db/seed/random.ts";
import { makeNetworks, makeResources, makeServices, Sequence, type SeededResource } from "../../db/seed/resources.ts";
import { isDemo } from "../../db/directory/read/marks.ts";
import { readAll, readFirst } from "../../db/statement.ts";
import { hashText } from "../../worker/contract/operation.ts";
import { environmentList, environments, familyList, families, statusList } from "../../worker/contract/resource-types.ts";
import { regionList, regions, zonesFor, type Region } from "../../worker/contract/topology.ts";
import { verifyPassword } from "../../worker/identity/password/hash.ts";
import { requireAcceptable } from "../../worker/identity/password/policy.ts";

const now = Date.UTC(2026, 10, 21, 12);
const ground = { directory: env.DIRECTORY, regions: { EB: env.REGION_EB, ET: env.REGION_ET }, pepper: env.PASSWORD_PEPPER, now };
let demo: Demo;

beforeAll(async () => {
  demo = await seed(ground);
});

const rows = <Row>(database: D1Database, sql: string) => readAll<Row>(database, { sql, params: [] });
const number = async (database: D1Database, sql: string) => (await readFirst<{ n: number }>(database, { sql, params: [] }))!.n;

/** One organization's resources, made again without a database. */
function make(organization: (typeof company)[number]): SeededResource[] {
  const sequences: Record<Region, Sequence> = {
    EB: new Sequence(regions.EB.code, organization.id),
    ET: new Sequence(regions.ET.code, organization.id),
  };
  const services = makeServices(
    organization,
    Object.fromEntries(organization.clouds.map(({ name }, index) => [name, index + 1])),
    new Sequence(0, organization.id),
  );
  return makeResources({ organization, services, networks: makeNetworks(organization, sequences), sequences, chance: chance(7), now, size: "whole" });
}

test("every organization has every family in every zone that it may use, and a customer none in a reserved one", () => {
  for (const organization of company) {
    const resources = make(organization);
    const allowed = zonesFor(organization.kind);
    expect(new Set(resources.flatMap(({ zone }) => zone ?? []))).toEqual(new Set(allowed));
    for (const family of familyList) {
      const zones = new Set(resources.filter((resource) => resource.family === family).map(({ zone }) => zone));
      expect(zones, `${organization.name}: ${family}`).toEqual(new Set(family === "OBJECT_STORE" ? [null] : allowed));
    }
  }
});

test("the same chance makes the same company", () => {
  expect(make(company[0]!)).toEqual(make(company[0]!));
});

test("what was made is in the regions, with all statuses and environments, counted and tagged", async () => {
  for (const region of regionList) {
    const database = ground.regions[region];
    const total = await number(database, "SELECT count(*) AS n FROM resource");
    expect(total).toBeGreaterThan(200);
    expect(await number(database, "SELECT sum(json_each.value) AS n FROM cloud, json_each(cloud.counts) WHERE key LIKE 's%'")).toBe(total);
    expect(await number(database, "SELECT count(DISTINCT status) AS n FROM resource")).toBe(statusList.length);
    expect(await number(database, "SELECT count(DISTINCT environment) AS n FROM resource")).toBe(environmentList.length);
    expect(await number(database, "SELECT count(DISTINCT type) AS n FROM resource")).toBe(Object.keys(families).length);
    expect(await number(database, "SELECT sum(json_each.value) AS n FROM tag, json_each(tag.counts)")).toBe(
      await number(database, "SELECT sum(json_array_length(tags)) AS n FROM resource"),
    );
    expect(await number(database, "SELECT count(*) AS n FROM service")).toBe(
      company.flatMap(({ clouds }) => clouds.flatMap(({ services }) => services)).length,
    );
  }
});

test("an instance's address belongs to its network, and to it alone", async () => {
  const instances = await rows<{ ip: string; cidr: string }>(
    env.REGION_EB,
    "SELECT attributes ->> 'ipAddress' AS ip, attributes ->> '$.network.cidr' AS cidr FROM resource WHERE type < 10",
  );
  expect(new Set(instances.map(({ ip }) => ip)).size).toBe(instances.length);
  for (const { ip, cidr } of instances) expect(ip.startsWith(cidr.replace(/0\/24$/, ""))).toBe(true);
});

test("what has run is over, and its events wait for the log", async () => {
  for (const region of regionList) {
    const database = ground.regions[region];
    const operations = await number(database, "SELECT count(*) AS n FROM operation");
    expect(operations).toBeGreaterThan(10);
    expect(await number(database, "SELECT count(*) AS n FROM operation WHERE status < 2 OR completed IS NULL OR completed > " + now)).toBe(0);
    expect(await number(database, "SELECT count(*) AS n FROM outbox")).toBe(2 * operations);
  }
});

test("new ids begin behind those that are used", async () => {
  for (const database of [env.REGION_EB, env.REGION_ET]) {
    const used = await number(
      database,
      "SELECT count(*) AS n FROM (SELECT id FROM resource UNION ALL SELECT id FROM operation UNION ALL SELECT id FROM network) i JOIN sequence s ON s.organization_id = (i.id / 4294967296) % 131072 WHERE i.id % 4294967296 >= s.next",
    );
    expect(used).toBe(0);
  }
  expect(
    await number(
      env.DIRECTORY,
      "SELECT count(*) AS n FROM (SELECT id, organization_id FROM actor UNION ALL SELECT id, organization_id FROM account_request) i JOIN sequence s ON s.organization_id = i.organization_id WHERE i.id % 4294967296 >= s.next",
    ),
  ).toBe(0);
});

test("Stan's password is the one that is printed and would be accepted; Odile has none, and Nora no key", async () => {
  const people = await rows<{ name: string; email: string; password: string | null; state: string; security_keys: number }>(
    env.DIRECTORY,
    "SELECT actor.name, email, password, state, security_keys FROM actor JOIN person ON person.id = actor.id",
  );
  const person = (name: string) => people.find((candidate) => candidate.name === name)!;
  expect(verifyPassword(demo.password, person("Stan Lindqvist").password, env)).toBe(true);
  for (const { key, name, email, organization } of demo.people)
    expect(() => requireAcceptable(demo.password, { name, email, organizationName: organization }), key).not.toThrow();
  expect(person("Odile Renaud")).toMatchObject({ password: null, state: "invited", email: "odile.renaud@asclepia.example" });
  expect(person("Nora Weiss")).toMatchObject({ state: "active", security_keys: 0 });
});

test("Sybil finds a request that is open, one that was refused and why, and the one that her second Cloud came of; nobody who asked or decided is still there", async () => {
  const requests = await rows<{ state: string; decision: string | null; made: string | null; asker: string; decider: string | null }>(
    env.DIRECTORY,
    `SELECT r.state, r.decision, c.name AS made, asker.state AS asker, decider.state AS decider FROM account_request r JOIN actor asker ON asker.id = r.asked_by
      LEFT JOIN actor decider ON decider.id = r.decided_by LEFT JOIN cloud c ON c.id = r.made AND c.created = r.decided WHERE r.organization_id = 1 ORDER BY r.asked`,
  );
  expect(requests).toEqual([
    { state: "accepted", decision: null, made: "Asclepia Research", asker: "ended", decider: "ended" },
    { state: "refused", decision: expect.stringContaining("Ask again if"), made: null, asker: "ended", decider: "ended" },
    { state: "asked", decision: null, made: null, asker: "ended", decider: null },
  ]);
});

test("Odile, Paul, Sybil, Greta and David have a link each; a new one takes the place of the old", async () => {
  const first = await issueLinks(env.DIRECTORY, now);
  expect(Object.keys(first).map((email) => email.split(".")[0])).toEqual(["odile", "paul", "sybil", "greta", "david"]);
  const second = await issueLinks(env.DIRECTORY, now);
  const waiting = await rows<{ token_hash: string }>(env.DIRECTORY, "SELECT token_hash FROM activation");
  expect(new Set(waiting.map(({ token_hash: hash }) => hash))).toEqual(
    new Set(await Promise.all(Object.values(second).map((path) => hashText(path.split("#")[1]!)))),
  );
  expect(Object.values(second)).not.toEqual(Object.values(first));
});

test("each organization has an account with a secret, kept as a hash, and one with a key, of which the public half is kept", async () => {
  const accounts = await rows<{ client_id: string; secret_hash: string | null; jwk: string | null }>(
    env.DIRECTORY,
    `SELECT client_id, secret_hash, jwk FROM api_account JOIN api_credential credential ON credential.account_id = api_account.id`,
  );
  expect(accounts).toHaveLength(2 * company.length);
  for (const { clientId, secret, privateKey } of demo.apiAccounts) {
    const kept = accounts.find((account) => account.client_id === clientId)!;
    if (secret) expect(kept).toMatchObject({ secret_hash: await hashText(secret), jwk: null });
    else
      expect(JSON.parse(kept.jwk!)).toEqual({
        kty: "EC",
        crv: "P-256",
        x: privateKey!.x,
        y: privateKey!.y,
        kid: privateKey!.kid,
        alg: "ES256",
        use: "sig",
      });
  }
});

test("the directory says that it is the demo's, so that no production serves from it", async () => {
  expect(await isDemo(env.DIRECTORY)).toBe(true);
});

test("a company that is there is not planted over", async () => {
  await expect(seed(ground)).rejects.toThrow(/there already/);
});

test("some production servers have snapshots that go by themselves later, and never more than they may have", async () => {
  for (const region of regionList) {
    const found = await rows<{ resource_id: number; label: string; created: number; expires: number; size_gb: number; environment: number }>(
      ground.regions[region],
      "SELECT s.resource_id, s.label, s.created, s.expires, s.size_gb, r.environment FROM snapshot s JOIN resource r ON r.id = s.resource_id",
    );
    expect(found.length).toBeGreaterThan(3);
    for (const one of found) {
      expect(one.environment).toBe(environments.PRODUCTION);
      expect(one.created).toBeLessThan(now);
      expect(one.expires).toBeGreaterThan(now);
      expect(one.size_gb).toBeGreaterThan(0);
    }
  }
});
