/**
 * How rows are found: by which index, over which of its ranges. SQLite's planner is never asked. With the rows of each range in the order of names, a
 * page stops each range as soon as the page holds better rows; so few ranges and many matches among what is passed make a cheap page.
 */
import { sql, type SQL } from "drizzle-orm";
import { allResources, cloudsByMatches, COMMON_TEXT, countOf, estimate, indexedOnly, type Facts } from "./facts.ts";
import { criteriaOf, type Criterion, type ResourceFilter } from "./filter.ts";
import { matching } from "./matching.ts";
import { askedIn, codeFor, columnOf } from "./protections.ts";
import type { Sort } from "./sorts.ts";
import { byAddress, byId, byKeys, byMatch, byName, byNetwork, byService, byTag, indexes, ranged, type Driver } from "./sources.ts";
import { families, familyList } from "../../../worker/contract/resource-types.ts";
import { resource } from "../schema/index.ts";

const familyCodes: number[] = familyList.map((family) => families[family].code);

export interface Plan extends Driver {
  /** How many rows the ranges hold, as far as counters know. */
  rows: number;
  /** How many rows a page probably reads. */
  cost: number;
  /** The order in which rows are found; what is not wanted in this order is cheaper sorted when all of it has been read. */
  order: "name" | "id";
}

/** How much the search index probably finds in all, and how much of it fits. */
export interface Seen {
  found: number;
  fitting: number;
}

interface Candidate {
  covers: Criterion[];
  ranges: number;
  rows: number;
  order: "name" | "id";
  make(covered: ReadonlySet<Criterion>): Driver;
}

/** Ranges for each Cloud of a list that is planned without looking at counters first; more are weighed. */
const FEW_RANGES = 2;

const category = sql`${resource.type} / 10`;

/**
 * The driver of a list whose cost can be told without counters: at most one criterion, in the order of names.
 * @returns null: look at the counters first
 */
export function planAtOnce(filter: ResourceFilter, sort: Sort): Plan | null {
  if (sort.by !== "name" || criteriaOf(filter).length > 1 || filter.contains !== null) return null;
  const [best, second] = candidates(filter, null).sort((left, right) => right.covers.length - left.covers.length || left.ranges - right.ranges);
  if (criteriaOf(filter).length > 0 && best!.covers.length === 0) return null;
  if (best!.ranges > FEW_RANGES * Math.max(filter.clouds.length, 1) && second && !filter.names) return null;
  return planned(best!, 0);
}

function planned({ covers, rows, order, make }: Candidate, cost: number): Plan {
  return { ...make(new Set(covers)), rows, cost, order };
}

/** How many rows more ranges pass than one, for a page in the order of names: each begins before it is known where the page ends. */
function spread(ranges: number): number {
  return 1 + Math.log(Math.max(ranges, 1)) / 2;
}

/**
 * The driver that passes the fewest rows.
 * @param need how many rows of the list have to be seen; Infinity: all
 * @param seen what is known from looking at some; null: what matches is guessed, as if the criteria were independent
 */
export function plan(asked: ResourceFilter, sort: Sort, need: number, facts: Facts, seen: Seen | null): Plan {
  const filter = { ...asked, clouds: cloudsByMatches(asked, facts) };
  const within = { ...facts, clouds: facts.clouds.filter(({ id }) => filter.clouds.includes(id)) };
  // A beginning is a range in the order of names, and a rarity in the order of ids.
  const rarity = filter.prefix === null ? 1 : COMMON_TEXT;
  const matches = Math.max(seen ? seen.fitting / rarity : estimate(filter, within), 1);
  const windows = filter.windows?.length ?? 1;
  const costOf = ({ ranges, rows, covers, order }: Candidate): number => {
    // A tag's own rows are looked at in the resource for everything else.
    const perRow = covers.some((criterion) => criterion.startsWith("tag")) && criteriaOf(filter).length > covers.length ? 2 : 1;
    const met = order === "id" ? Math.max(matches * rarity, 1) : matches;
    const early = sort.by === order ? ((need * rows) / met) * spread(order === "name" ? ranges : 1) : Infinity;
    return 2 * ranges * windows + perRow * Math.min(rows, early);
  };
  const ways = candidates(filter, within);
  if (sort.by === "id") ways.push(...inOrderOfIds(filter, facts, seen?.found ?? guessFound(asked, facts)));
  return ways
    .map((way) => ({ way, cost: costOf(way) }))
    .sort((left, right) => left.cost - right.cost)
    .map(({ way, cost }) => planned(way, cost))[0]!;
}

/** Every way that the filter leaves open. @param facts null: what is there is not known */
function candidates(filter: ResourceFilter, facts: Facts | null): Candidate[] {
  const rowsOf = (criterion: Criterion) => (facts && countOf(criterion, filter, facts)) ?? Infinity;
  const ways: Candidate[] = [
    {
      covers: [],
      ranges: filter.clouds.length,
      rows: facts ? allResources(facts) : Infinity,
      order: "name",
      make: (covered) => ranged(filter, covered, indexes.name, [], []),
    },
  ];
  const dimension = (criterion: Criterion, index: SQL, column: SQL, codes: readonly number[]) =>
    ways.push({
      covers: [criterion],
      ranges: filter.clouds.length * codes.length,
      rows: rowsOf(criterion),
      order: "name",
      make: (covered) => ranged(filter, covered, index, [column], [codes]),
    });
  if (filter.statuses) dimension("statuses", indexes.status, sql`${resource.status}`, filter.statuses);
  if (filter.environments) dimension("environments", indexes.environment, sql`${resource.environment}`, filter.environments);
  if (filter.zones) dimension("zones", indexes.zone, sql`${resource.zone}`, filter.zones);
  for (const name of askedIn(filter.protections))
    dimension(name, indexes[name], sql`${resource.protection} IS NOT NULL AND ${columnOf(name)}`, [codeFor(name, filter.protections[name]!)]);
  if (filter.networks)
    ways.push({
      covers: filter.zones ? ["networks", "zones"] : ["networks"],
      ranges: filter.clouds.length * (facts?.networks?.length ?? filter.networks.length),
      rows: rowsOf("networks"),
      order: "name",
      make: (covered) => byNetwork(filter, covered),
    });
  if (filter.types) {
    dimension("types", indexes.type, sql`${resource.type}`, filter.types);
    const whole = wholeCategories(filter.types);
    if (whole) dimension("types", indexes.category, category, whole);
    else if (facts) ways.push(withinCategories(filter, filter.types, facts));
  }
  if (filter.names) {
    const { names } = filter;
    ways.push({
      covers: ["names"],
      ranges: filter.clouds.length * names.length,
      rows: filter.clouds.length * names.length,
      order: "name",
      make: (covered) => byName(filter, covered, names),
    });
  }
  if (filter.services)
    ways.push({
      covers: ["services"],
      ranges: filter.services.length,
      rows: rowsOf("services"),
      order: "name",
      make: (covered) => byService(filter, covered),
    });
  if (filter.addresses)
    ways.push({
      covers: ["addresses"],
      ranges: filter.clouds.length * filter.addresses.length,
      rows: filter.clouds.length * filter.addresses.length,
      order: "name",
      make: (covered) => byAddress(filter, covered),
    });
  if (facts?.keySets) {
    const sets = facts.keySets;
    const ranges = facts.clouds
      .filter(({ id }) => filter.clouds.includes(id))
      .flatMap(({ id, counts }) => sets.filter((set) => (counts[`k${set}`] ?? 0) > 0).map((set) => [id, set]));
    ways.push({
      covers: ["keys"],
      ranges: ranges.length,
      rows: rowsOf("keys"),
      order: "name",
      make: (covered) => byKeys(filter, covered, ranges),
    });
  }
  filter.tags.forEach(({ value, absent }, index) => {
    // What lacks a pair stands in no index: it is found among the others.
    if (value === null || absent) return;
    const criterion = `tag${index}` as const;
    ways.push({
      covers: [criterion],
      ranges: filter.clouds.length,
      rows: rowsOf(criterion),
      order: "name",
      make: (covered) => byTag(filter, covered, index),
    });
  });
  return ways;
}

/** Families that are the most of their category are found sooner in the whole category. */
function withinCategories(filter: ResourceFilter, types: readonly number[], facts: Facts): Candidate {
  const tens = [...new Set(types.map((code) => Math.floor(code / 10)))];
  const families = familyCodes.filter((code) => tens.includes(Math.floor(code / 10)));
  return {
    covers: [],
    ranges: filter.clouds.length * tens.length,
    rows: countOf("types", { ...filter, types: families }, facts)!,
    order: "name",
    make: (covered) => ranged(filter, covered, indexes.category, [category], [tens]),
  };
}

/**
 * The orders by id: the organization's resources one by one, or what the search index finds, which costs two rows each.
 * @param found how much that probably is
 */
function inOrderOfIds(filter: ResourceFilter, facts: Facts, found: number): Candidate[] {
  const all = facts.organizationTotal ?? allResources(facts);
  const expression = matching(filter, facts);
  const ways: Candidate[] = [{ covers: [], ranges: 1, rows: all, order: "id", make: (covered) => byId(filter, covered) }];
  if (expression === null || allResources(facts) === 0) return ways;
  return [...ways, { covers: [], ranges: 1, rows: 2 * found, order: "id", make: (covered) => byMatch(filter, covered, expression) }];
}

/** How much the search index probably finds; what is in Clouds that the reader does not see is found too. */
function guessFound(filter: ResourceFilter, facts: Facts): number {
  const visible = Math.max(allResources(facts), 1);
  return estimate(indexedOnly(filter), facts) * Math.max((facts.organizationTotal ?? visible) / visible, 1);
}

/** The tens that the families' codes share, when they are whole categories and nothing else; else null. */
function wholeCategories(types: readonly number[]): number[] | null {
  const asked = new Set(types);
  const tens = [...new Set(types.map((code) => Math.floor(code / 10)))];
  return tens.every((ten) => familyCodes.filter((code) => Math.floor(code / 10) === ten).every((code) => asked.has(code))) ? tens : null;
}
