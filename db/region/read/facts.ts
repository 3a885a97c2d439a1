/**
 * What the counters know about a list before it is read: how many match, and how many each index would have to pass. Counters are kept by triggers, so
 * this costs a row per Cloud, Service and tag, whatever the number of resources.
 */
import { sql, type SQL } from "drizzle-orm";
import type { Criterion, ResourceFilter } from "./filter.ts";
import { asksKeys, criteriaOf, inZones } from "./filter.ts";
import { countProtected, protectionsAsked, type ProtectionAsked } from "./protections.ts";

/** An organization with more sets of tag keys is asked for keys resource by resource. */
const MANY_SETS = 40;

type Counts = Record<string, number | undefined>;

export interface CloudFacts {
  id: number;
  counts: Counts;
  cells: Counts | null;
}

/** A tag of the dictionary. */
export interface TagFacts {
  id: number;
  counts: Counts;
}

export interface Facts {
  clouds: CloudFacts[];
  services: { id: number; cloudId: number; resources: number }[] | null;
  /** The ids of the networks that are asked for, in the zones that are; null: none are. */
  networks: number[] | null;
  /** The ids of the sets of tag keys that fit; null: no key is asked for, or nobody knows. */
  keySets: number[] | null;
  /** One for each pair that is asked for; null: no resource has it, or a key alone is. */
  tags: (TagFacts | null)[];
  /** How many resources the whole organization has in the region; null: not asked. */
  organizationTotal: number | null;
}

/** More than one of these at once needs the counts of every mix. */
const dimensions = { statuses: "s", environments: "e", types: "t", zones: "z" } as const;
type Dimension = keyof typeof dimensions;
const dimensionsOf = (filter: ResourceFilter): Dimension[] => (Object.keys(dimensions) as Dimension[]).filter((name) => filter[name] !== null);

export interface FactsQuery {
  statements: SQL[];
  read(results: readonly D1Result<Record<string, unknown>>[]): Facts;
}

/** @param organization also ask how many resources the organization has in the region */
export function factsQuery(filter: ResourceFilter, organization: boolean): FactsQuery {
  const clouds = JSON.stringify(filter.clouds);
  const cells = dimensionsOf(filter).length > 1;
  const statements: SQL[] = [
    cells
      ? sql`SELECT cloud.id, cloud.counts, cloud.cells FROM json_each(${clouds}) AS wanted CROSS JOIN cloud ON cloud.id = wanted.value`
      : sql`SELECT cloud.id, cloud.counts FROM json_each(${clouds}) AS wanted CROSS JOIN cloud ON cloud.id = wanted.value`,
  ];
  if (filter.services) {
    statements.push(sql`SELECT service.id, service.cloud_id, coalesce(cloud.cells ->> ('$.v' || service.id), 0) AS resources
      FROM json_each(${JSON.stringify(filter.services)}) AS wanted CROSS JOIN service ON service.id = wanted.value CROSS JOIN cloud ON cloud.id = service.cloud_id
      WHERE service.cloud_id IN (SELECT value FROM json_each(${clouds}))`);
  }
  if (filter.networks) {
    statements.push(sql`SELECT network.id FROM json_each(${JSON.stringify(filter.networks)}) AS wanted
      CROSS JOIN network INDEXED BY network_name ON network.organization_id = ${filter.organizationId} AND network.name = wanted.value
      WHERE ${inZones(filter)}`);
  }
  if (asksKeys(filter))
    statements.push(
      sql`SELECT key_set.id, key_set.keys FROM key_set WHERE key_set.organization_id = ${filter.organizationId} LIMIT ${MANY_SETS + 1}`,
    );
  for (const { key, value } of filter.tags) {
    if (value === null) continue;
    statements.push(
      sql`SELECT tag.id, tag.counts FROM tag WHERE tag.organization_id = ${filter.organizationId} AND tag.key = ${key} AND tag.value = ${value}`,
    );
  }
  // Ids of an organization lie together: its Clouds are a range of the directory's ids.
  if (organization)
    statements.push(sql`SELECT counts FROM cloud WHERE id > ${filter.organizationId * 2 ** 32} AND id < ${(filter.organizationId + 1) * 2 ** 32}`);
  return { statements, read: (results) => readFacts(filter, organization, results) };
}

function readFacts(filter: ResourceFilter, organization: boolean, results: readonly D1Result<Record<string, unknown>>[]): Facts {
  const tables = results.map(({ results: rows }) => rows);
  const clouds = (tables.shift() as { id: number; counts: string; cells?: string }[]).map(({ id, counts, cells }) => ({
    id,
    counts: JSON.parse(counts) as Counts,
    cells: cells === undefined ? null : (JSON.parse(cells) as Counts),
  }));
  const services = filter.services
    ? (tables.shift() as { id: number; cloud_id: number; resources: number }[]).map(({ id, cloud_id, resources }) => ({
        id,
        cloudId: cloud_id,
        resources,
      }))
    : null;
  const networks = filter.networks ? (tables.shift() as { id: number }[]).map(({ id }) => id) : null;
  const keySets = asksKeys(filter) ? fittingSets(filter, tables.shift() as { id: number; keys: string }[]) : null;
  const tags = filter.tags.map(({ value }) => {
    const row = value === null ? undefined : (tables.shift() as { id: number; counts: string }[])[0];
    return row ? { id: row.id, counts: JSON.parse(row.counts) as Counts } : null;
  });
  const organizationTotal = organization
    ? (tables.shift() as { counts: string }[]).reduce((sum, { counts }) => sum + totalOf(JSON.parse(counts) as Counts), 0)
    : null;
  return { clouds, services, networks, keySets, tags, organizationTotal };
}

function fittingSets({ tags }: ResourceFilter, rows: readonly { id: number; keys: string }[]): number[] | null {
  if (rows.length > MANY_SETS) return null;
  return rows
    .filter(({ keys }) => {
      const has = new Set(JSON.parse(keys) as string[]);
      return tags.every(({ key, value, absent }) => value !== null || has.has(key) !== absent);
    })
    .map(({ id }) => id);
}

/** All resources of a Cloud: each has one status. */
function totalOf(counts: Counts): number {
  return (counts["s1"] ?? 0) + (counts["s2"] ?? 0) + (counts["s3"] ?? 0);
}

/** All resources of the Clouds in question. */
export function allResources(facts: Facts): number {
  return facts.clouds.reduce((sum, { counts }) => sum + totalOf(counts), 0);
}

/** How many resources one criterion alone leaves. Null: no counter knows (names, addresses, keys among very many sets). */
export function countOf(criterion: Criterion, filter: ResourceFilter, facts: Facts): number | null {
  if (criterion === "services") return facts.services!.reduce((sum, { resources }) => sum + resources, 0);
  if (criterion === "names" || criterion === "addresses") return null;
  if (criterion === "networks") return facts.clouds.reduce((sum, { counts }) => sum + inNetworks(counts, facts), 0);
  if (isProtection(criterion)) {
    return countOfProtections({ ...filter, protections: { [criterion]: filter.protections[criterion] } }, facts);
  }
  if (criterion === "keys") return facts.keySets && facts.clouds.reduce((sum, { counts }) => sum + inKeySets(counts, facts), 0);
  if (criterion.startsWith("tag")) {
    const index = Number(criterion.slice(3));
    const having = inClouds(facts.tags[index]?.counts ?? {}, filter.clouds);
    return filter.tags[index]!.absent ? allResources(facts) - having : having;
  }
  const letter = dimensions[criterion as Dimension];
  return facts.clouds.reduce(
    (sum, { counts }) => sum + filter[criterion as Dimension]!.reduce((some, code) => some + (counts[`${letter}${code}`] ?? 0), 0),
    0,
  );
}

const isProtection = (criterion: Criterion): criterion is ProtectionAsked => (protectionsAsked as readonly string[]).includes(criterion);

function inNetworks(counts: Counts, { networks }: Facts): number {
  return networks!.reduce((sum, id) => sum + (counts[`n${id}`] ?? 0), 0);
}

function inKeySets(counts: Counts, { keySets }: Facts): number {
  return keySets!.reduce((sum, id) => sum + (counts[`k${id}`] ?? 0), 0);
}

function inClouds(counts: Counts, clouds: readonly number[]): number {
  return clouds.reduce((sum, cloud) => sum + (counts[cloud] ?? 0), 0);
}

/** How many resources the protections leave together. */
function countOfProtections({ protections }: ResourceFilter, facts: Facts): number {
  return facts.clouds.reduce((sum, { counts }) => sum + countProtected(counts, protections), 0);
}

/** How many resources status, environment, type and zone leave together. */
export function countOfDimensions(filter: ResourceFilter, facts: Facts): number {
  return facts.clouds.reduce((sum, cloud) => sum + ofCloud(cloud, filter), 0);
}

/** The same in one Cloud. */
function ofCloud({ counts, cells }: CloudFacts, filter: ResourceFilter): number {
  const set = dimensionsOf(filter);
  if (set.length === 0) return totalOf(counts);
  if (set.length === 1) return filter[set[0]!]!.reduce((some, code) => some + (counts[`${dimensions[set[0]!]}${code}`] ?? 0), 0);
  const wanted = set.map((name) => ({ letter: dimensions[name], codes: new Set(filter[name]) }));
  let sum = 0;
  for (const cell in cells) {
    if (cell.startsWith("v")) continue;
    const codes = Object.fromEntries(cell.matchAll(/([setz])(\d+)/g).map(([, letter, code]) => [letter!, Number(code)]));
    if (wanted.every(({ letter, codes: some }) => some.has(codes[letter]!))) sum += cells[cell] ?? 0;
  }
  return sum;
}

/**
 * The Clouds that can hold what is asked for, those with the most of it first: the sooner a page is full of good rows, the sooner the ranges of the
 * others stop.
 */
export function cloudsByMatches(filter: ResourceFilter, facts: Facts): number[] {
  const ofServices = facts.services && new Set(facts.services.map(({ cloudId }) => cloudId));
  const isProtected = criteriaOf(filter).some(isProtection);
  const ofTags = filter.tags.flatMap(({ value, absent }, index) => (value === null || absent ? [] : [facts.tags[index]?.counts ?? {}]));
  return facts.clouds
    .filter(({ counts }) => !facts.keySets || inKeySets(counts, facts) > 0)
    .filter(({ counts }) => (!facts.networks || inNetworks(counts, facts) > 0) && (!isProtected || countProtected(counts, filter.protections) > 0))
    .filter(({ id }) => (!ofServices || ofServices.has(id)) && ofTags.every((counts) => (counts[id] ?? 0) > 0))
    .map((cloud) => ({ id: cloud.id, matches: ofCloud(cloud, filter) }))
    .filter(({ matches }) => matches > 0)
    .sort((left, right) => right.matches - left.matches)
    .map(({ id }) => id);
}

/** A network lies in one zone: what is known of networks says it all. */
function withoutImplied(filter: ResourceFilter): ResourceFilter {
  return filter.networks ? { ...filter, zones: null } : filter;
}

/** The part of a filter that the search index knows: matching.ts. */
export function indexedOnly(filter: ResourceFilter): ResourceFilter {
  const prefix = filter.prefix && filter.prefix.length > 1 ? filter.prefix : null;
  return { ...filter, names: null, notNames: [], prefix, addresses: null, balancers: null };
}

/** The exact total where counters know it: any mix of status, environment, type and zone; any mix of protections; Services, networks, one pair, any keys alone. Else null. */
export function exactTotal(filter: ResourceFilter, facts: Facts): number | null {
  if (filter.contains !== null || filter.prefix !== null || filter.notNames.length > 0 || filter.balancers) return null;
  const criteria = criteriaOf(withoutImplied(filter));
  if (criteria.every((criterion) => criterion in dimensions)) return countOfDimensions(filter, facts);
  if (criteria.every(isProtection)) return countOfProtections(filter, facts);
  return criteria.length === 1 ? countOf(criteria[0]!, filter, facts) : null;
}

/** At most so many match; every criterion alone is an upper bound. */
export function upperBound(filter: ResourceFilter, facts: Facts): number {
  const counts = criteriaOf(filter).map((criterion) => countOf(criterion, filter, facts) ?? Infinity);
  return Math.min(countOfDimensions(filter, facts), ...counts);
}

/** How many probably match, taking the criteria as independent of each other. */
export function estimate(filter: ResourceFilter, facts: Facts): number {
  const all = Math.max(allResources(facts), 1);
  const fractions = criteriaOf(filter)
    .filter((criterion) => !(criterion in dimensions) && !isProtection(criterion))
    .map((criterion) => (countOf(criterion, filter, facts) ?? guess(criterion, filter, facts)) / all);
  // The beginning of a name is a range of every index in the order of names; within the windows of a text there is little else.
  if (!filter.windows && filter.contains !== null) fractions.push(COMMON_TEXT);
  if (filter.balancers) fractions.push(SOME_BALANCERS);
  // What has one protection often has the others: they are counted together.
  if (criteriaOf(filter).some(isProtection)) fractions.push(countOfProtections(filter, facts) / all);
  return fractions.reduce((product, fraction) => product * Math.min(fraction, 1), countOfDimensions(withoutImplied(filter), facts));
}

/** A key of an organization with very many sets of them is one that many resources have, as a fraction of all. */
const MANY_HAVE = 0.1;
/** A text that is too common to look at every name that has it, as a fraction of all names. */
export const COMMON_TEXT = 0.05;

/** What a filter on the attributes of balancers leaves of them. */
const SOME_BALANCERS = 0.25;

function guess(criterion: Criterion, filter: ResourceFilter, facts: Facts): number {
  if (criterion === "names") return filter.names!.length;
  if (criterion === "addresses") return filter.addresses!.length;
  return filter.tags.some(({ value, absent }) => value === null && !absent) ? MANY_HAVE * allResources(facts) : allResources(facts);
}
