/**
 * What every list and reading costs one region, as D1 itself counts it, at 1,000 and at 100,000 resources, for somebody with three Clouds and for
 * somebody with twenty. budgets.json is the committed table: whatever costs more than its row says fails, and so does a row that nothing measures.
 */
import { env } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import type { HandledLabel } from "../../worker/contract/actions.ts";
import type { Actor } from "../../worker/contract/actor.ts";
import type { Env } from "../../worker/env.ts";
import { readAll } from "../../db/statement.ts";
import { readResourceTarget, readServiceTarget } from "../../worker/routing/targets.ts";
import { measure, type Cost } from "../measure.ts";
import table from "./budgets.json";
import { chanceOf, cloudOf, grow, plant, plantClouds, resourceOf, serviceOf } from "./many.ts";
import { ask, exampleActor } from "./reader.ts";

const CLOUDS = 20;
const SERVICES = 400;
const everything = grow("EB", 100_000, { clouds: CLOUDS, services: SERVICES, seed: 1 });
const readers = {
  three: exampleActor([1, 7, 14]),
  six: exampleActor([0, 2, 5, 9, 13, 17]),
  twenty: exampleActor(Array.from({ length: CLOUDS }, (_, index) => index)),
};
type Reader = keyof typeof readers;

const eb = measure(env.REGION_EB);
const watched: Env = { ...env, REGION_EB: eb.database };

/** [rows read, rows written, round trips, bytes of the answer] */
type Figures = [number, number, number, number];
const committed = table as unknown as Record<string, Record<string, Record<Reader, Figures>>>;
const seen: typeof committed = {};

/** Lists that one filter narrows; the first ceiling is for them. */
const single: Record<string, string> = {
  "no filter": "",
  ...Object.fromEntries(
    [
      "statuses=ACTIVE",
      "statuses=INACTIVE",
      "statuses=PREPARATION",
      "environments=PROD",
      "environments=DEV",
      "families=DEBIAN",
      "families=REDIS",
      "types=LINUX",
      "types=DATABASE",
      "az=EB-HDS-A",
      "az=EB-HDS-C",
    ].map((query) => [query, query]),
  ),
  "resourceType=INSTANCE": "resourceType=INSTANCE",
  "resourceType=STORAGE": "resourceType=STORAGE",
  "services=one": `services=${serviceOf(1)}`,
  "clouds=one": `clouds=${cloudOf(1)}`,
  "names=one": `names=${everything[3]!.name}`,
  "names=!one": `names=!${everything[3]!.name}`,
  "tags=frequent": "tags=tier:gold",
  "tags=rare": "tags=application:application-7",
  "tags=key": "tags=tier:",
  "tags=key with 200 values": "tags=application:",
  "tags=key with 1,000 values": "tags=owner:",
  "tags=!key with 1,000 values": "tags=!owner:",
  "tags=!key that all have": "tags=!tier:",
  "tags=!pair": "tags=!tier:gold",
  ip: "ip=10.0.0.1",
  ...Object.fromEntries(
    ["backupStatus", "recoveryStatus", "includedInPatchParty"].flatMap((name) => [`${name}=true`, `${name}=false`]).map((query) => [query, query]),
  ),
  "vlan=frequent": "vlan=VLAN_2",
  "vlan=rare": "vlan=VLAN_3",
};
/** Lists that cost more by their nature: parts of names, other orders, far pages. */
const wide: Record<string, string> = {
  "search=rare": "search=00791",
  "search=frequent": "search=web",
  "search=beginning": "search=as",
  "search=last by name": "search=hibou-job",
  "search=scattered": "search=791",
  "sort=id,desc": "sort=id,desc",
  "sort=status, of one tag": "sort=status&tags=application:application-7",
  "size=200": "size=200",
  "page=4": "page=4",
  "page=100, nobody was there": "page=100",
  "a mix of three": "statuses=ACTIVE&environments=PROD&tags=tier:gold",
  "a mix of four": "resourceType=INSTANCE&statuses=INACTIVE&az=EB-HDS-A&environments=DEV",
};
/** Some of each kind, frequent or rare: for every mix of two, and some of three and four. */
const kinds = [
  "statuses=ACTIVE",
  "statuses=INACTIVE",
  "statuses=PREPARATION",
  "environments=PROD",
  "families=DEBIAN",
  "families=REDIS",
  "resourceType=INSTANCE",
  "resourceType=STORAGE",
  "az=EB-HDS-C",
  `services=${serviceOf(1)}`,
  "tags=tier:gold",
  "tags=application:application-7",
  "tags=tier:",
  "tags=owner:",
  "tags=!tier:gold",
  `names=!${everything[3]!.name}`,
  "ip=10.0.0.1",
  "backupStatus=true",
  "backupStatus=false",
  "recoveryStatus=true",
  "includedInPatchParty=true",
  "includedInPatchParty=false",
  "vlan=VLAN_2",
  "vlan=VLAN_3",
  "types=WINDOWS",
  `services=${[1, 7, 21, 34, 41].map((index) => serviceOf(index)).join(",")}`,
  "search=web",
  "search=hibou-job",
  "search=791",
  "search=as",
  "sort=id,desc",
  "sort=name,desc",
];
/** Mixes of what goes together, or never does: only some categories have a network and protections. */
const dependent = [
  "resourceType=STORAGE&vlan=VLAN_2",
  "vlan=VLAN_2&search=791",
  "types=WINDOWS&tags=tier:gold&includedInPatchParty=false",
  "includedInPatchParty=false&statuses=ACTIVE&backupStatus=true&tags=owner:",
  "tags=owner:&environments=PROD&vlan=VLAN_2",
  "resourceType=STORAGE&backupStatus=true",
  "resourceType=STORAGE&includedInPatchParty=true&tags=tier:gold",
  "vlan=VLAN_2&backupStatus=true&recoveryStatus=true&includedInPatchParty=false",
  "vlan=VLAN_2&az=EB-HDS-C",
  "tags=owner:&resourceType=INSTANCE&backupStatus=false",
  "families=DEBIAN&includedInPatchParty=false&tags=!tier:gold",
  "tags=tier:&search=791",
  "tags=owner:&search=791",
  "tags=!owner:&search=web",
  "tags=owner:,!application:&statuses=INACTIVE",
  "vlan=VLAN_2,VLAN_4&families=REDIS&statuses=ACTIVE",
];
const nameOf = (part: string) => part.split("=")[0]!;

/** Mixes of three and of four that are the same in every run. */
function mixesOf(count: number): string[] {
  const chance = chanceOf(3);
  return Array.from({ length: count }, (_, index) => {
    const parts = new Map<string, string>();
    while (parts.size < 3 + (index % 2)) {
      const part = kinds[Math.floor(chance() * kinds.length)]!;
      parts.set(nameOf(part), part);
    }
    return [...parts.values()].join("&");
  });
}

async function cost(label: HandledLabel, reader: Actor, query: string, target?: unknown): Promise<{ cost: Cost; bytes: number }> {
  eb.reset();
  const { status, bytes, body } = await ask(watched, reader, label, query, target);
  expect(status, `${label} ${query}: ${JSON.stringify(body)}`).toBe(200);
  return { cost: { ...eb.cost }, bytes };
}

function hold(
  size: string,
  name: string,
  reader: Reader,
  { cost: { rowsRead, rowsWritten, roundTrips }, bytes }: { cost: Cost; bytes: number },
): Figures {
  const figures: Figures = [rowsRead, rowsWritten, roundTrips, bytes];
  const row = ((seen[size] ??= {})[name] ??= {} as Record<Reader, Figures>);
  row[reader] = figures.map((figure, index) => Math.max(figure, row[reader]?.[index] ?? 0)) as Figures;
  const budget = committed[size]?.[name]?.[reader];
  expect
    .soft(
      budget && figures.every((figure, index) => figure <= budget[index]!),
      `${size} resources, ${name}, ${reader} Clouds: measured ${figures.join(", ")}, committed ${budget?.join(", ")}`,
    )
    .toBe(true);
  return figures;
}

const ceilings = { three: 120, twenty: 360 };
/** Whatever is mixed with whatever, in an order that has an index. */
const MIX_CEILING = 1_500;

describe.each(["1000", "100000"])("with %s resources", (size) => {
  beforeAll(async () => {
    if (size === "1000") {
      await plantClouds(env.REGION_EB, CLOUDS, SERVICES);
      await plant(env.REGION_EB, everything.slice(0, 1_000));
    } else await plant(env.REGION_EB, everything.slice(1_000));
  }, 300_000);

  test.for(Object.keys(single))("page 1 with its exact total: %s", async (name) => {
    for (const reader of ["three", "twenty"] as const) {
      const [rowsRead, rowsWritten] = hold(size, name, reader, await cost("list-resources", readers[reader], `regions=EB&${single[name]}`));
      expect(rowsRead, reader).toBeLessThanOrEqual(ceilings[reader]);
      expect(rowsWritten).toBe(0);
    }
  });

  test.for(Object.keys(wide))("page 1 that costs more: %s", async (name) => {
    for (const reader of ["three", "twenty"] as const) {
      const query = wide[name]!;
      const enough = !query.startsWith("page=100") || size !== "1000";
      if (!enough) continue;
      const [rowsRead] = hold(size, name, reader, await cost("list-resources", readers[reader], `regions=EB&${query}`));
      if (!query.startsWith("page=100") && !query.startsWith("sort=status")) expect(rowsRead, reader).toBeLessThanOrEqual(MIX_CEILING);
    }
  });

  const pairs = kinds.flatMap((one, index) => kinds.slice(index + 1).flatMap((other) => (nameOf(one) === nameOf(other) ? [] : [`${one}&${other}`])));
  test.for([
    ["every mix of two", pairs],
    ["mixes of three and four", mixesOf(100)],
    ["mixes of what goes together", dependent],
  ] as const)("%s", { timeout: 240_000 }, async ([name, mixes]) => {
    for (const reader of ["three", "six", "twenty"] as const) {
      const worst: { cost: Cost; bytes: number } = { cost: { rowsRead: 0, rowsWritten: 0, roundTrips: 0 }, bytes: 0 };
      let which = "";
      for (const mix of mixes) {
        const found = await cost("list-resources", readers[reader], `regions=EB&${mix}`);
        if (found.cost.rowsRead > worst.cost.rowsRead) which = mix;
        for (const key of ["rowsRead", "rowsWritten", "roundTrips"] as const) worst.cost[key] = Math.max(worst.cost[key], found.cost[key]);
        worst.bytes = Math.max(worst.bytes, found.bytes);
      }
      const [rowsRead] = hold(size, name, reader, worst);
      expect(rowsRead, which).toBeLessThanOrEqual(MIX_CEILING);
    }
  });

  test("a walk far from the start costs the same per page, and writes one boundary a page", async () => {
    const reader = { ...readers.twenty, id: Number(size) };
    if (size === "1000") return;
    await cost("list-resources", reader, "regions=EB&size=200&page=5");
    const pages: Cost[] = [];
    for (let page = 6; page < 12; page += 1) {
      const found = await cost("list-resources", reader, `regions=EB&size=200&page=${page}`);
      pages.push(found.cost);
      hold(size, "a page of 200, walked to", "twenty", found);
    }
    const reads = pages.map(({ rowsRead }) => rowsRead);
    expect(Math.max(...reads) / Math.min(...reads)).toBeLessThan(1.3);
    const far = await ask(watched, reader, "list-resources", "regions=EB&size=200&page=250");
    expect(far.body).toMatchObject({ code: "page_out_of_reach", field: "page" });
    const last = await ask(watched, reader, "list-resources", "regions=EB&size=200&page=499");
    expect(last.body).toMatchObject({ last: true, numberOfElements: 200 });
    const sorted = await ask(watched, reader, "list-resources", "regions=EB&sort=status");
    expect(sorted.body).toMatchObject({ code: "sort_not_supported", field: "sort" });
  });

  test("one resource, one Service, and what is decided about", async () => {
    const id = resourceOf("EB", 3);
    const target = (await readResourceTarget(watched, id))!;
    const service = { ...(await readServiceTarget(watched, "EB", serviceOf(1)))!, revision: 1 };
    const asBefore = async (work: () => Promise<unknown>) => {
      eb.reset();
      await work();
      return { cost: { ...eb.cost }, bytes: 0 };
    };
    // The embedded zones learn of their instances when they are first asked.
    await ask(watched, readers.three, "read-topology");
    for (const reader of ["three", "twenty"] as const) {
      const [targetRead] = hold(size, "target of a resource", reader, await asBefore(() => readResourceTarget(watched, id)));
      const [resourceRead] = hold(size, "read-resource", reader, await cost("read-resource", readers[reader], "", target));
      expect(targetRead + resourceRead).toBeLessThanOrEqual(5);
      hold(size, "target of a Service", reader, await asBefore(() => readServiceTarget(watched, "EB", serviceOf(1))));
      hold(size, "read-service", reader, await cost("read-service", readers[reader], "", service));
      hold(size, "list-services", reader, await cost("list-services", readers[reader], ""));
      hold(size, "list-services, search", reader, await cost("list-services", readers[reader], "search=application 1"));
      hold(size, "list-tag-keys", reader, await cost("list-tag-keys", readers[reader], ""));
      hold(size, "list-tag-values", reader, await cost("list-tag-values", readers[reader], "key=application"));
      hold(size, "list-networks", reader, await cost("list-networks", readers[reader], ""));
      hold(size, "read-topology", reader, await cost("read-topology", readers[reader], ""));
    }
  });
});

test("the gate sees a list that has lost its index", async () => {
  eb.reset();
  const clouds = JSON.stringify(readers.three.grants.map(({ cloudId }) => cloudId));
  await readAll(eb.database, {
    sql: "SELECT resource.id, resource.name FROM json_each(?) AS range CROSS JOIN resource NOT INDEXED ON resource.cloud_id = range.value WHERE resource.status = 3 ORDER BY resource.name, resource.id LIMIT 21",
    params: [clouds],
  });
  expect(eb.cost.rowsRead).toBeGreaterThan(100 * ceilings.three);
});

test("the table holds nothing that is not measured", () => {
  const names = (of: typeof committed) =>
    Object.entries(of).flatMap(([size, rows]) =>
      Object.entries(rows).flatMap(([name, byReader]) => Object.keys(byReader).map((reader) => `${size}/${name}/${reader}`)),
    );
  expect(names(committed).sort(), `The measured table:\n${JSON.stringify(seen)}`).toEqual(names(seen).sort());
});
