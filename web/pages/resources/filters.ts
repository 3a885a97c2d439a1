/**
 * What the resources page shows is all in its URL, under the names that the API itself uses: the page's query is the query of
 * `GET /itcare/compute/resources`, so that a link, the back button and the equivalent curl are one and the same thing.
 */
import { environmentList, familyList, statusList, typeList } from "../../../worker/contract/resource-types.ts";
import { zoneList } from "../../../worker/contract/topology.ts";
import { choice, list, readState, text, whole, writeState, type Codec, type StateOf } from "../../url-state.ts";

export const sortColumns = ["name", "creationTime", "status", "environment", "type", "availabilityZone", "serviceName"] as const;
export type SortColumn = (typeof sortColumns)[number];

export const pageSizes = ["20", "50", "100", "200"] as const;
export const defaultSize = "50";

/** Lists whose words must look like something: ids in decimal, tags as `key:value`, `key:` (any value) or, turned round, `!key:`. */
const listOf = (form: RegExp): Codec<string[]> => {
  const any = list();
  return { read: (values) => any.read(values).filter((value) => form.test(value)), write: any.write };
};
const ids = listOf(/^[1-9]\d{0,15}$/);
export const tagForm = /^!?[^:,!][^:,]*:[^,]*$/;
const tags = listOf(tagForm);

const sort: Codec<{ column: SortColumn; descending: boolean }> = {
  read: ([value = ""]) => {
    const [name, direction] = value.split(",");
    const column = sortColumns.find((known) => known === name);
    return column ? { column, descending: direction === "desc" } : { column: "name", descending: false };
  },
  write: ({ column, descending }) => (column === "name" && !descending ? [] : [`${column},${descending ? "desc" : "asc"}`]),
};

export const listSpec = {
  types: list(typeList),
  families: list(familyList),
  statuses: list(statusList),
  environments: list(environmentList),
  az: list(zoneList),
  clouds: ids,
  services: ids,
  tags,
};
export type ListName = keyof typeof listSpec;
export const listNames = Object.keys(listSpec) as ListName[];

const querySpec = { search: text(), ...listSpec, sort, page: whole(0), size: choice(pageSizes, defaultSize) };
export type ResourceQuery = StateOf<typeof querySpec>;

/** Whatever stands in the URL, the result can be shown: words that nobody knows are dropped, numbers are brought into their range. */
export function readQuery(search: URLSearchParams): ResourceQuery {
  return readState(querySpec, search);
}

/** The page's query: only what differs from the default, always in the same order; what belongs to others is kept. */
export function writeQuery(query: ResourceQuery, kept = new URLSearchParams()): URLSearchParams {
  return writeState(querySpec, query, kept);
}

export function emptyQuery(): ResourceQuery {
  return readQuery(new URLSearchParams());
}

/** The query as the API wants it: nothing left to defaults, and a list that misses a region says so instead of failing. */
export function apiQuery(query: ResourceQuery): Record<string, string> {
  const sent: Record<string, string> = {
    page: String(query.page),
    size: query.size,
    sort: `${query.sort.column},${query.sort.descending ? "desc" : "asc"}`,
    partial: "true",
  };
  if (query.search.trim()) sent.search = query.search.trim();
  for (const name of listNames) if (query[name].length > 0) sent[name] = query[name].join(",");
  return sent;
}

export function isFiltered(query: ResourceQuery): boolean {
  return query.search.trim() !== "" || listNames.some((name) => query[name].length > 0);
}

/** The same query with a word in or out of one list, back on the first page. */
export function toggled(query: ResourceQuery, name: ListName, word: string): ResourceQuery {
  const words = query[name];
  return { ...query, page: 0, [name]: words.includes(word) ? words.filter((other) => other !== word) : [...words, word] };
}

/** Everything shown again; the order and the size of a page are no filters and stay. */
export function cleared(query: ResourceQuery): ResourceQuery {
  return { ...emptyQuery(), sort: query.sort, size: query.size };
}

/** Sorting by the column that is sorted turns it round; by another begins ascending. */
export function sortedBy(query: ResourceQuery, column: SortColumn): ResourceQuery {
  return { ...query, page: 0, sort: { column, descending: query.sort.column === column && !query.sort.descending } };
}
