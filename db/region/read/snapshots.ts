import { sql } from "drizzle-orm";
import type { QuotasInUse } from "../../../worker/contract/quotas.ts";
import { readTogether } from "../../commit.ts";
import { readAll, readFirst } from "../../statement.ts";
import { inUse, quotasQuery } from "./quotas.ts";

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

/** What must be known before an instance gets another snapshot, in one round trip. */
export async function readSnapshotFacts(
  database: D1Database,
  { id: instanceId, cloudId }: { id: number; cloudId: number },
): Promise<{ count: number; quotas: QuotasInUse }> {
  const [counted, quotas] = await readTogether(database, [
    sql`SELECT count(*) AS n FROM snapshot INDEXED BY snapshot_resource WHERE resource_id = ${instanceId}`,
    quotasQuery(cloudId),
  ]);
  return { count: (counted!.results[0] as { n: number }).n, quotas: inUse(quotas!.results[0]) };
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
