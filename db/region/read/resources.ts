/** The statements of a list of resources: rows, keys, candidates, counts. Which index they use is said in drivers.ts. */
import { sql, type SQL } from "drizzle-orm";
import type { Criterion, ResourceFilter } from "./filter.ts";
import { allOf, columnConditions, isOneOf, namedConditions, ofResource } from "./filter.ts";
import { byName, type Driver } from "./sources.ts";
import { beginning, idsOf, matched } from "./matching.ts";
import type { Position, Sort } from "./sorts.ts";
import { resource } from "../schema/index.ts";

/** A resource as a list or a reading of it needs it. `tags` and `attributes` are JSON text that goes out as it is. */
export interface ResourceRow {
  id: number;
  cloud_id: number;
  service_id: number;
  service_name: string | null;
  type: number;
  status: number;
  environment: number;
  zone: number;
  name: string;
  revision: number;
  observation: number;
  open_operation: number | null;
  open_label: string | null;
  created: number;
  created_by: string;
  tags: string;
  attributes: string;
  /** The code of the product that it is made of. */
  product: string | null;
  /** The sum of worker/contract/protection.ts; null until its zone has made it. */
  protection: number | null;
  /** Where it stands in the order of the list. */
  key: string | number;
}

const columns = sql`${resource.id} AS id, ${resource.cloudId}, ${resource.serviceId}, ${resource.type}, ${resource.status}, ${resource.environment}, ${resource.zone},
  ${resource.name} AS name, ${resource.revision}, ${resource.observation}, ${resource.openOperation}, ${resource.openLabel}, ${resource.created}, ${resource.createdBy},
  ${resource.tags}, ${resource.attributes}, ${resource.protection}`;

const backwards = (sort: Sort): SQL => (sort.descending ? sql.raw("DESC") : sql.raw("ASC"));

/** The key's expression in a driver: a tag's own rows have the name and the id, anything else is the resource's. */
function keyOf(driver: Driver, sort: Sort): SQL {
  return sort.by === "name" ? driver.columns.name : sort.by === "id" ? driver.columns.id : sort.key;
}

function orderOf(driver: Driver, sort: Sort): SQL {
  return sort.by === "id"
    ? sql`${driver.columns.id} ${backwards(sort)}`
    : sql`${keyOf(driver, sort)} ${backwards(sort)}, ${driver.columns.id} ${backwards(sort)}`;
}

/** What comes after a position, said so that an index in this order begins there. */
function beyond(driver: Driver, sort: Sort, after: Position | null): SQL[] {
  if (!after) return [];
  const later = sort.descending ? sql.raw("<") : sql.raw(">");
  if (sort.by === "id") return [sql`${driver.columns.id} ${later} ${after.id}`];
  const key = keyOf(driver, sort);
  return [sql`${key} ${later}= ${after.key} AND (${key} ${later} ${after.key} OR ${driver.columns.id} ${later} ${after.id})`];
}

/** FROM and WHERE of a driver, for an order that needs the resource's own columns when the driver has only the tag's. */
function found(driver: Driver, sort: Sort, after: Position | null): SQL {
  const from = driver.tagged && sort.by === "other" ? sql`${driver.from} CROSS JOIN resource ON ${resource.id} = tagged.resource_id` : driver.from;
  if (!driver.match) return sql`FROM ${from} WHERE ${allOf([...driver.conditions, ...beyond(driver, sort, after)])}`;
  return sql`FROM ${from} WHERE ${allOf([driver.match(after && { id: after.id, descending: sort.descending }), ...driver.conditions])}`;
}

const whole = sql`SELECT page.*, page.attributes ->> '$.productCode' AS product, service.name AS service_name`;
const withService = sql`LEFT JOIN service ON service.id = page.service_id`;

/** The next rows after a position, whole. */
export function rowsAfter(driver: Driver, sort: Sort, after: Position | null, limit: number): SQL {
  const order = orderOf(driver, sort);
  if (driver.tagged) {
    return sql`${whole} FROM (SELECT keyed.key AS key, ${columns} FROM
      (SELECT ${keyOf(driver, sort)} AS key, ${driver.columns.id} AS id ${found(driver, sort, after)} ORDER BY ${order} LIMIT ${limit}) AS keyed
      CROSS JOIN resource ON ${resource.id} = keyed.id) AS page ${withService}`;
  }
  return sql`${whole} FROM
    (SELECT ${keyOf(driver, sort)} AS key, ${columns} ${found(driver, sort, after)} ORDER BY ${order} LIMIT ${limit}) AS page ${withService}`;
}

/** The first keys of the list, without the rows: to find a page's place when it is far from any known position. */
export function firstKeys(driver: Driver, sort: Sort, limit: number): SQL {
  return sql`SELECT ${keyOf(driver, sort)} AS key, ${driver.columns.id} AS id ${found(driver, sort, null)} ORDER BY ${orderOf(driver, sort)} LIMIT ${limit}`;
}

/** All keys of a list that is known to be short, in no order: sorting would read each once more. */
export function allKeys(driver: Driver, sort: Sort): SQL {
  return sql`SELECT ${keyOf(driver, sort)} AS key, ${driver.columns.id} AS id ${found(driver, sort, null)}`;
}

/** Rows by their ids, with their key in an order. */
export function rowsByIds(sort: Sort, ids: readonly number[]): SQL {
  return sql`${whole} FROM
    (SELECT ${sort.key} AS key, ${columns} FROM json_each(${JSON.stringify(ids)}) AS wanted CROSS JOIN resource ON ${resource.id} = wanted.value) AS page ${withService}`;
}

const none: ReadonlySet<Criterion> = new Set();

/**
 * What the search index finds, with whether it fits the whole filter: at most `limit`, the oldest first.
 * @param outside none of the names that begin with these
 * @param after only what is younger than this id
 */
export function candidates(
  filter: ResourceFilter,
  sort: Sort,
  expression: string,
  limit: number,
  { outside = [], after = null }: { outside?: readonly string[]; after?: number | null } = {},
): SQL {
  const inClouds = isOneOf(sql`${resource.cloudId}`, filter.clouds);
  const fits = allOf([inClouds, ...namedConditions(filter, none, ofResource), ...columnConditions(filter, none)]);
  const narrowed = outside.length === 0 ? expression : `(${expression}) NOT (${outside.map(beginning).join(" OR ")})`;
  return sql`SELECT ${resource.id} AS id, ${sort.key} AS key, ${resource.name} AS name, ${fits} AS fits FROM
    (SELECT resource_name.rowid AS id FROM resource_name WHERE ${matched(filter, narrowed, after === null ? null : { id: after, descending: false })} LIMIT ${limit}) AS maybe CROSS JOIN resource ON ${resource.id} = maybe.id`;
}

/** The id of the organization's youngest resource. */
export function newest(filter: ResourceFilter): SQL {
  const { first, last } = idsOf(filter);
  return sql`SELECT ${resource.id} AS id FROM resource NOT INDEXED WHERE ${resource.id} BETWEEN CAST(${first} AS INTEGER) AND CAST(${last} AS INTEGER) ORDER BY ${resource.id} DESC LIMIT 1`;
}

/** How many fit among the first `limit` that a driver passes: `passed` below the limit means that all were passed. */
export function countAmong(driver: Driver, limit: number): SQL {
  return sql`SELECT count(*) AS passed, coalesce(sum(fits), 0) AS fitting FROM (SELECT (${allOf(driver.conditions)}) AS fits FROM ${driver.from} WHERE ${driver.match?.(null) ?? sql`true`} LIMIT ${limit})`;
}

/** How many of the names that the filter excludes would be in the list without that. */
export function countExcluded(filter: ResourceFilter): SQL {
  const driver = byName({ ...filter, notNames: [] }, none, filter.notNames);
  return sql`SELECT count(*) AS excluded FROM ${driver.from} WHERE ${allOf(driver.conditions)}`;
}
