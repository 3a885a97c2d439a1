/**
 * One region's part of a list, in at most three steps: what the counters know (with the page itself, where its cost can be told at once), then the page
 * by the cheapest index, then rows by their ids when only keys were read. The caller merges regions between the steps.
 */
import { readTogether } from "../../commit.ts";
import { readAll } from "../../statement.ts";
import { boundaryBefore, readBoundary, type PageOf } from "./boundaries.ts";
import { plan, planAtOnce, type Plan } from "./drivers.ts";
import { exactTotal, factsQuery, lowerBound, upperBound, type Facts } from "./facts.ts";
import { criteriaOf, type ResourceFilter } from "./filter.ts";
import { allKeys as allKeysOf, candidates, countAmong, countExcluded, firstKeys, rowsAfter, rowsByIds, type ResourceRow } from "./resources.ts";
import { comparePositions, type Position, type Sort } from "./sorts.ts";
import type { SQL } from "drizzle-orm";

/** Names that may contain a text are looked at one by one up to so many; a more common text is asked of the rows as they come. */
const FEW_CANDIDATES = 500;
/** A total that no counter knows is counted up to so many rows read. */
const COUNTED = 1_000;
/** A list that has to be counted and passes so few rows is read whole, by its keys: page and total in one. */
const COLLECTED = 1_200;
/** Where more rows than that would have to be looked at, the total stays a lower bound, and so few are. */
const SAMPLED = 250;

export interface RegionList {
  filter: ResourceFilter;
  sort: Sort;
  /** Where the page begins: after a position (null: at the start), or so many rows from the start. */
  start: { after: Position | null } | { offset: number };
  size: number;
  /** Look for the boundary before this page. */
  boundary: PageOf | null;
  now: number;
}

/** A number of matches: exact, or at least so many. */
export interface Count {
  n: number;
  exact: boolean;
}

export interface Survey {
  list: RegionList;
  facts: Facts;
  /** Null: still to be counted. */
  total: Count | null;
  /** At most so many match. */
  bound: number;
  boundary: Position | null;
  /** The page's rows, or its keys from the start, or all keys that there are: whichever could be read at once. */
  rows: ResourceRow[] | null;
  keys: Position[] | null;
  allKeys: Position[] | null;
}

/** First step; one round trip. */
export async function survey(database: D1Database, list: RegionList): Promise<Survey> {
  const { filter, sort, start, size } = list;
  const driver = list.boundary ? null : planAtOnce(filter, sort);
  const facts = factsQuery(filter, sort.by === "id");
  const counted = driver && mustCount(filter) ? driver : null;
  const statements = new Map<string, SQL>();
  facts.statements.forEach((statement, index) => statements.set(`facts${index}`, statement));
  if (list.boundary) statements.set("boundary", boundaryBefore(list.boundary, list.now));
  if (filter.contains !== null) statements.set("candidates", candidates(filter, sort, FEW_CANDIDATES + 1));
  if (filter.notNames.length > 0) statements.set("excluded", countExcluded(filter));
  if (counted) statements.set("count", countAmong(counted, countLimit(counted)));
  if (driver && "after" in start) statements.set("rows", rowsAfter(driver, sort, start.after, size + 1));
  if (driver && "offset" in start) statements.set("keys", firstKeys(driver, sort, start.offset + size + 1));

  const results = await readTogether(database, [...statements.values()]);
  const resultOf = (name: string) => results[[...statements.keys()].indexOf(name)];
  const known = facts.read(results.slice(0, facts.statements.length));
  const allKeys = readCandidates(sort, resultOf("candidates"));
  const excluded = resultOf("excluded")?.results[0] as { excluded: number } | undefined;
  const boundary = resultOf("boundary");
  return {
    list,
    facts: known,
    total: allKeys
      ? { n: allKeys.length, exact: true }
      : (fromCounters(filter, known, excluded?.excluded ?? 0) ?? (counted ? readCount(resultOf("count")!, counted) : null)),
    bound: allKeys ? allKeys.length : upperBound(filter, known),
    boundary: boundary ? readBoundary(boundary) : null,
    rows: (resultOf("rows")?.results as ResourceRow[] | undefined) ?? null,
    keys: (resultOf("keys")?.results as Position[] | undefined) ?? null,
    allKeys,
  };
}

/** The page's rows after a position, or keys from the start or from the end; and the total, if it was still to be counted. */
export type Reach = { after: Position | null; limit: number } | { first: number } | { last: number };

export interface Reached {
  total: Count;
  rows: ResourceRow[] | null;
  /** In the list's order; of `last`, in the order turned round. */
  keys: Position[];
}

/** Second step; one round trip, or none when the first has it all. */
export async function reach(database: D1Database, { list, facts, total, rows, keys, allKeys }: Survey, wanted: Reach): Promise<Reached> {
  const { filter, sort } = list;
  const turned: Sort = "last" in wanted ? { ...sort, descending: !sort.descending } : sort;
  if (allKeys) return { total: total!, rows: null, keys: among(allKeys, turned, wanted) };
  if (total && rows && "after" in wanted) return { total, rows, keys: rows };
  if (total && keys && "first" in wanted) return { total, rows: null, keys };
  if (total?.exact && total.n === 0) return { total, rows: [], keys: [] };

  const need = "after" in wanted ? wanted.limit : "first" in wanted ? wanted.first : wanted.last;
  const driver = plan(filter, sort, sort.by === "other" ? Infinity : need, facts);
  if (!total && driver.rows * driver.perRow <= COLLECTED) {
    const all = await readAll<Position>(database, allKeysOf(driver, sort));
    return { total: { n: all.length, exact: true }, rows: null, keys: among(all, turned, wanted) };
  }
  const page = "after" in wanted ? rowsAfter(driver, sort, wanted.after, need) : firstKeys(driver, turned, need);
  const results = await readTogether(database, total ? [page] : [page, countAmong(driver, countLimit(driver))]);
  const found = results[0]!.results as unknown[];
  return {
    total: total ?? readCount(results[1]!, driver),
    rows: "after" in wanted ? (found as ResourceRow[]) : null,
    keys: found as Position[],
  };
}

/** Third step: rows of which only the keys are known, in no order. */
export async function readRows(database: D1Database, sort: Sort, ids: readonly number[]): Promise<ResourceRow[]> {
  return ids.length === 0 ? [] : readAll<ResourceRow>(database, rowsByIds(sort, ids));
}

function among(all: Position[], sort: Sort, wanted: Reach): Position[] {
  const ordered = [...all].sort((left, right) => comparePositions(sort, left, right));
  if ("first" in wanted) return ordered.slice(0, wanted.first);
  if ("last" in wanted) return ordered.slice(0, wanted.last);
  const { after, limit } = wanted;
  return (after ? ordered.filter((key) => comparePositions(sort, key, after) > 0) : ordered).slice(0, limit);
}

/** True where no counter can know the total. */
function mustCount(filter: ResourceFilter): boolean {
  const criteria = criteriaOf(filter);
  const beyondCounters = criteria.some((criterion) => criterion === "names" || criterion === "addresses");
  return beyondCounters || filter.contains !== null || filter.prefix !== null || filter.balancers !== null;
}

function fromCounters(filter: ResourceFilter, facts: Facts, excluded: number): Count | null {
  const n = exactTotal({ ...filter, notNames: [] }, facts);
  if (n !== null) return { n: n - excluded, exact: true };
  const least = lowerBound(filter, facts);
  return least === null ? null : { n: least, exact: false };
}

/** So that counting reads about the same whatever it takes to look at one row; where it cannot come to an end it stops early. */
function countLimit({ perRow, rows }: Plan): number {
  const reads = Number.isFinite(rows) && rows * perRow > COUNTED ? SAMPLED : COUNTED;
  return Math.floor(reads / perRow) + 1;
}

function readCount(result: D1Result<Record<string, unknown>>, driver: Plan): Count {
  const { passed, fitting } = result.results[0] as { passed: number; fitting: number };
  const limit = countLimit(driver);
  return passed < limit ? { n: fitting, exact: true } : { n: Math.min(fitting, limit - 1), exact: false };
}

function readCandidates(sort: Sort, result: D1Result<Record<string, unknown>> | undefined): Position[] | null {
  if (!result) return null;
  const maybe = result.results as { id: number; key: string | number; fits: number }[];
  if (maybe.length > FEW_CANDIDATES) return null;
  return maybe
    .filter(({ fits }) => fits)
    .map(({ id, key }) => ({ id, key }))
    .sort((left, right) => comparePositions(sort, left, right));
}
