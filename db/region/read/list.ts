/**
 * One region's part of a list, in at most three steps: what the counters know (with the page itself, where its cost can be told at once), then the page
 * by the cheapest index, then rows by their ids when only keys were read. The caller merges regions between the steps.
 */
import { readTogether } from "../../commit.ts";
import { readAll } from "../../statement.ts";
import { boundaryBefore, readBoundary, type PageOf } from "./boundaries.ts";
import { plan, planAtOnce, type Plan, type Seen } from "./drivers.ts";
import { estimate, exactTotal, factsQuery, indexedOnly, upperBound, type Facts } from "./facts.ts";
import { criteriaOf, type ResourceFilter } from "./filter.ts";
import { matching } from "./matching.ts";
import { lookAround, type Candidates } from "./look-around.ts";
import {
  allKeys as allKeysOf,
  candidates,
  countAmong,
  countExcluded,
  firstKeys,
  newest,
  rowsAfter,
  rowsByIds,
  type ResourceRow,
} from "./resources.ts";
import { comparePositions, type Position, type Sort } from "./sorts.ts";
import type { SQL } from "drizzle-orm";

/** What the search index finds is looked at one by one up to so many; of more, the rows are passed in the list's own order. */
const FEW_CANDIDATES = 200;
/** Where probably no more than these match, the rest is looked at too, up to so many: the guess may be wrong by a sixth. */
const FEW_IN_ALL = 500;
const FEW_MORE = 400;
/** A total that no counter knows is counted up to so many rows read. */
const COUNTED = 1_000;
/** A list that has to be counted and passes so few rows is read whole, by its keys: page and total in one. */
const COLLECTED = 1_100;
/** A page that passes fewer rows is walked to; where more match than this, a walk soon meets them. */
const LONG_WALK = 600;
const MANY = 3_000;
/** Of more, no beginning of names is likely to hold few. */
const SCATTERED = 6_000;
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
  /** Some of the names that contain the text that is looked for, when they are many. */
  sample: Sample | null;
}

/** The oldest of what the search index finds, looked at. */
interface Sample {
  found: Candidates;
  /** The id of the organization's youngest resource. */
  newest: number;
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
  // Tags and networks are known by their numbers only when the dictionaries have been asked.
  const searched = filter.contains !== null && !filter.names && !filter.addresses && filter.tags.length === 0 && !filter.networks;
  if (searched) {
    statements.set("candidates", candidates(filter, sort, matching(filter, null)!, FEW_CANDIDATES + 1));
    statements.set("newest", newest(filter));
  }
  if (filter.notNames.length > 0) statements.set("excluded", countExcluded(filter));
  if (counted) statements.set("count", countAmong(counted, countLimit(counted)));
  if (driver && "after" in start) statements.set("rows", rowsAfter(driver, sort, start.after, size + 1));
  if (driver && "offset" in start) statements.set("keys", firstKeys(driver, sort, start.offset + size + 1));

  const results = await readTogether(database, [...statements.values()]);
  const resultOf = (name: string) => results[[...statements.keys()].indexOf(name)];
  const known = facts.read(results.slice(0, facts.statements.length));
  const sample = searched ? readSampled(resultOf("candidates")!, resultOf("newest")!) : null;
  const allKeys = sample ? keysOf(sample.found, sort, FEW_CANDIDATES) : null;
  const excluded = resultOf("excluded")?.results[0] as { excluded: number } | undefined;
  const boundary = resultOf("boundary");
  return {
    list,
    facts: known,
    total: sample
      ? { ...leastOf(sample), exact: allKeys !== null }
      : (fromCounters(filter, known, excluded?.excluded ?? 0) ?? (counted ? readCount(resultOf("count")!, counted) : null)),
    bound: allKeys ? allKeys.length : upperBound(filter, known),
    boundary: boundary ? readBoundary(boundary) : null,
    rows: (resultOf("rows")?.results as ResourceRow[] | undefined) ?? null,
    keys: (resultOf("keys")?.results as Position[] | undefined) ?? null,
    allKeys,
    sample: allKeys ? null : sample,
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

/** Second step; none when the first has it all, else one to five round trips, mostly one or two. */
export async function reach(database: D1Database, known: Survey, wanted: Reach): Promise<Reached> {
  const { list, facts, total, rows, keys, allKeys } = known;
  const { filter, sort } = list;
  const turned: Sort = "last" in wanted ? { ...sort, descending: !sort.descending } : sort;
  const from = (all: Position[]): Reached => ({
    total: total?.exact ? total : { n: all.length, exact: true },
    rows: null,
    keys: among(all, turned, wanted),
  });
  if (allKeys) return from(allKeys);
  if (total && rows && "after" in wanted) return { total, rows, keys: rows };
  if (total && keys && "first" in wanted) return { total, rows: null, keys };
  if (total?.exact && total.n === 0) return { total, rows: [], keys: [] };

  const need = "after" in wanted ? wanted.limit : "first" in wanted ? wanted.first : wanted.last;
  const planned = (of: ResourceFilter, seen: Seen | null) => plan(of, sort, sort.by === "other" ? Infinity : need, facts, seen);
  const guessed = planned(filter, null);
  const isShort = !guessed.match && guessed.rows * guessed.perRow <= (known.sample ? COLLECTED / 2 : COLLECTED);
  if (isShort && (!total?.exact || guessed.order !== sort.by)) return from(await readAll<Position>(database, allKeysOf(guessed, sort)));
  const expression = matching(filter, facts);
  const sample =
    known.sample ?? (expression && isWorthLooking(filter, facts, guessed, total) ? await readSample(database, filter, sort, expression) : null);
  const few = sample && expression && (await readFew(database, filter, sort, expression, sample));
  if (few) return from(few);
  const least = total ?? (sample && leastOf(sample));
  // A sample knows better than any guess how many match.
  const driver = sample ? planned(filter, seenBy(sample)) : guessed;
  const isNear = filter.contains === null && (driver.cost <= LONG_WALK || (sample && matchesBy(sample) > SCATTERED));
  const around =
    sample && expression && sort.by === "name" && !isNear
      ? await lookAround(database, { filter, sort: turned, expression, sample: sample.found, matches: matchesBy(sample) }, wanted)
      : null;
  if (around && "keys" in around) return { total: least!, rows: null, keys: among(around.keys, turned, wanted) };

  const best = around ? planned({ ...filter, windows: around.windows }, null) : driver;
  const page = "after" in wanted ? rowsAfter(best, sort, wanted.after, need) : firstKeys(best, turned, need);
  const results = await readTogether(database, least ? [page] : [page, countAmong(best, countLimit(best))]);
  const found = results[0]!.results as unknown[];
  return {
    total: least ?? readCount(results[1]!, best),
    rows: "after" in wanted ? (found as ResourceRow[]) : null,
    keys: found as Position[],
  };
}

/**
 * True where no counter knows how many match: what is asked for may go together or exclude each other, and a walk may pass all. Else where a walk passes
 * many rows, and what fits is so little that the search index has it sooner.
 */
function isWorthLooking(filter: ResourceFilter, facts: Facts, driver: Plan, total: Count | null): boolean {
  if (filter.names || filter.addresses) return false;
  if (!total?.exact) return true;
  const expected = estimate(indexedOnly(filter), facts);
  return driver.cost > LONG_WALK && driver.cost > 2 * Math.min(expected, FEW_CANDIDATES) && expected < MANY;
}

async function readSample(database: D1Database, filter: ResourceFilter, sort: Sort, expression: string): Promise<Sample> {
  const [found, youngest] = await readTogether(database, [candidates(filter, sort, expression, FEW_CANDIDATES + 1), newest(filter)]);
  return readSampled(found!, youngest!);
}

function readSampled(found: D1Result<Record<string, unknown>>, youngest: D1Result<Record<string, unknown>>): Sample {
  return { found: found.results as Candidates, newest: (youngest.results[0] as { id: number } | undefined)?.id ?? 0 };
}

/** All that fit, in the list's order, where the search index finds few; null: it finds more. */
async function readFew(database: D1Database, filter: ResourceFilter, sort: Sort, expression: string, sample: Sample): Promise<Position[] | null> {
  const few = keysOf(sample.found, sort, FEW_CANDIDATES);
  if (few || matchesBy(sample) > FEW_IN_ALL) return few;
  const after = sample.found.at(-1)!.id;
  const rest = await readAll<Candidates[number]>(database, candidates(filter, sort, expression, FEW_MORE + 1, { after }));
  return rest.length > FEW_MORE ? null : keysOf([...sample.found, ...rest], sort, Infinity);
}

/** How many there probably are of what a sample holds the oldest of: ids are given in order, most of them are still there. */
function matchesBy({ found, newest: youngest }: Sample): number {
  const seen = Math.max(...found.map(({ id }) => id % 2 ** 32), 1);
  return (found.length * Math.max(youngest % 2 ** 32, seen)) / seen;
}

function seenBy(sample: Sample): Seen {
  const found = matchesBy(sample);
  return { found, fitting: (found * leastOf(sample).n) / Math.max(sample.found.length, 1) };
}

/** What was seen of matches that are more than were looked at. */
function leastOf({ found }: Sample): Count {
  return { n: found.filter(({ fits }) => fits).length, exact: false };
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
  return upperBound(filter, facts) === 0 ? { n: 0, exact: true } : null;
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

/** In the list's order; null: there are more than these. */
function keysOf(candidates: Candidates, sort: Sort, most: number): Position[] | null {
  if (candidates.length > most) return null;
  return candidates
    .filter(({ fits }) => fits)
    .map(({ id, key }) => ({ id, key }))
    .sort((left, right) => comparePositions(sort, left, right));
}
