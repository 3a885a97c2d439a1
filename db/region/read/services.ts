/** A region's copy of the Services. Every region has the same ones; how many resources each has is the region's own. */
import { sql, type SQL } from "drizzle-orm";
import { readTogether } from "../../commit.ts";
import { readFirst } from "../../statement.ts";

export interface ServiceRow {
  id: number;
  cloud_id: number;
  name: string;
  environment: number;
  description: string | null;
  /** 1: it is being deleted. */
  closing: number;
  version: number;
  /** Of this region. */
  resources: number;
}

export interface ServiceList {
  clouds: readonly number[];
  names: readonly string[] | null;
  notNames: readonly string[];
  /** A part of the name. */
  search: string | null;
  descending: boolean;
  by: "name" | "id";
  after: { key: string | number; id: number } | null;
  offset: number;
  limit: number;
}

/** A narrowed list is counted up to so many; Services are some thousands at most. */
const COUNTED = 1_000;

const columns = sql`service.id AS id, service.cloud_id AS cloud_id, service.name AS name, service.environment AS environment,
  service.description AS description, service.closing AS closing, service.version AS version`;
const resources = sql`coalesce(cloud.cells ->> ('$.v' || page.id), 0) AS resources`;

export async function readServices(database: D1Database, list: ServiceList): Promise<{ rows: ServiceRow[]; total: { n: number; exact: boolean } }> {
  const clouds = sql`json_each(${JSON.stringify(list.clouds)}) AS wanted`;
  const narrow = conditions(list);
  const from = sql`${clouds} CROSS JOIN service INDEXED BY service_cloud_name ON service.cloud_id = wanted.value`;
  const narrowed = sql.join([sql`true`, ...narrow], sql` AND `);
  const way = sql.raw(list.descending ? "DESC" : "ASC");
  const order = list.by === "id" ? sql`service.id ${way}` : sql`service.name ${way}, service.id ${way}`;
  const total =
    narrow.length === 0
      ? sql`SELECT coalesce(sum(cloud.services), 0) AS n FROM ${clouds} CROSS JOIN cloud ON cloud.id = wanted.value`
      : sql`SELECT count(*) AS n FROM (SELECT 1 FROM ${from} WHERE ${narrowed} LIMIT ${COUNTED + 1})`;
  const [page, count] = await readTogether(database, [
    sql`SELECT page.*, ${resources} FROM (SELECT ${columns} FROM ${from} WHERE ${narrowed} ${beyond(list)} ORDER BY ${order} LIMIT ${list.limit} OFFSET ${list.offset}) AS page
      CROSS JOIN cloud ON cloud.id = page.cloud_id`,
    total,
  ]);
  const { n } = count!.results[0] as { n: number };
  const counted = narrow.length > 0 && n > COUNTED ? { n: COUNTED, exact: false } : { n, exact: true };
  return { rows: page!.results as unknown as ServiceRow[], total: counted };
}

/** One Service with the number of its resources in this region, or null. */
export async function readCopy(database: D1Database, id: number): Promise<ServiceRow | null> {
  return readFirst<ServiceRow>(
    database,
    sql`SELECT page.*, ${resources} FROM (SELECT ${columns} FROM service WHERE service.id = ${id}) AS page CROSS JOIN cloud ON cloud.id = page.cloud_id`,
  );
}

/** How many resources this region has in a Service, whatever its copy says. */
export async function countResources(database: D1Database, cloudId: number, id: number): Promise<number> {
  const row = await readFirst<{ n: number }>(
    database,
    sql`SELECT coalesce(cloud.cells ->> ('$.v' || CAST(${id} AS INTEGER)), 0) AS n FROM cloud WHERE cloud.id = ${cloudId}`,
  );
  return row?.n ?? 0;
}

function conditions({ names, notNames, search }: ServiceList): SQL[] {
  const narrow: SQL[] = [];
  if (names) narrow.push(sql`service.name IN (SELECT value FROM json_each(${JSON.stringify(names)}))`);
  if (notNames.length > 0) narrow.push(sql`service.name NOT IN (SELECT value FROM json_each(${JSON.stringify(notNames)}))`);
  if (search !== null) narrow.push(sql`instr(lower(service.name), ${search}) > 0`);
  return narrow;
}

function beyond({ after, by, descending }: ServiceList): SQL {
  if (!after) return sql``;
  const later = sql.raw(descending ? "<" : ">");
  if (by === "id") return sql`AND service.id ${later} ${after.id}`;
  return sql`AND service.name ${later}= ${after.key} AND (service.name ${later} ${after.key} OR service.id ${later} ${after.id})`;
}
