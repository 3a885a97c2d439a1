/**
 * What the search index (`resource_name`, 0003_search.sql and 0012_filters.sql) is asked for: parts of names, beginnings of names, and the codes of what a resource is.
 * It gives resources in the order of their ids and may give some that do not fit: three letters may stand apart in a name, and numbers are cut to 28
 * bits. Whoever asks it looks at the resource again.
 */
import { sql, type SQL } from "drizzle-orm";
import { makeId } from "../../../worker/contract/ids.ts";
import type { Facts } from "./facts.ts";
import type { ResourceFilter } from "./filter.ts";
import { askedIn, codesOf } from "./protections.ts";

/** More Clouds than these are cheaper looked at one by one: each is a list that the index has to merge. */
const FEW_CLOUDS = 8;
/** How much of a name its beginning is known by, in characters. */
export const BEGINNING = 24;
/** Every other criterion with more values than these as well. */
const FEW_CODES = 24;

const marks = {
  clouds: 14,
  services: 15,
  statuses: 16,
  environments: 17,
  types: 18,
  zones: 19,
  tag: 20,
  key: 21,
  protections: 25,
  networks: 26,
} as const;

const BASE = 16_384;
const FIRST = 0x4e00;

/** One group as the index has it. */
function group(mark: number, code: number): string {
  return quoted(String.fromCharCode(mark, FIRST + (Math.floor(code / BASE) % BASE), FIRST + (code % BASE)));
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const anyOf = (groups: readonly string[]) => `(${groups.join(" OR ")})`;
const allOf = (groups: readonly string[]) => groups.join(" AND ");

/** The index's expression for as much of a filter as it knows; null: it knows nothing that narrows. @param known what the dictionaries say, if they were asked */
export function matching(filter: ResourceFilter, known: Pick<Facts, "tags" | "networks"> | null): string | null {
  const asked = filter.contains === null ? [] : [trigrams(filter.contains)];
  if (filter.prefix !== null && pairs(filter.prefix, BEGINNING).length > 0) asked.push(beginning(filter.prefix));
  for (const criterion of ["statuses", "environments", "types", "zones", "services"] as const) {
    const codes = filter[criterion];
    if (codes && codes.length > 0 && codes.length <= FEW_CODES) asked.push(anyOf(codes.map((code) => group(marks[criterion], code))));
  }
  if (askedIn(filter.protections).length > 0) asked.push(anyOf(codesOf(filter.protections).map((sum) => group(marks.protections, sum))));
  const networks = known?.networks ?? [];
  if (networks.length > 0 && networks.length <= FEW_CODES) asked.push(anyOf(networks.map((id) => group(marks.networks, id))));
  filter.tags.forEach(({ key, value, absent }, index) => {
    if (absent) return;
    const tag = known?.tags[index];
    if (tag) asked.push(group(marks.tag, tag.id));
    else if (value === null) asked.push(...pairs(key, 8).map((pair, at) => quoted(String.fromCharCode(marks.key + at) + pair)));
  });
  if (filter.clouds.length <= FEW_CLOUDS && filter.clouds.length > 0) asked.push(anyOf(filter.clouds.map((cloud) => group(marks.clouds, cloud))));
  if (asked.length === 0) return null;
  const lacked = filter.tags.flatMap(({ absent }, index) => (absent ? (known?.tags[index] ?? []) : []));
  // Numbers that are not cut stand for themselves alone.
  const without = lacked.length <= FEW_CODES && lacked.every(({ id }) => id < BASE ** 2) ? lacked.map(({ id }) => group(marks.tag, id)) : [];
  return without.length === 0 ? allOf(asked) : `(${allOf(asked)}) NOT ${anyOf(without)}`;
}

/** A text's characters two by two, as far as they are whole pairs. */
function pairs(text: string, longest: number): string[] {
  const letters = [...text].slice(0, longest);
  return Array.from({ length: Math.floor(letters.length / 2) }, (_, at) => letters[2 * at]! + letters[2 * at + 1]!);
}

/** Every three letters in a row, all of them, as FTS5 wants it: with `detail=none` it knows no phrases. */
function trigrams(text: string): string {
  const letters = [...text];
  return allOf(letters.slice(2).map((_, at) => quoted(letters.slice(at, at + 3).join(""))));
}

/** Names that begin with a text in lower case; known by its first 24 characters, and one less where their number is odd. */
export function beginning(head: string): string {
  return `(${allOf(pairs(head, BEGINNING).map((pair, at) => quoted(String.fromCharCode(at + 1) + pair)))})`;
}

/** The ids after this one, or before it. */
export interface Beyond {
  id: number;
  descending: boolean;
}

/** All ids that the organization's resources can have in the region. */
export function idsOf(filter: ResourceFilter): { first: number; last: number } {
  const first = makeId({ region: filter.region, organization: filter.organizationId, sequence: 0 });
  return { first, last: first + 2 ** 32 };
}

/** The condition on `resource_name` of an expression in an organization. FTS5 takes one bound on each side, lower before upper, and ignores what is not INTEGER. */
export function matched(filter: ResourceFilter, expression: string, beyond: Beyond | null = null): SQL {
  const { first, last } = idsOf(filter);
  const from = beyond && !beyond.descending ? Math.max(beyond.id + 1, first) : first;
  const to = beyond?.descending ? Math.min(beyond.id - 1, last) : last;
  if (from > to) return sql`false`;
  return sql`resource_name MATCH ${expression} AND resource_name.rowid BETWEEN CAST(${from} AS INTEGER) AND CAST(${to} AS INTEGER)`;
}
