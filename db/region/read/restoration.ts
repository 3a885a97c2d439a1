/** What is held after a restore, and what of it has to be decided about. */
import { sql } from "drizzle-orm";
import { readAll, readFirst } from "../../statement.ts";

export interface Restoration {
  organizationId: number;
  point: number;
  restored: number;
  outbox: number;
}

const columns = sql`organization_id AS organizationId, point, restored, outbox`;

/** Null: nothing of the organization is held in this region. */
export async function readRestoration(database: D1Database, organizationId: number): Promise<Restoration | null> {
  return readFirst(database, sql`SELECT ${columns} FROM restoration WHERE organization_id = ${organizationId}`);
}

export async function readHeld(database: D1Database, limit: number): Promise<Restoration[]> {
  return readAll(database, sql`SELECT ${columns} FROM restoration ORDER BY organization_id LIMIT ${limit}`);
}

export interface RestoredResource {
  id: number;
  cloudId: number;
  serviceId: number;
  name: string;
  type: number;
  status: number;
  zone: number;
  environment: number;
  tags: string;
  /** Names that the resource has by these facts, as a JSON list. */
  aliases: string;
  /** Ids of its snapshots, as a JSON list. */
  snapshots: string;
  openOperation: number | null;
  openLabel: string | null;
}

const resourceColumns = sql`r.id AS id, r.cloud_id AS cloudId, r.service_id AS serviceId, r.name AS name, r.type AS type, r.status AS status, r.zone AS zone,
  r.environment AS environment, r.tags AS tags, r.open_operation AS openOperation, r.open_label AS openLabel,
  (SELECT json_group_array(a.name ORDER BY a.name) FROM alias a INDEXED BY alias_resource WHERE a.resource_id = r.id) AS aliases,
  (SELECT json_group_array(s.id ORDER BY s.id) FROM snapshot s INDEXED BY snapshot_resource WHERE s.resource_id = r.id) AS snapshots`;

/** Those of them that these facts know. */
export async function readRestored(database: D1Database, ids: readonly number[]): Promise<RestoredResource[]> {
  return readAll(database, sql`SELECT ${resourceColumns} FROM resource r WHERE r.id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);
}

/** What was under way at that moment. @param first, last between which the organization's ids lie */
export async function readUnderWay(database: D1Database, first: number, last: number): Promise<{ id: number; resourceId: number; label: string }[]> {
  return readAll(
    database,
    sql`SELECT id, resource_id AS resourceId, label FROM operation WHERE id BETWEEN ${first} AND ${last} AND status NOT IN (2, 3) ORDER BY id LIMIT 1000`,
  );
}

/** The names that the organization's resources have here, of each book. */
export async function readOwnNames(
  database: D1Database,
  first: number,
  last: number,
): Promise<{ book: "alias" | "host"; name: string; holder: number }[]> {
  return readAll(
    database,
    sql`SELECT 'alias' AS book, name, resource_id AS holder FROM alias WHERE id BETWEEN ${first} AND ${last}
      UNION ALL SELECT 'host', host, balancer_id FROM url_host WHERE balancer_id BETWEEN ${first} AND ${last}`,
  );
}

/** Services that this region has a copy of, and that nothing is in. */
export async function readEmptyServices(database: D1Database, organizationId: number): Promise<number[]> {
  const rows = await readAll<{ id: number }>(
    database,
    sql`SELECT s.id AS id FROM service s CROSS JOIN cloud c ON c.id = s.cloud_id AND c.organization_id = ${organizationId}
      WHERE NOT EXISTS (SELECT 1 FROM resource r INDEXED BY resource_service WHERE r.service_id = s.id)`,
  );
  return rows.map(({ id }) => id);
}
