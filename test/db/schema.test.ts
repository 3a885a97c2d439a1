import { applyD1Migrations, env } from "cloudflare:test";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { is } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import * as directorySchema from "../../db/directory/schema/index.ts";
import * as regionSchema from "../../db/region/schema/index.ts";
import { makeId, parseId } from "../../worker/contract/ids.ts";
import { families, familyList } from "../../worker/contract/resource-types.ts";
import { readResourceTarget } from "../../worker/routing/targets.ts";
import { resourceOf, plant, plantClouds, type Known } from "./many.ts";
import { ask, exampleActor } from "./reader.ts";

const databases = {
  directory: { database: env.DIRECTORY, schema: directorySchema, migrations: env.DIRECTORY_MIGRATIONS },
  region: { database: env.REGION_EB, schema: regionSchema, migrations: env.REGION_MIGRATIONS },
};

interface Column {
  name: string;
  type: string;
  notNull: boolean;
  primary: boolean;
  hasDefault: boolean;
}

describe.each(Object.keys(databases) as (keyof typeof databases)[])("the %s", (name) => {
  const { database, schema, migrations } = databases[name];
  const tables = Object.values(schema as Record<string, unknown>).filter((one): one is SQLiteTable => is(one, SQLiteTable));

  test("has the tables that drizzle knows, column by column", async () => {
    const { results } = await database
      .prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' AND name NOT LIKE 'd1_%' AND name NOT LIKE 'resource_name%' ORDER BY name",
      )
      .all<{ name: string }>();
    expect(tables.map((table) => getTableConfig(table).name).sort()).toEqual(results.map((row) => row.name));
    for (const table of tables) {
      const config = getTableConfig(table);
      const keys = config.primaryKeys.flatMap(({ columns }) => columns.map((column) => column.name));
      const known: Column[] = config.columns.map((column) => ({
        name: column.name,
        type: column.getSQLType().toUpperCase(),
        notNull: column.notNull,
        primary: column.primary || keys.includes(column.name),
        hasDefault: column.default !== undefined,
      }));
      expect(await columnsOf(database, config.name), config.name).toEqual(known);
    }
  });

  test("has migrations that lose nothing", () => {
    const text = migrations
      .flatMap(({ queries }) => queries)
      .join(";\n")
      .toUpperCase();
    expect(text).not.toMatch(/ON\s+DELETE\s+CASCADE/);
    // The search index is made of the resources, and can be made of them again.
    expect(text).not.toMatch(/DROP\s+TABLE(?!\s+RESOURCE_NAME\b)/);
    expect(text).not.toMatch(/RENAME\s+TO/);
    expect([...text.matchAll(/CREATE TABLE /g)].length).toBe([...text.matchAll(/\)\s*STRICT/g)].length);
  });
});

test("each migration runs over what the ones before it hold, and applying them again changes nothing", async () => {
  await plantClouds(env.REGION_ET, 2, 2, 5);
  const before = await env.REGION_ET.prepare("SELECT id, name, services FROM cloud ORDER BY id").all();
  expect(before.results).toHaveLength(2);
  await applyD1Migrations(env.REGION_ET, env.REGION_MIGRATIONS);
  expect((await env.REGION_ET.prepare("SELECT id, name, services FROM cloud ORDER BY id").all()).results).toEqual(before.results);
});

test("the codes of a category's families share their tens, and no two categories do", () => {
  const tens = new Map<number, string>();
  for (const family of familyList) {
    const { code, category } = families[family];
    expect(tens.get(Math.floor(code / 10)) ?? category, family).toBe(category);
    tens.set(Math.floor(code / 10), category);
  }
  expect(new Set(tens.values()).size).toBe(tens.size);
});

const largest = { organization: 2 ** 17 - 1, sequence: 2 ** 32 - 1 };

test("the largest ids go through every list and come back from every text as they were", async () => {
  const organization = largest.organization;
  const cloudId = makeId({ region: 0, ...largest });
  const serviceId = makeId({ region: 0, ...largest, sequence: largest.sequence - 1 });
  const id = makeId({ region: 1, ...largest });
  expect(parseId(String(id))).toBe(id);
  await env.REGION_EB.prepare("INSERT INTO cloud(id, organization_id, name) SELECT value ->> 0, value ->> 1, 'Last' FROM json_each(?)")
    .bind(JSON.stringify([[cloudId, organization]]))
    .run();
  await env.REGION_EB.prepare("INSERT INTO service(id, cloud_id, name, environment) SELECT value ->> 0, value ->> 1, 'LAST', 1 FROM json_each(?)")
    .bind(JSON.stringify([[serviceId, cloudId]]))
    .run();
  const last: Known = {
    id,
    region: "EB",
    cloudId,
    serviceId,
    family: "DEBIAN",
    status: "ACTIVE",
    environment: "QA",
    zone: "EB-HDS-A",
    name: "last-of-all",
    tags: [{ key: "tier", value: "gold" }],
    ipAddress: "10.0.0.1",
    created: 1,
  };
  await plant(env.REGION_EB, [last], organization);
  const actor = { ...exampleActor([], "person", organization), grants: [{ cloudId, cloudName: "Last", profile: "STD" as const }] };

  for (const query of [
    "",
    `services=${serviceId}`,
    `clouds=${cloudId}`,
    "tags=tier:gold",
    "tags=tier:",
    "search=last",
    "names=last-of-all",
    "sort=id,desc",
    "sort=cloudName",
    "statuses=ACTIVE&environments=QA",
    "ip=10.0.0.1",
  ]) {
    const { body } = await ask(env, actor, "list-resources", query);
    expect(body.content, query).toMatchObject([{ id, internalResourceId: id, cloudId, serviceId, serviceName: "LAST" }]);
    expect(body.totalElements, query).toBe(1);
  }
  const target = (await readResourceTarget(env, id))!;
  expect(target).toMatchObject({ id, organizationId: organization, cloudId, serviceId });
  expect((await ask(env, actor, "read-resource", "", target)).body).toMatchObject({ id, cloudId });
  expect((await ask(env, actor, "list-services")).body.content).toMatchObject([{ id: serviceId, cloudId, resourceCount: 1 }]);
  expect((await ask(env, actor, "list-tag-values", "key=tier")).body).toEqual(["gold"]);
  const kept = await env.REGION_EB.prepare(
    "SELECT cells, (SELECT counts FROM tag WHERE organization_id = ?) AS counts FROM cloud WHERE name = 'Last'",
  )
    .bind(organization)
    .first<{ cells: string; counts: string }>();
  expect(JSON.parse(kept!.cells)).toMatchObject({ [`v${serviceId}`]: 1 });
  expect(JSON.parse(kept!.counts)).toEqual({ [cloudId]: 1 });
});

test("counters follow a resource through its life, and what may not move does not", async () => {
  const organization = 6;
  await plantClouds(env.REGION_EB, 1, 2, organization);
  const id = resourceOf("EB", 0, organization);
  const [cloudId, first, second] = [0, 1000, 1001].map((at) => makeId({ region: 0, organization, sequence: 1 + at })) as [number, number, number];
  await plant(
    env.REGION_EB,
    [
      {
        id,
        region: "EB",
        cloudId,
        serviceId: first,
        family: "DEBIAN",
        status: "ACTIVE",
        environment: "PRODUCTION",
        zone: "EB-HDS-A",
        name: "mover",
        tags: [],
        ipAddress: null,
        created: 1,
      },
    ],
    organization,
  );
  const run = (text: string) => env.REGION_EB.prepare(`UPDATE resource SET ${text} WHERE id = ?`).bind(id).run();
  const counts = async () => {
    const row = await env.REGION_EB.prepare("SELECT counts, cells FROM cloud WHERE id = ?").bind(cloudId).first<{ counts: string; cells: string }>();
    const there = (text: string) => Object.fromEntries(Object.entries(JSON.parse(text) as Record<string, number>).filter(([, n]) => n !== 0));
    return { ...there(row!.counts), ...there(row!.cells) };
  };
  const keys = async () => {
    const set = await env.REGION_EB.prepare("SELECT key_set AS k FROM resource WHERE id = ?").bind(id).first<number>("k");
    return { [`k${set}`]: 1 };
  };
  expect(await counts()).toEqual({ ...(await keys()), p4: 1, s1: 1, e1: 1, t1: 1, z1: 1, s1e1t1z1: 1, [`v${first}`]: 1 });
  await run("status = 3");
  expect(await counts()).toEqual({ ...(await keys()), p4: 1, s3: 1, e1: 1, t1: 1, z1: 1, s3e1t1z1: 1, [`v${first}`]: 1 });
  await run(`environment = 4, status = 1, service_id = (SELECT id FROM service WHERE name LIKE '%APPLICATION 1' AND cloud_id = resource.cloud_id)`);
  expect(await counts()).toEqual({ ...(await keys()), p4: 1, s1: 1, e4: 1, t1: 1, z1: 1, s1e4t1z1: 1, [`v${second}`]: 1 });
  const given = { network: { technicalID: 77 } };
  await run(`protection = 5, attributes = '${JSON.stringify({ ...given, ipAddress: null })}'`);
  expect(await counts()).toEqual({ ...(await keys()), p5: 1, s1: 1, e4: 1, t1: 1, z1: 1, s1e4t1z1: 1, [`v${second}`]: 1 });
  await run(`attributes = '${JSON.stringify({ ...given, ipAddress: "10.0.0.1" })}'`);
  expect(await counts()).toEqual({ ...(await keys()), p5: 1, n77: 1, s1: 1, e4: 1, t1: 1, z1: 1, s1e4t1z1: 1, [`v${second}`]: 1 });
  await expect(run("network = 78")).rejects.toThrow(/stays in its network/);
  await run("revision = revision + 1, status = status");
  for (const move of ["zone = 2", "type = 2", "name = 'other'", "cloud_id = 1"]) await expect(run(move)).rejects.toThrow(/stays in its Cloud/);
  const none = await keys();
  const setsOf = async () =>
    (await env.REGION_EB.prepare("SELECT keys FROM key_set WHERE organization_id = ? ORDER BY id").bind(organization).raw()).flat();
  await run(`tags = '[{"key":"b","value":"1"},{"key":"a","value":"2"}]'`);
  expect(await keys()).not.toEqual(none);
  expect(await counts()).toMatchObject(await keys());
  expect(await setsOf()).toEqual(['["a","b"]']);
  await run(`tags = '[{"key":"a","value":"3"},{"key":"b","value":"4"}]'`);
  expect(await setsOf()).toEqual(['["a","b"]']);
  await env.REGION_EB.prepare("DELETE FROM resource WHERE id = ?").bind(id).run();
  expect(await counts()).toEqual({});
  expect(await setsOf()).toEqual([]);
});

async function columnsOf(database: D1Database, table: string): Promise<Column[]> {
  const { results } = await database
    .prepare('SELECT name, type, "notnull" AS required, dflt_value, pk FROM pragma_table_info(?) ORDER BY cid')
    .bind(table)
    .all<{ name: string; type: string; required: number; dflt_value: string | null; pk: number }>();
  return results.map(({ name, type, required, dflt_value, pk }) => ({
    name,
    type,
    notNull: required === 1 || pk > 0,
    primary: pk > 0,
    hasDefault: dflt_value !== null,
  }));
}
