import { sql } from "drizzle-orm";
import { readAll, readFirst } from "../../statement.ts";

/** One row of `snapshot`; see the migration for what each column says. */
export interface SnapshotRow {
  id: number;
  resource_id: number;
  label: string;
  description: string | null;
  author: string;
  status: number;
  created: number;
  recovered: number | null;
  expires: number;
  size_gb: number | null;
  change_reference: string | null;
}

/** All snapshots of an instance, the newest first. */
export async function readSnapshots(database: D1Database, instanceId: number): Promise<SnapshotRow[]> {
  return readAll(
    database,
    sql`SELECT id, resource_id, label, description, author, status, created, recovered, expires, size_gb, change_reference
      FROM snapshot INDEXED BY snapshot_resource WHERE resource_id = ${instanceId} ORDER BY created DESC, id DESC`,
  );
}

export async function countSnapshots(database: D1Database, instanceId: number): Promise<number> {
  const row = await readFirst<{ n: number }>(
    database,
    sql`SELECT count(*) AS n FROM snapshot INDEXED BY snapshot_resource WHERE resource_id = ${instanceId}`,
  );
  return row!.n;
}

export async function isSnapshotOf(database: D1Database, id: number, instanceId: number): Promise<boolean> {
  return (await readFirst(database, sql`SELECT 1 FROM snapshot WHERE id = ${id} AND resource_id = ${instanceId}`)) !== null;
}

/** A snapshot whose time is over, of an instance that nothing runs on. */
export interface ExpiredSnapshot {
  id: number;
  resource_id: number;
  resource_name: string;
  resource_type: number;
  cloud_id: number;
  service_id: number;
  zone: number;
  change_reference: string | null;
}

export async function readExpired(database: D1Database, now: number, limit: number): Promise<ExpiredSnapshot[]> {
  return readAll(
    database,
    sql`SELECT s.id, s.resource_id, r.name AS resource_name, r.type AS resource_type, r.cloud_id, r.service_id, r.zone, s.change_reference
      FROM snapshot s INDEXED BY snapshot_due CROSS JOIN resource r ON r.id = s.resource_id
      WHERE s.due <= ${now} AND r.open_operation IS NULL ORDER BY s.due LIMIT ${limit}`,
  );
}
