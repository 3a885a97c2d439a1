/** What a list of resources is narrowed by, in the region's own codes, and the conditions that say so in SQL. */
import { sql, type SQL } from "drizzle-orm";
import { resource } from "../schema/index.ts";
import { askedIn, codeFor, columnOf, type ProtectionAsked, type ProtectionFilter } from "./protections.ts";
import { balancerConditions, type BalancerFilter } from "./balancer-filter.ts";

export interface TagFilter {
  key: string;
  /** Null: any value. */
  value: string | null;
  /** What lacks it is asked for. */
  absent: boolean;
}

/** Null: not narrowed by it. Codes are those of worker/contract. */
export interface ResourceFilter {
  organizationId: number;
  /** The code of the region that is asked. */
  region: number;
  /** The Clouds that the actor may see and asked for. */
  clouds: readonly number[];
  services: readonly number[] | null;
  statuses: readonly number[] | null;
  environments: readonly number[] | null;
  /** Codes of families. */
  types: readonly number[] | null;
  zones: readonly number[] | null;
  protections: ProtectionFilter;
  /** Names of networks of the organization. */
  networks: readonly string[] | null;
  /** Exact names; upper and lower case are alike. */
  names: readonly string[] | null;
  notNames: readonly string[];
  /** A part of the name, three characters or more, in lower case (ASCII). */
  contains: string | null;
  /** The beginning of the name. */
  prefix: string | null;
  /** All of them. */
  tags: readonly TagFilter[];
  addresses: readonly string[] | null;
  /** Of load balancers alone; asked of every row. */
  balancers: BalancerFilter | null;
  /** Ranges of names, from and to, outside of which nothing fits; none: it may lie anywhere. */
  windows?: readonly (readonly [string, string])[];
}

/** Names that are told apart one by one; more are looked up, which counts as a row read each time. */
const FEW_NAMES = 8;

/** The ways in which rows can be found by an index; what found them need not be asked again. */
export type Criterion = (typeof kinds)[number] | ProtectionAsked | "keys" | `tag${number}`;
const kinds = ["services", "statuses", "environments", "types", "zones", "networks", "names", "addresses"] as const;

/** Whether tags are asked for by their key alone. */
export function asksKeys({ tags }: ResourceFilter): boolean {
  return tags.some(({ value }) => value === null);
}

/** Which criteria are set, tags one by one, their keys all together. `contains` and `prefix` and `notNames` are asked of every row. */
export function criteriaOf(filter: ResourceFilter): Criterion[] {
  const set = kinds.filter((name) => filter[name] !== null);
  const pairs = filter.tags.flatMap(({ value }, index) => (value === null ? [] : [`tag${index}` as const]));
  return [...set, ...askedIn(filter.protections), ...(asksKeys(filter) ? ["keys" as const] : []), ...pairs];
}

/** What ranges over names and Clouds, so that a tag's own rows can be asked without their resource. */
export interface NamedColumns {
  cloud: SQL;
  name: SQL;
  id: SQL;
}
export const ofResource: NamedColumns = { cloud: sql`${resource.cloudId}`, name: sql`${resource.name}`, id: sql`${resource.id}` };

/** Among ids, without a look-up that would count as a row read. */
export function isOneOf(column: SQL, ids: readonly number[]): SQL {
  return sql`instr(${`,${ids.join(",")},`}, ',' || ${column} || ',') > 0`;
}

/** Whatever is asked of the name or the tags and was not found by `covered`. */
export function namedConditions(filter: ResourceFilter, covered: ReadonlySet<Criterion>, at: NamedColumns): SQL[] {
  const conditions: SQL[] = [];
  if (filter.names && !covered.has("names")) conditions.push(sql`${at.name} IN (SELECT value FROM json_each(${JSON.stringify(filter.names)}))`);
  if (filter.notNames.length <= FEW_NAMES) conditions.push(...filter.notNames.map((name) => sql`${at.name} <> ${name}`));
  else conditions.push(sql`${at.name} NOT IN (SELECT value FROM json_each(${JSON.stringify(filter.notNames)}))`);
  if (filter.prefix !== null) conditions.push(sql`${at.name} >= ${filter.prefix} AND ${at.name} < ${filter.prefix + "\u{10ffff}"}`);
  if (filter.contains !== null) conditions.push(sql`instr(lower(${at.name}), ${filter.contains}) > 0`);
  return conditions;
}

/** Whatever is asked of the resource's own columns and was not found by `covered`. */
export function columnConditions(filter: ResourceFilter, covered: ReadonlySet<Criterion>): SQL[] {
  const conditions: SQL[] = [];
  if (filter.services && !covered.has("services")) conditions.push(isOneOf(sql`${resource.serviceId}`, filter.services));
  if (filter.statuses && !covered.has("statuses")) conditions.push(isOneOf(sql`${resource.status}`, filter.statuses));
  if (filter.environments && !covered.has("environments")) conditions.push(isOneOf(sql`${resource.environment}`, filter.environments));
  if (filter.types && !covered.has("types")) conditions.push(isOneOf(sql`${resource.type}`, filter.types));
  if (filter.zones && !covered.has("zones")) conditions.push(isOneOf(sql`${resource.zone}`, filter.zones));
  if (filter.networks && !covered.has("networks")) conditions.push(isInNetworks(filter.organizationId, filter.networks));
  for (const name of askedIn(filter.protections))
    if (!covered.has(name)) conditions.push(sql`${columnOf(name)} = ${codeFor(name, filter.protections[name]!)}`);
  if (filter.addresses && !covered.has("addresses"))
    conditions.push(sql`${address} IN (SELECT value FROM json_each(${JSON.stringify(filter.addresses)}))`);
  filter.tags.forEach((tag, index) => {
    if (covered.has(tag.value === null ? "keys" : `tag${index}`)) return;
    // A quote inside a value stands as \" in the stored text, so this can only be a pair, or the beginning of one.
    const { key, value } = { key: JSON.stringify(tag.key), value: tag.value === null ? "" : `"value":${JSON.stringify(tag.value)}}` };
    conditions.push(sql`instr(${resource.tags}, ${`{"key":${key},${value}`}) ${sql.raw(tag.absent ? "=" : ">")} 0`);
  });
  if (filter.balancers) conditions.push(...balancerConditions(filter.balancers));
  return conditions;
}

/** Of a network: whether it lies where what is asked for does. */
export function inZones({ zones }: ResourceFilter): SQL {
  return zones ? isOneOf(sql`network.zone`, zones) : sql`true`;
}

/** The networks are found once, and read no row of their own for each resource that is looked at. */
function isInNetworks(organizationId: number, names: readonly string[]): SQL {
  const ids = sql`SELECT group_concat(network.id) FROM network INDEXED BY network_name
    WHERE network.organization_id = ${organizationId} AND network.name IN (SELECT value FROM json_each(${JSON.stringify(names)}))`;
  return sql`coalesce(instr(',' || (${ids}) || ',', ',' || ${resource.network} || ','), 0) > 0`;
}

/** As the index resource_address has it. */
export const address = sql`json_extract(${resource.attributes}, '$.ipAddress')`;

export function tagId(organizationId: number, key: string, value: string): SQL {
  return sql`(SELECT tag.id FROM tag WHERE tag.organization_id = ${organizationId} AND tag.key = ${key} AND tag.value = ${value})`;
}

export function allOf(conditions: readonly SQL[]): SQL {
  return conditions.length === 0 ? sql`true` : sql.join(conditions as SQL[], sql` AND `);
}
