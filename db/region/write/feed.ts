/** Taking the directory's feed into the region's copies. */
import { sql, type SQL } from "drizzle-orm";
import { commit } from "../../commit.ts";
import type { CloudCopy, FeedBody, FeedRow } from "../../feed.ts";

/**
 * Takes rows in their order, all or none. What was taken before does nothing again: a row that comes twice, or late, is known by its number.
 * @param rows in ascending order, beginning with the oldest that the directory still has
 */
export async function takeFeed(database: D1Database, rows: readonly FeedRow[]): Promise<void> {
  const last = rows[rows.length - 1]!.number;
  await commit(database, [
    ...rows.map(({ number, body }) => ({ query: changeOf(JSON.parse(body) as FeedBody, sql`(SELECT number FROM feed_taken) < ${number}`) })),
    { query: sql`UPDATE feed_taken SET number = ${last} WHERE number < ${last}` },
  ]);
}

function changeOf(body: FeedBody, isNew: SQL): SQL {
  if (body.kind === "service-gone") return sql`DELETE FROM service WHERE id = ${body.id} AND ${isNew}`;
  if (body.kind === "cloud") return cloudChange(body.cloud, isNew);
  const { id, cloudId, name, environment, description, version, closing } = body.service;
  return sql`INSERT INTO service (id, cloud_id, name, environment, description, version, closing)
    SELECT ${id}, ${cloudId}, ${name}, ${environment}, ${description}, ${version}, ${Number(closing)} WHERE ${isNew}
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, environment = excluded.environment, description = excluded.description, version = excluded.version,
      closing = excluded.closing`;
}

function cloudChange({ id, organizationId, name }: CloudCopy, isNew: SQL): SQL {
  return sql`INSERT INTO cloud (id, organization_id, name) SELECT ${id}, ${organizationId}, ${name} WHERE ${isNew} ON CONFLICT (id) DO UPDATE SET name = excluded.name`;
}
