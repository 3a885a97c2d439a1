/**
 * A list of resources over the regions that hold them. Each region is asked for one page after the same position; the pages are merged by the order's
 * own comparison and the totals added up. Far from the start a page begins at the boundary that the page before it left behind.
 */
import { keepBoundary, type PageOf } from "../../db/region/read/boundaries.ts";
import type { ResourceFilter } from "../../db/region/read/filter.ts";
import { reach, readRows, survey, type Count, type Reach, type Reached, type RegionList, type Survey } from "../../db/region/read/list.ts";
import type { ResourceRow } from "../../db/region/read/resources.ts";
import { comparePositions, type Position, type Sort } from "../../db/region/read/sorts.ts";
import { regions as regionTable, type Region } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { Problem } from "../gate/problem.ts";
import type { Cursor } from "./cursor.ts";
import { askEvery } from "./every-region.ts";
import { isAway, regionDatabase } from "./regions.ts";

/** Up to here a page is found by passing all rows before it. */
const NEAR = 1_000;
/** A page that nobody has walked to is found by passing all rows before it, or after it, up to so many. */
const JUMP = 10_000;
/** An order without an index sorts all that match, up to so many. */
const SORTED = 10_000;

export interface ListAsked {
  filter: Omit<ResourceFilter, "region">;
  /** Where to look; a filter on zones or regions leaves some out. */
  regions: readonly Region[];
  sort: Sort;
  page: number;
  size: number;
  cursor: Cursor | null;
  /** A hash of who asked for what. */
  query: string;
  allowPartial: boolean;
  now: number;
}

export interface ListPage {
  rows: { region: Region; row: ResourceRow }[];
  number: number;
  total: Count;
  more: boolean;
  /** The last row's place, when there is more. */
  end: Position | null;
  missing: Region[];
}

/** @throws Problem("region_unavailable" | "page_out_of_reach" | "sort_not_supported") */
export async function listResources(env: Env, asked: ListAsked): Promise<ListPage> {
  try {
    return await listLiving(env, asked);
  } catch (error) {
    // A region that went away between two steps: begin again without it.
    if (!asked.allowPartial || !isAway(error)) throw error;
    const region = error.details.members!["region"] as Region;
    const regions = asked.regions.filter((other) => other !== region);
    if (regions.length === asked.regions.length || regions.length === 0) throw error;
    const page = await listResources(env, { ...asked, regions });
    return { ...page, missing: [region, ...page.missing] };
  }
}

interface Part<Answer> {
  region: Region;
  answer: Answer;
}

async function listLiving(env: Env, asked: ListAsked): Promise<ListPage> {
  const { sort, size, cursor } = asked;
  const number = cursor ? cursor.page : asked.page;
  const offset = number * size;
  const far = !cursor && offset > NEAR && sort.by !== "other";
  const page: PageOf = { query: asked.query, page: number };
  const start: RegionList["start"] = cursor ? { after: cursor.position } : offset === 0 ? { after: null } : { offset };

  const { answers: surveys, missing } = await askEvery(asked.regions, asked.allowPartial, (region) => {
    const filter = { ...asked.filter, region: regionTable[region].code };
    return survey(regionDatabase(env, region), { filter, sort, start, size, boundary: far ? page : null, now: asked.now });
  });
  if (sort.by === "other") requireFew(surveys);

  const wanted = wayTo(offset, size, start, surveys);
  const { answers: parts } = await askEvery(
    surveys.map(({ region }) => region),
    false,
    (region) => reach(regionDatabase(env, region), surveys.find((part) => part.region === region)!.answer, wanted),
  );
  const { keys, more } = cut(parts, sort, wanted, offset, size);
  const rows = await wholeRows(env, parts, keys, sort);
  const total = addUp(parts, offset + keys.length, more, number === 0 || keys.length > 0);
  const end = more ? (keys[keys.length - 1]?.key ?? null) : null;
  if (end && !cursor && offset + size >= NEAR && sort.by !== "other")
    await leaveBoundary(
      env,
      surveys.map(({ region }) => region),
      { query: asked.query, page: number + 1 },
      end,
      asked.now,
    );
  return { rows, number, total, more, end, missing };
}

/** @throws Problem("sort_not_supported") */
function requireFew(surveys: readonly Part<Survey>[]): void {
  const bound = surveys.reduce((sum, { answer }) => sum + (answer.total?.exact ? answer.total.n : answer.bound), 0);
  if (bound <= SORTED) return;
  throw new Problem("sort_not_supported", {
    field: "sort",
    detail: `By this property at most ${SORTED} resources can be sorted; ${bound} match.`,
    change: "Sort by name, id or creationTime, or filter further.",
  });
}

/** How the page is reached: after a known position, or by passing what stands before it, or after it. @throws Problem("page_out_of_reach") */
function wayTo(offset: number, size: number, start: RegionList["start"], surveys: readonly Part<Survey>[]): Reach {
  if ("after" in start) return { after: start.after, limit: size + 1 };
  const boundary = surveys.map(({ answer }) => answer.boundary).find((found) => found !== null);
  if (boundary) return { after: boundary, limit: size + 1 };
  if (offset + size <= JUMP) return { first: offset + size + 1 };
  const totals = surveys.map(({ answer }) => answer.total);
  const total = totals.every((one) => one?.exact) ? totals.reduce((sum, one) => sum + one!.n, 0) : null;
  if (total !== null && offset >= total) return { first: 0 };
  if (total !== null && total - offset <= JUMP) return { last: total - offset };
  throw new Problem("page_out_of_reach", {
    field: "page",
    detail: `Page ${offset / size} begins at row ${offset}: farther than ${JUMP} rows from both ends, and nobody has walked there.`,
    change: "Walk the pages in order, or follow `nextCursor`: then every page costs the same.",
  });
}

interface Key {
  region: Region;
  key: Position;
}

/** The page's keys, out of the regions' own. */
function cut(parts: readonly Part<Reached>[], sort: Sort, wanted: Reach, offset: number, size: number): { keys: Key[]; more: boolean } {
  const merged = parts
    .flatMap(({ region, answer }) => answer.keys.map((key) => ({ region, key })))
    .sort((left, right) => comparePositions(sort, left.key, right.key));
  if ("last" in wanted) {
    const rest = merged.slice(Math.max(0, merged.length - wanted.last));
    return { keys: rest.slice(0, size), more: rest.length > size };
  }
  const rest = "first" in wanted ? merged.slice(offset) : merged;
  return { keys: rest.slice(0, size), more: rest.length > size };
}

/** In the page's order. Rows that are already here are not read again. */
async function wholeRows(env: Env, parts: readonly Part<Reached>[], keys: readonly Key[], sort: Sort): Promise<ListPage["rows"]> {
  const read = await Promise.all(
    parts.map(async ({ region, answer }) => {
      const ids = keys.filter((key) => key.region === region).map(({ key }) => key.id);
      if (answer.rows) return answer.rows;
      const { answers } = await askEvery([region], false, () => readRows(regionDatabase(env, region), sort, ids));
      return answers[0]!.answer;
    }),
  );
  const byId = new Map(read.flat().map((row) => [row.id, row]));
  // A row that was deleted between two steps is left out.
  return keys.flatMap(({ region, key }) => {
    const row = byId.get(key.id);
    return row ? [{ region, row }] : [];
  });
}

/** Whatever could not be counted, there are at least the rows that were seen; at the end of the list that is all of them. */
function addUp(parts: readonly Part<Reached>[], seen: number, more: boolean, reached: boolean): Count {
  const n = parts.reduce((sum, { answer }) => sum + answer.total.n, 0);
  if (parts.every(({ answer }) => answer.total.exact)) return { n, exact: true };
  if (!more && reached) return { n: seen, exact: true };
  return { n: Math.max(n, seen + (more ? 1 : 0)), exact: false };
}

/** In one region's database, whichever answers first in an order that the query itself gives. Without it the next page costs more, or is refused. */
async function leaveBoundary(env: Env, regions: readonly Region[], page: PageOf, end: Position, now: number): Promise<void> {
  const first = page.query.charCodeAt(0) % regions.length;
  for (const region of [...regions.slice(first), ...regions.slice(0, first)]) {
    try {
      await askEvery([region], false, () => keepBoundary(regionDatabase(env, region), page, end, now));
      return;
    } catch (error) {
      if (!isAway(error)) throw error;
    }
  }
}
