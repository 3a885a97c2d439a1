/** Services as their owner has them. */
import { sql } from "drizzle-orm";
import type { ActionTarget } from "../../../worker/contract/actor.ts";
import type { FeedRow } from "../../feed.ts";
import { actionTargetOf, type OperationRow } from "../../region/read/operations.ts";
import { readAll, readFirst } from "../../statement.ts";

export interface OwnedService {
  id: number;
  organizationId: number;
  cloudId: number;
  cloudName: string;
  name: string;
  environment: number;
  description: string | null;
  version: number;
  /** The operation that deletes it; null: it is open. */
  closing: number | null;
}

const columns = sql`service.id AS id, cloud.organization_id AS organizationId, service.cloud_id AS cloudId, cloud.name AS cloudName, service.name AS name,
  service.environment AS environment, service.description AS description, service.version AS version, service.closing AS closing`;

/** One Service, or null. Two rows. */
export async function readService(directory: D1Database, id: number): Promise<OwnedService | null> {
  return readFirst(directory, sql`SELECT ${columns} FROM service CROSS JOIN cloud ON cloud.id = service.cloud_id WHERE service.id = ${id}`);
}

/** Has a Service of the Cloud, other than `except`, the name already? Upper and lower case are alike. */
export async function isServiceName(directory: D1Database, cloudId: number, name: string, except: number): Promise<boolean> {
  const taken = sql`SELECT 1 FROM service INDEXED BY service_cloud_name
    WHERE service.cloud_id = ${cloudId} AND service.name = ${name} COLLATE NOCASE AND service.id <> ${except}`;
  return (await readFirst(directory, taken)) !== null;
}

/** What is decided about when an act on a Service is read, or null. Two rows. */
export async function readServiceAction(directory: D1Database, id: number): Promise<ActionTarget | null> {
  const row = await readFirst<OperationRow & { environment: number | null }>(
    directory,
    sql`SELECT o.*, service.environment AS environment FROM operation o LEFT JOIN service ON service.id = o.resource_id WHERE o.id = ${id}`,
  );
  return row && actionTargetOf(row);
}

/** Services whose deletion was accepted and has not ended, the oldest first. */
export async function readClosing(directory: D1Database, limit: number): Promise<OwnedService[]> {
  return readAll(
    directory,
    sql`SELECT ${columns} FROM service INDEXED BY service_closing CROSS JOIN cloud ON cloud.id = service.cloud_id
      WHERE service.closing IS NOT NULL ORDER BY service.closing LIMIT ${limit}`,
  );
}

/** What a region has not taken yet, in order. */
export async function readFeed(directory: D1Database, region: number, limit: number): Promise<FeedRow[]> {
  return readAll(
    directory,
    sql`SELECT feed.number AS number, feed.body AS body FROM feed INDEXED BY feed_region WHERE feed.region = ${region} AND feed.aside IS NULL ORDER BY feed.number LIMIT ${limit}`,
  );
}

/** How many rows of the feed were set aside, by the region's code. Reads those alone. */
export async function countAside(directory: D1Database): Promise<ReadonlyMap<number, number>> {
  const rows = await readAll<{ region: number; n: number }>(
    directory,
    sql`SELECT feed.region AS region, count(*) AS n FROM feed INDEXED BY feed_aside WHERE feed.aside IS NOT NULL GROUP BY feed.region`,
  );
  return new Map(rows.map(({ region, n }) => [region, n]));
}
