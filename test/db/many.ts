/** Many resources at once, repeatably: what lists are compared with and what their costs are measured on. */
import { makeId } from "../../worker/contract/ids.ts";
import {
  environmentList,
  environments,
  families,
  statuses,
  type Environment,
  type Family,
  type Status,
} from "../../worker/contract/resource-types.ts";
import { protections } from "../../worker/contract/protection.ts";
import { regions, zones, type Region, type Zone } from "../../worker/contract/topology.ts";

/** A resource as a test knows it. */
export interface Known {
  id: number;
  region: Region;
  cloudId: number;
  serviceId: number;
  family: Family;
  status: Status;
  environment: Environment;
  zone: Zone | null;
  name: string;
  tags: { key: string; value: string }[];
  ipAddress: string | null;
  created: number;
  /** What it is made of, where a test looks at it. */
  attributes?: object;
}

/** What protects it follows from its number: two of five are backed up, one of twenty has a replica, most are patched, half are monitored. */
export function protectionOf({ id, family }: Pick<Known, "id" | "family">): number {
  if (families[family].category !== "INSTANCE") return 0;
  const { backup, replication, patchParty, monitoring } = protections;
  return (id % 5 < 2 ? backup : 0) + (id % 20 === 7 ? replication : 0) + (id % 11 === 3 ? 0 : patchParty) + (id % 2 === 0 ? monitoring : 0);
}

/** Two networks in each zone, one for most instances and one for few. */
export function networkOf({ id, zone, ipAddress }: Pick<Known, "id" | "zone" | "ipAddress">): { code: number; name: string } | null {
  if (!zone || !ipAddress) return null;
  const code = zones[zone].code * 2 + (id % 50 === 13 ? 1 : 0);
  return { code, name: `VLAN_${code}` };
}

export const ORGANIZATION = 9;
export const cloudOf = (index: number, organization = ORGANIZATION): number => makeId({ region: 0, organization, sequence: 1 + index });
export const serviceOf = (index: number, organization = ORGANIZATION): number => makeId({ region: 0, organization, sequence: 1001 + index });
const networkId = (region: Region, code: number, organization: number) =>
  makeId({ region: regions[region].code, organization, sequence: 900_000_000 + code });
export const resourceOf = (region: Region, index: number, organization = ORGANIZATION): number =>
  makeId({ region: regions[region].code, organization, sequence: 1 + index });

/** Numbers from 0 to 1 that are the same in every run. */
export function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Clouds and Services as a region's copies. Service n belongs to Cloud n modulo their number. */
export async function plantClouds(database: D1Database, clouds: number, services: number, organization = ORGANIZATION): Promise<void> {
  const cloudRows = Array.from({ length: clouds }, (_, index) => [cloudOf(index, organization), organization, `Cloud ${index}`]);
  const serviceRows = Array.from({ length: services }, (_, index) => [
    serviceOf(index, organization),
    cloudOf(index % clouds, organization),
    `CLOUD ${index % clouds} - APPLICATION ${index}`,
    1,
  ]);
  await insert(database, "cloud(id, organization_id, name)", 3, cloudRows);
  await insert(database, "service(id, cloud_id, name, environment)", 4, serviceRows);
}

const CHUNK = 5_000;
const plain = { productCode: "debian13", productName: "Debian 13", cpu: 2, ram: 4, storage: 40, comment: null };

/** One JSON parameter for 5,000 rows; the counters are kept by the triggers as in life. */
export async function plant(database: D1Database, resources: readonly Known[], organization = ORGANIZATION): Promise<void> {
  const networks = new Map(resources.flatMap((one) => networksIn(one, organization)).map((row) => [row[0], row]));
  await insert(database, "network(id, organization_id, zone, name, cidr, scope)", 6, [...networks.values()], { or: "OR IGNORE" });
  for (let at = 0; at < resources.length; at += CHUNK) {
    const chunk = resources.slice(at, at + CHUNK);
    const keySets = new Set(chunk.map(keysOf));
    await insert(
      database,
      "key_set(organization_id, keys)",
      2,
      [...keySets].map((keys) => [organization, keys]),
      { or: "OR IGNORE" },
    );
    await insert(
      database,
      "resource(id, cloud_id, service_id, type, status, environment, zone, name, created, created_by, updated, tags, attributes, protection, network, key_set)",
      15,
      chunk.map((one) => [
        one.id,
        one.cloudId,
        one.serviceId,
        families[one.family].code,
        statuses[one.status],
        environments[one.environment],
        one.zone ? zones[one.zone].code : 0,
        one.name,
        one.created,
        "planted",
        one.created,
        JSON.stringify(one.tags),
        JSON.stringify(one.attributes ?? { ...plain, ipAddress: one.ipAddress }),
        protectionOf(one),
        networksIn(one, organization)[0]?.[0] ?? null,
        keysOf(one),
      ]),
      { last: `(SELECT id FROM key_set WHERE organization_id = ${organization} AND keys = value ->> 15)` },
    );
    const tags = chunk.flatMap((one) => one.tags.map(({ key, value }) => ({ key, value, one })));
    const pairs = [...new Map(tags.map(({ key, value }) => [`${key}:${value}`, [organization, key, value]])).values()];
    if (pairs.length === 0) continue;
    await database
      .prepare(
        "INSERT INTO tag(organization_id, key, value) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
      )
      .bind(JSON.stringify(pairs))
      .run();
    await database
      .prepare(
        `INSERT INTO resource_tag(tag_id, cloud_id, name, resource_id) SELECT tag.id, row.value ->> 2, row.value ->> 3, row.value ->> 4 FROM json_each(?) AS row
         CROSS JOIN tag ON tag.organization_id = CAST(? AS INTEGER) AND tag.key = row.value ->> 0 AND tag.value = row.value ->> 1`,
      )
      .bind(JSON.stringify(tags.map(({ key, value, one }) => [key, value, one.cloudId, one.name, one.id])), organization)
      .run();
  }
}

function networksIn(one: Known, organization: number): [id: number, ...unknown[]][] {
  const network = networkOf(one);
  return network ? [[networkId(one.region, network.code, organization), organization, zones[one.zone!].code, network.name, "10.0.0.0/8", "LAN"]] : [];
}

/** The set of its tag keys, as the database writes it. */
function keysOf({ tags }: Known): string {
  return JSON.stringify([...new Set(tags.map(({ key }) => key))].sort());
}

async function insert(
  database: D1Database,
  table: string,
  columns: number,
  rows: readonly unknown[][],
  { or = "", last }: { or?: string; last?: string } = {},
): Promise<void> {
  const cells = Array.from({ length: columns }, (_, index) => `value ->> ${index}`);
  await database
    .prepare(`INSERT ${or} INTO ${table} SELECT ${[...cells, ...(last ? [last] : [])].join(", ")} FROM json_each(?)`)
    .bind(JSON.stringify(rows))
    .run();
}

const zonesOf: Record<Region, (Zone | null)[]> = { EB: ["EB-HDS-A", "EB-HDS-A", "EB-HDS-B", "EB-HDS-C", null], ET: ["ET-HDS-A", "ET-HDS-B", null] };

/** An organization as they are: few big Clouds and many small ones, mostly instances, mostly active, names that cluster by application. */
export function grow(region: Region, count: number, { clouds, services, seed }: { clouds: number; services: number; seed: number }): Known[] {
  const chance = chanceOf(seed);
  const pick = <One>(list: readonly One[]): One => list[Math.floor(chance() * list.length)]!;
  const weighted = <One>(list: readonly (readonly [One, number])[]): One => {
    let at = chance() * list.reduce((sum, [, weight]) => sum + weight, 0);
    return (list.find(([, weight]) => (at -= weight) < 0) ?? list[0]!)[0];
  };
  const cloudWeights = Array.from({ length: clouds }, (_, index) => [index, 1 / (index + 1) ** 0.8] as const);
  const familyWeights = (Object.keys(families) as Family[]).map((family, index) => [family, 1 / (index + 1) ** 1.2] as const);
  const applications = ["asterix", "baobab", "cyclone", "dolmen", "ellipse", "falaise", "girofle", "hibou"];
  return Array.from({ length: count }, (_, index) => {
    const cloud = weighted(cloudWeights);
    const family = weighted(familyWeights);
    const isInstance = families[family].category === "INSTANCE";
    return {
      id: resourceOf(region, index),
      region,
      cloudId: cloudOf(cloud),
      serviceId: serviceOf(cloud + clouds * Math.floor(chance() * (services / clouds))),
      family,
      status: weighted([
        ["ACTIVE", 92],
        ["INACTIVE", 6],
        ["PREPARATION", 2],
      ] as const),
      environment: weighted(environmentList.map((environment, at) => [environment, [45, 15, 12, 10, 18][at]!] as const)),
      zone: pick(zonesOf[region]),
      name: `${pick(applications)}-${pick(["web", "app", "sql", "mq", "job"])}-${region.toLowerCase()}-${String((index * 7919) % 1_000_003).padStart(7, "0")}`,
      tags: [
        {
          key: "tier",
          value: weighted([
            ["gold", 4],
            ["silver", 3],
            ["bronze", 2],
            ["none", 1],
          ] as const),
        },
        { key: "application", value: `application-${Math.floor(chance() * 200)}` },
        ...(chance() < 0.1 ? [{ key: "owner", value: `owner-${Math.floor(chance() * 1000)}` }] : []),
      ],
      ipAddress: isInstance ? `10.${Math.floor(index / 65536)}.${Math.floor(index / 256) % 256}.${index % 256}` : null,
      created: 1_700_000_000_000 + index * 1000,
    };
  });
}
