import { env } from "cloudflare:test";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { compareText, fold } from "../../db/region/read/sorts.ts";
import { isProtectedBy } from "../../worker/contract/protection.ts";
import { environmentList, families, familyList, statusList } from "../../worker/contract/resource-types.ts";
import { regionOfZone, zoneList, type Region } from "../../worker/contract/topology.ts";
import { withoutRegion } from "../away.ts";
import { cloudOf, grow, networkOf, plant, plantClouds, protectionOf, serviceOf, type Known } from "./many.ts";
import { ask, exampleActor } from "./reader.ts";

const CLOUDS = 5;
const SERVICES = 15;
const OTHERS = 10;
const lea = exampleActor([0, 1, 3]);
const visible = new Set([0, 1, 3].map((index) => cloudOf(index)));
let known: Known[] = [];

beforeAll(async () => {
  const planted = await Promise.all(
    (["EB", "ET"] as const).map(async (region, index) => {
      const database = region === "EB" ? env.REGION_EB : env.REGION_ET;
      await plantClouds(database, CLOUDS, SERVICES);
      await plantClouds(database, 1, 1, OTHERS);
      // Names that differ in case alone, that both regions and several Clouds have, and that lie between those of the other region.
      const grown = grow(region, 2_000, { clouds: CLOUDS, services: SERVICES, seed: 7 + index }).map((one, at) => ({
        ...one,
        name:
          at % 5 === 0
            ? `${["shared", "Shared", "SHARED"][at % 3]}-${Math.floor(at / 5) % 130}-${at}`
            : one.name.replace(`-${region.toLowerCase()}-`, at % 2 ? "-alpha-" : "-Zeta-"),
      }));
      await plant(database, grown);
      const foreign = grow(region, 40, { clouds: 1, services: 1, seed: 99 }).map((one, at) => ({
        ...one,
        id: one.id + 2 ** 32,
        cloudId: cloudOf(0, OTHERS),
        serviceId: serviceOf(0, OTHERS),
        name: `asterix-foreign-${at}`,
      }));
      await plant(database, foreign, OTHERS);
      return grown;
    }),
  );
  known = planted.flat();
}, 120_000);

interface Wanted {
  statuses?: string[];
  environments?: string[];
  families?: string[];
  types?: string[];
  resourceType?: string[];
  az?: string[];
  regions?: Region[];
  clouds?: number[];
  services?: number[];
  names?: string[];
  search?: string;
  tags?: string[];
  ip?: string[];
  vlan?: string[];
  backupStatus?: boolean;
  recoveryStatus?: boolean;
  includedInPatchParty?: boolean;
}

/** What the list says of itself, said a second time and plainly. */
function naive(wanted: Wanted): Known[] {
  const among = <One>(list: readonly One[] | undefined, one: One) => !list?.length || list.includes(one);
  const names = wanted.names ?? [];
  const included = names.filter((name) => !name.startsWith("!")).map(fold);
  const excluded = names.filter((name) => name.startsWith("!")).map((name) => fold(name.slice(1)));
  return known
    .filter((one) => visible.has(one.cloudId))
    .filter((one) => among(wanted.statuses, one.status) && among(wanted.environments, one.environment) && among(wanted.families, one.family))
    .filter((one) => among(wanted.types, families[one.family].type) && among(wanted.resourceType, families[one.family].category))
    .filter((one) => !wanted.az?.length || (one.zone !== null && wanted.az.includes(one.zone)))
    .filter((one) => among(wanted.regions, one.region) && among(wanted.clouds, one.cloudId) && among(wanted.services, one.serviceId))
    .filter((one) => (included.length === 0 || included.includes(fold(one.name))) && !excluded.includes(fold(one.name)))
    .filter(
      (one) =>
        !wanted.search || (wanted.search.length >= 3 ? fold(one.name).includes(fold(wanted.search)) : fold(one.name).startsWith(fold(wanted.search))),
    )
    .filter((one) =>
      (
        [
          ["backup", wanted.backupStatus],
          ["replication", wanted.recoveryStatus],
          ["patchParty", wanted.includedInPatchParty],
        ] as const
      ).every(([protection, has]) => has === undefined || isProtectedBy(protectionOf(one), protection) === has),
    )
    .filter((one) => !wanted.vlan?.length || wanted.vlan.includes(networkOf(one)?.name ?? ""))
    .filter((one) => !wanted.ip?.length || (one.ipAddress !== null && wanted.ip.includes(one.ipAddress)))
    .filter((one) =>
      (wanted.tags ?? []).every((pair) => {
        const [key, value] = pair.replace("!", "").split(":");
        return one.tags.some((tag) => tag.key === key && (value === "" || tag.value === value)) !== pair.startsWith("!");
      }),
    );
}

const orders: Record<string, (left: Known, right: Known) => number> = {
  name: (left, right) => compareText(fold(left.name), fold(right.name)) || left.id - right.id,
  id: (left, right) => left.id - right.id,
  creationTime: (left, right) => left.id - right.id,
  status: (left, right) => compareText(left.status, right.status) || left.id - right.id,
  environment: (left, right) => compareText(left.environment, right.environment) || left.id - right.id,
  family: (left, right) => compareText(left.family, right.family) || left.id - right.id,
};

function queryOf(wanted: Wanted): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) {
    const text = Array.isArray(value) ? value.join(",") : String(value);
    if (text !== "") search.set(name, text);
  }
  return search.toString();
}

type Ids = number[];
const idsOf = (body: { content: { id: number }[] }): Ids => body.content.map(({ id }) => id);

/** All pages, as clients walk them: until a page is not full, or `page + 1 >= totalPages`. */
async function walkPages(query: string, size: number): Promise<{ ids: Ids; totals: number[]; bodies: Record<string, unknown>[] }> {
  const walked = { ids: [] as Ids, totals: [] as number[], bodies: [] as Record<string, unknown>[] };
  for (let page = 0; ; page += 1) {
    const { status, body } = await ask(env, lea, "list-resources", `${query}&size=${size}&page=${page}`);
    expect(status, JSON.stringify(body)).toBe(200);
    walked.ids.push(...idsOf(body));
    walked.bodies.push(body);
    if (!body.totalIsLowerBound) walked.totals.push(body.totalElements);
    expect(body.last).toBe(body.nextCursor === undefined);
    if (body.content.length < size || page + 1 >= body.totalPages) return walked;
  }
}

async function walkCursor(query: string, size: number): Promise<Ids> {
  const ids: Ids = [];
  for (let cursor = ""; ;) {
    const { status, body } = await ask(env, lea, "list-resources", `${query}&size=${size}${cursor && `&cursor=${cursor}`}`);
    expect(status, JSON.stringify(body)).toBe(200);
    ids.push(...idsOf(body));
    if (!body.nextCursor) return ids;
    cursor = body.nextCursor;
  }
}

const some = <One>(list: readonly One[], maxLength = 2) => fc.uniqueArray(fc.constantFrom(...list), { minLength: 1, maxLength });

const wantedArbitrary: fc.Arbitrary<Wanted> = fc
  .record({
    statuses: some(statusList),
    environments: some(environmentList, 4),
    families: some(familyList.slice(0, 6), 3),
    types: some(["LINUX", "WINDOWS", "DATABASE"]),
    resourceType: some(["INSTANCE", "MANAGED_DATABASE", "CONTAINER"]),
    az: some(zoneList),
    regions: some(["EB", "ET"] as const, 1),
    clouds: some([0, 1, 2, 3].map((index) => cloudOf(index))),
    services: some(
      [0, 1, 2, 3, 6].map((index) => serviceOf(index)),
      3,
    ),
    names: some(["!asterix-web-alpha-0039595", "!shared-1-5", "shared-0-0", "SHARED-1-5", "SHARED-2-10", "nothing-like-it"], 3),
    search: fc.constantFrom("a", "sh", "web", "asterix-w", "-MQ-", "ared-1", "zzz", "as", "0039"),
    tags: some([
      "tier:gold",
      "tier:none",
      "tier:",
      "owner:",
      "application:application-7",
      "application:",
      "owner:nobody",
      "!owner:",
      "!tier:",
      "!tier:gold",
      "!owner:nobody",
      "!nobody:",
    ]),
    ip: some(["10.0.0.1", "10.0.1.9", "10.9.9.9"]),
    vlan: some(["VLAN_2", "VLAN_3", "VLAN_4", "VLAN_nowhere"]),
    backupStatus: fc.boolean(),
    recoveryStatus: fc.boolean(),
    includedInPatchParty: fc.boolean(),
  })
  // Most lists are narrowed by few things: what is dropped here leaves one to three.
  .chain((all) =>
    fc
      .subarray(Object.keys(all) as (keyof Wanted)[], { minLength: 1, maxLength: 3 })
      .map((kept) => Object.fromEntries(kept.map((name) => [name, all[name]])) as Wanted),
  );

const LISTS = Math.ceil(Number(env.REQUESTS) * 0.03);

test(
  `a walk through all pages is the whole set exactly once, in its order, whatever the filters: ${LISTS} lists`,
  async () => {
    await fc.assert(
      fc.asyncProperty(wantedArbitrary, fc.constantFrom(...Object.keys(orders)), fc.boolean(), async (wanted, property, descending) => {
        const expected = naive(wanted).sort(orders[property]);
        if (descending) expected.reverse();
        const query = `${queryOf(wanted)}&sort=${property},${descending ? "desc" : "asc"}`;
        const size = Math.max(3, Math.ceil(expected.length / 3));
        const pages = await walkPages(query, size);
        expect(pages.ids).toEqual(expected.map(({ id }) => id));
        expect(pages.totals.every((total) => total === expected.length)).toBe(true);
        expect(await walkCursor(query, size)).toEqual(pages.ids);
      }),
      { numRuns: LISTS, seed: Number(env.SEED) },
    );
  },
  60_000 + 3_000 * LISTS,
);

test("every filter of the API alone gives exactly what it says, with its total", async () => {
  const one: Wanted[] = [
    ...statusList.map((status) => ({ statuses: [status] })),
    ...environmentList.map((environment) => ({ environments: [environment] })),
    ...familyList.map((family) => ({ families: [family] })),
    ...["LINUX", "WINDOWS", "DATABASE", "STORAGE"].map((type) => ({ types: [type] })),
    ...["INSTANCE", "MANAGED_DATABASE", "STORAGE"].map((category) => ({ resourceType: [category] })),
    ...zoneList.map((zone) => ({ az: [zone] })),
    { services: [serviceOf(1)] },
    { services: [serviceOf(2)] },
    { clouds: [cloudOf(3)] },
    { names: ["shared-1-5", "SHARED-2-10"] },
    { names: ["!shared-1-5"] },
    { tags: ["tier:gold"] },
    { tags: ["tier:"] },
    { tags: ["owner:"] },
    { tags: ["!owner:"] },
    { tags: ["!tier:"] },
    { tags: ["!tier:gold"] },
    { tags: ["tier:gold", "application:application-7"] },
    { search: "web-00" },
    { ip: ["10.0.0.1", "10.0.0.2"] },
    ...[true, false].flatMap((has) => [{ backupStatus: has }, { recoveryStatus: has }, { includedInPatchParty: has }]),
    { backupStatus: true, recoveryStatus: true },
    { backupStatus: false, includedInPatchParty: true },
    ...["VLAN_2", "VLAN_3", "VLAN_nowhere"].map((name) => ({ vlan: [name] })),
    { vlan: ["VLAN_2", "VLAN_3", "VLAN_4"] },
    {},
  ];
  for (const wanted of one) {
    const expected = naive(wanted).sort(orders["name"]);
    const { body } = await ask(env, lea, "list-resources", `${queryOf(wanted)}&size=1000`);
    const label = JSON.stringify(wanted);
    expect(idsOf(body), label).toEqual(expected.slice(0, 1000).map(({ id }) => id));
    expect(body.totalElements, label).toBe(expected.length);
    expect(body.totalIsLowerBound, label).toBeUndefined();
  }
}, 60_000);

test("a walk far from the start leaves boundaries behind it, and a jump without one costs no row twice", async () => {
  const expected = naive({})
    .sort(orders["name"])
    .map(({ id }) => id);
  expect(expected.length).toBeGreaterThan(2_000);
  const { ids } = await walkPages("", 100);
  expect(ids).toEqual(expected);
  const kept = await Promise.all(
    [env.REGION_EB, env.REGION_ET].map((database) => database.prepare("SELECT count(*) AS n FROM page_boundary").first<number>("n")),
  );
  expect(kept[0]! + kept[1]!).toBeGreaterThan(5);
  const jumped = await ask(env, { ...lea, id: 77 }, "list-resources", "size=100&page=15");
  expect(idsOf(jumped.body)).toEqual(expected.slice(1_500, 1_600));
});

test("the pages are a Spring page to the letter", async () => {
  const { body } = await ask(env, lea, "list-resources", "size=200&page=1&sort=name,desc");
  expect(Object.keys(body).sort()).toEqual([
    "content",
    "empty",
    "first",
    "last",
    "nextCursor",
    "number",
    "numberOfElements",
    "size",
    "sort",
    "totalElements",
    "totalPages",
  ]);
  expect(body).toMatchObject({
    number: 1,
    size: 200,
    numberOfElements: 200,
    first: false,
    last: false,
    empty: false,
    sort: { empty: false, sorted: true, unsorted: false },
  });
  expect(body.totalPages).toBe(Math.ceil(body.totalElements / 200));
  const standard = await ask(env, lea, "list-resources");
  expect(standard.body).toMatchObject({ number: 0, size: 20, first: true, sort: { empty: true, sorted: false, unsorted: true } });
  const beyond = await ask(env, lea, "list-resources", "page=9000&size=1");
  expect(beyond.body).toMatchObject({ content: [], numberOfElements: 0, empty: true, first: false, last: true });
});

test("Lea never sees a resource of a Cloud that she has no profile on, by whatever name, tag or id she asks", async () => {
  const hidden = known.find((one) => !visible.has(one.cloudId))!;
  for (const query of [
    `names=${hidden.name}`,
    `clouds=${hidden.cloudId}`,
    `services=${hidden.serviceId}`,
    "search=asterix-foreign",
    `clouds=${cloudOf(0, OTHERS)}`,
  ]) {
    const { body } = await ask(env, lea, "list-resources", `${query}&size=1000`);
    expect(idsOf(body).filter((id) => !known.some((one) => one.id === id && visible.has(one.cloudId)))).toEqual([]);
    if (!query.startsWith("names")) expect(body.totalElements, query).toBe(0);
  }
});

test("a region that is away is named to a person and refused to a program, unless it asks of the living one", async () => {
  const away = withoutRegion(env, "ET");
  const person = await ask(away, lea, "list-resources", "size=1000");
  expect(person.body).toMatchObject({ partial: true, missingRegions: ["ET"] });
  expect(idsOf(person.body)).toEqual(
    naive({ regions: ["EB"] })
      .sort(orders["name"])
      .slice(0, 1000)
      .map(({ id }) => id),
  );

  const program = exampleActor([0, 1, 3], "api-account");
  expect((await ask(away, program, "list-resources")).body).toMatchObject({ code: "region_unavailable", members: { region: "ET" } });
  for (const query of ["regions=EB", "az=EB-HDS-A,EB-HDS-B"]) {
    const { status, body } = await ask(away, program, "list-resources", `${query}&size=5`);
    expect(status).toBe(200);
    expect(body.partial).toBeUndefined();
  }
  expect((await ask(away, program, "list-resources", "az=EB-HDS-A,ET-HDS-A")).body.code).toBe("region_unavailable");
  expect((await ask(away, program, "list-resources", "partial=true")).body).toMatchObject({ partial: true, missingRegions: ["ET"] });
  expect((await ask(away, lea, "list-resources", "regions=ET")).body.code).toBe("region_unavailable");
  const far = await ask(away, { ...lea, id: 78 }, "list-resources", "size=200&page=5&sort=name");
  expect(far.status).toBe(200);
});

test("filters that say nothing are refused by their name, never ignored", async () => {
  for (const name of ["backupStatus", "recoveryStatus", "includedInPatchParty"]) {
    expect((await ask(env, lea, "list-instances", `${name}=perhaps`)).body, name).toMatchObject({ code: "invalid_field_value", field: name });
  }
  expect((await ask(env, lea, "list-instances", "colour=red")).body).toMatchObject({ code: "unknown_field", field: "colour" });
  expect((await ask(env, lea, "list-instances", "statuses=REMOVED")).body).toMatchObject({ code: "invalid_field_value" });
  expect((await ask(env, lea, "list-instances", "sort=colour")).body).toMatchObject({ code: "sort_not_supported", field: "sort" });
  expect((await ask(env, lea, "list-instances", "cursor=nonsense")).body).toMatchObject({ code: "invalid_field_value", field: "cursor" });
  const { body } = await ask(env, lea, "list-resources", "size=5");
  expect((await ask(env, lea, "list-resources", `size=5&statuses=ACTIVE&cursor=${body.nextCursor}`)).body).toMatchObject({
    code: "invalid_field_value",
    field: "cursor",
  });
});

test("PROD, PREPROD and DEV stand for the long forms, ALL for every environment, and a parameter may be repeated", async () => {
  const total = async (query: string) => (await ask(env, lea, "list-resources", query)).body.totalElements;
  expect(await total("environments=PROD")).toBe(naive({ environments: ["PRODUCTION"] }).length);
  expect(await total("environments=PROD&environments=DEV")).toBe(naive({ environments: ["PRODUCTION", "DEVELOPMENT"] }).length);
  expect(await total("environments=ALL")).toBe(naive({}).length);
});

test("tag keys and values are those of visible resources, each once, in their order, over both regions", async () => {
  const mine = naive({});
  const keys = [...new Set(mine.flatMap(({ tags }) => tags.map(({ key }) => key)))].sort(compareText);
  expect((await ask(env, lea, "list-tag-keys")).body).toEqual(keys);
  expect((await ask(env, lea, "list-tag-keys", "search=t")).body).toEqual(["tier"]);
  const values = [...new Set(mine.flatMap(({ tags }) => tags.filter(({ key }) => key === "application").map(({ value }) => value)))].sort(
    compareText,
  );
  const first = (await ask(env, lea, "list-tag-values", "key=application&size=50")).body as string[];
  const rest = (await ask(env, lea, "list-tag-values", `key=application&size=1000&after=${first[49]}`)).body as string[];
  expect([...first, ...rest]).toEqual(values);
  expect((await ask(env, exampleActor([]), "list-tag-keys")).body).toEqual([]);
});

test("Services are listed whole from any region that answers; their resources are counted when all do", async () => {
  const { body } = await ask(env, lea, "list-services", "size=1000");
  const mine = Array.from({ length: SERVICES }, (_, index) => serviceOf(index)).filter((_, index) => [0, 1, 3].includes(index % CLOUDS));
  expect(new Set(idsOf(body))).toEqual(new Set(mine));
  expect(body.totalElements).toBe(mine.length);
  for (const { id, resourceCount } of body.content) expect(resourceCount).toBe(known.filter(({ serviceId }) => serviceId === id).length);
  const alone = await ask(withoutRegion(env, "EB"), exampleActor([0, 1, 3], "api-account"), "list-services", "size=2&search=application 1");
  expect(alone.body.content.map(({ resourceCount }: { resourceCount: null }) => resourceCount)).toEqual([null, null]);
  const named = await ask(env, lea, "list-services", "names=cloud 0 - application 0");
  expect(idsOf(named.body)).toEqual([serviceOf(0)]);
});

test("the topology counts what is mine in each zone, and says which region is away", async () => {
  const { body } = await ask(withoutRegion(env, "ET"), lea, "read-topology");
  const [eb, et] = body.regions;
  expect([eb.health, et.health]).toEqual(["UP", "DOWN"]);
  for (const zone of [eb, et].flatMap(({ dataCenters }) => dataCenters).flatMap(({ availabilityZones }) => availabilityZones)) {
    const mine = naive({ az: [zone.availabilityZone] });
    if (regionOfZone(zone.availabilityZone) === "ET") expect(zone.resources).toBeNull();
    else
      expect(zone.resources).toEqual({
        total: mine.length,
        ...Object.fromEntries(statusList.map((status) => [status, mine.filter((one) => one.status === status).length])),
      });
    expect(zone.mayUse).toBe(!zone.reservedForGroup);
  }
});
