/** The dictionary of an organization's tags, as far as resources in given Clouds have them. */
import { sql, type SQL } from "drizzle-orm";
import { readAll } from "../../statement.ts";

export interface TagWords {
  organizationId: number;
  clouds: readonly number[];
  /** What the words begin with; upper and lower case differ. */
  prefix: string;
  after: string;
  limit: number;
}

/** D1 lets a function have 32 arguments. */
const PATHS = 31;

/** True when a resource of one of the Clouds has the tag: its counts there, read as text, hold more than zeros. No row is read for it. */
function isUsedIn(clouds: readonly number[]): SQL {
  const groups: SQL[] = [];
  for (let at = 0; at < clouds.length; at += PATHS) {
    // As text in the statement: D1 binds at most 100 parameters.
    const paths = clouds.slice(at, at + PATHS).map((cloud) => sql.raw(`'$.${Math.trunc(cloud)}'`));
    groups.push(sql`coalesce(json_extract(tag.counts, ${sql.join(paths, sql`, `)}) GLOB '*[1-9]*', 0)`);
  }
  return groups.length > 0 ? sql`(${sql.join(groups, sql` OR `)})` : sql`false`;
}

/** Keys in their order: from each key the index leads straight to the next, however many values lie between. */
export async function readTagKeys(database: D1Database, { organizationId, clouds, prefix, after, limit }: TagWords): Promise<string[]> {
  const next = (than: SQL) =>
    sql`(SELECT min(tag.key) FROM tag WHERE tag.organization_id = ${organizationId} AND tag.key > ${than} AND tag.key < ${prefix + "\u{10ffff}"})`;
  const first = sql`(SELECT min(tag.key) FROM tag WHERE tag.organization_id = ${organizationId} AND tag.key >= ${prefix} AND tag.key > ${after} AND tag.key < ${prefix + "\u{10ffff}"})`;
  const rows = await readAll<{ key: string }>(
    database,
    sql`WITH RECURSIVE keys(key) AS (SELECT ${first} UNION ALL SELECT ${next(sql`keys.key`)} FROM keys WHERE keys.key IS NOT NULL)
      SELECT keys.key AS key FROM keys WHERE keys.key IS NOT NULL
        AND EXISTS (SELECT 1 FROM tag WHERE tag.organization_id = ${organizationId} AND tag.key = keys.key AND ${isUsedIn(clouds)}) LIMIT ${limit}`,
  );
  return rows.map(({ key }) => key);
}

/** The values of one key, in their order. */
export async function readTagValues(
  database: D1Database,
  key: string,
  { organizationId, clouds, prefix, after, limit }: TagWords,
): Promise<string[]> {
  const rows = await readAll<{ value: string }>(
    database,
    sql`SELECT tag.value AS value FROM tag WHERE tag.organization_id = ${organizationId} AND tag.key = ${key} AND tag.value >= ${prefix} AND tag.value > ${after}
      AND tag.value < ${prefix + "\u{10ffff}"} AND ${isUsedIn(clouds)} ORDER BY tag.value LIMIT ${limit}`,
  );
  return rows.map(({ value }) => value);
}
