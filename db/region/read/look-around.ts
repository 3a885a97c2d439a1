/**
 * Where in the order of names many matches lie, when a walk would pass many other names before it meets them. Names cluster: with `asterix-app-…`,
 * `asterix-web-…`, `baobab-app-…` a search for `web` passes thousands before the first. So some matches are looked at, and the search index is asked
 * what lies outside the beginnings of their names. Either nothing does: then the page walks the ranges of these beginnings alone. Or few matches do and
 * the first beginnings have few: then they are all there is up to the page's end.
 */
import { readAll } from "../../statement.ts";
import type { ResourceFilter } from "./filter.ts";
import type { Reach } from "./list.ts";
import { BEGINNING } from "./matching.ts";
import { candidates } from "./resources.ts";
import { compareText, fold, type Position, type Sort } from "./sorts.ts";

/** What the search index found, looked at. */
export type Candidates = { id: number; key: string | number; name: string; fits: number }[];

export interface Look {
  filter: ResourceFilter;
  /** By name, in the direction of the walk. */
  sort: Sort;
  /** What the search index is asked for. */
  expression: string;
  /** Some of what it finds. */
  sample: Candidates;
  /** How many it probably finds in all. */
  matches: number;
}

/** A range in each Cloud, or all keys up to the page's end; null: neither is known, so the page walks. */
type Around = { windows: readonly (readonly [string, string])[] } | { keys: Position[] } | null;

/** Pages that reach further than so many rows walk. */
const NEAR = 150;
const FEW_WINDOWS = 16;
/** Beginnings that the search index is asked to leave out. */
const FEW_HEADS = 48;
/** Every two characters are one thing more that the index compares. */
const LONG_HEAD = 12;
/** Matches elsewhere that are looked at one by one. */
const FEW_ELSEWHERE = 300;

export async function lookAround(database: D1Database, look: Look, wanted: Reach): Promise<Around> {
  const { filter, sort, sample, matches } = look;
  const after = "after" in wanted ? wanted.after : null;
  const need = "after" in wanted ? wanted.limit : "first" in wanted ? wanted.first : wanted.last;
  const direction = sort.descending ? -1 : 1;
  const inOrder = (left: string, right: string) => direction * compareText(left, right);
  const all = sample.filter(({ fits }) => fits).map(({ name }) => fold(name));
  const ahead = all.filter((name) => !after || inOrder(name, fold(String(after.key))) > 0).sort(inOrder);
  // The page ends here or before: the sample alone would fill it.
  const end = ahead[need - 1];
  if (need > NEAR || end === undefined) return null;

  const heads = headsOf(all, filter.contains);
  if (!heads) return null;
  const isWithin = (head: string) => inOrder(head, end) <= 0 || end.startsWith(head);
  const near = heads.list.filter(isWithin);
  const others = (without: readonly string[]) => readOthers(database, look, without);
  // The first beginnings that probably hold twice the page, when they hold few: everything before the next one is then known.
  const ordered = heads.list
    .filter((head) => !after || inOrder(head, fold(String(after.key))) > 0 || fold(String(after.key)).startsWith(head))
    .sort(inOrder);
  const shareOf = (some: readonly string[]) => all.filter((name) => some.some((head) => name.startsWith(head))).length / all.length;
  const first = ordered.findIndex((_, index) => shareOf(ordered.slice(0, index + 1)) * matches >= 2 * need) + 1;
  const next = ordered[first];
  if (next !== undefined && first > 0 && shareOf(ordered.slice(0, first)) * matches <= FEW_ELSEWHERE) {
    const chosen = new Set(ordered.slice(0, first));
    const found = await others(heads.list.filter((head) => !chosen.has(head)));
    const known = found?.filter(({ name }) => inOrder(fold(name), next) < 0 && !fold(name).startsWith(next)) ?? [];
    const beyond = known.filter(({ name }) => !after || inOrder(fold(name), fold(String(after.key))) > 0);
    if (beyond.length >= need) return { keys: known.map(({ id, key }) => ({ id, key })) };
  }
  const elsewhere = heads.dense && near.length <= FEW_WINDOWS ? await others(heads.list) : null;
  if (!elsewhere || elsewhere.some(({ name }) => inOrder(fold(name), end) <= 0)) return null;
  return { windows: near.map((head) => (sort.descending ? [head, `${head}\u{10ffff}`] : [head, end.startsWith(head) ? end : `${head}\u{10ffff}`])) };
}

/** What fits and begins otherwise; null: it is too much. */
async function readOthers(database: D1Database, { filter, sort, expression }: Look, without: readonly string[]): Promise<Candidates | null> {
  const found = await readAll<Candidates[number]>(database, candidates(filter, sort, expression, FEW_ELSEWHERE + 1, { outside: without }));
  return found.length > FEW_ELSEWHERE ? null : found.filter(({ fits }) => fits);
}

/**
 * The beginnings of names, none within another. `dense`: every name that begins so has the text. Else as long as leaves few enough.
 * Null: there are too many whatever the length, or a name that is too short to be known by its beginning.
 */
function headsOf(names: readonly string[], text: string | null): { list: string[]; dense: boolean } | null {
  const whole = text === null ? null : disjoint(names.map((name) => headWith(name, text)));
  if (whole && whole.length <= FEW_HEADS && !whole.includes("")) return { list: whole, dense: true };
  for (let length = LONG_HEAD; length >= 2; length -= 2) {
    const list = disjoint(names.map((name) => evenHead(name, length)));
    if (!list.includes("") && list.length <= FEW_HEADS) return { list, dense: false };
  }
  return null;
}

function disjoint(heads: readonly string[]): string[] {
  const some = [...new Set(heads)];
  return some.filter((head) => !some.some((other) => other !== head && head.startsWith(other)));
}

/** Up to the end of the text; empty where an even length within reach does not hold it. */
function headWith(name: string, text: string): string {
  const end = Array.from(name.slice(0, name.indexOf(text))).length + Array.from(text).length;
  const length = end + (end % 2);
  return length <= BEGINNING && [...name].length >= length ? evenHead(name, length) : "";
}

/** Of an even length: that is how the index knows them. */
function evenHead(name: string, longest: number): string {
  const letters = [...name];
  return letters.slice(0, Math.min(longest, letters.length - (letters.length % 2))).join("");
}
