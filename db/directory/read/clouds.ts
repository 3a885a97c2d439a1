/** An organization's Clouds, whoever holds a profile on them. */
import { sql } from "drizzle-orm";
import type { OwnCloudTarget } from "../../../worker/contract/actor.ts";
import { readAll, readFirst } from "../../statement.ts";

export async function readOwnCloud(directory: D1Database, id: number): Promise<OwnCloudTarget | null> {
  const row = await readFirst<Omit<OwnCloudTarget, "kind">>(
    directory,
    sql`SELECT id, organization_id AS organizationId, name, state, version AS revision FROM cloud WHERE id = ${id}`,
  );
  return row && { kind: "own-cloud", ...row };
}

export type Standing = "active" | "suspended" | "ended";

export interface OwnedCloud {
  id: number;
  name: string;
  state: Standing;
  created: number;
  version: number;
  /** It has no Service. */
  empty: boolean;
}

const columns = sql`c.id AS id, c.name AS name, c.state AS state, c.created AS created, c.version AS version,
  NOT EXISTS (SELECT 1 FROM service INDEXED BY service_cloud_name WHERE service.cloud_id = c.id) AS empty`;

export async function listClouds(directory: D1Database, organizationId: number): Promise<OwnedCloud[]> {
  const clouds = sql`SELECT ${columns} FROM cloud c WHERE c.organization_id = ${organizationId} ORDER BY c.name`;
  const rows = await readAll<Omit<OwnedCloud, "empty"> & { empty: number }>(directory, clouds);
  return rows.map((row) => ({ ...row, empty: row.empty === 1 }));
}

/** What of its quotas was set, as JSON by region; null: there is no such Cloud. */
export async function readCloudQuotas(
  directory: D1Database,
  id: number,
): Promise<{ id: number; organizationId: number; name: string; state: Standing; version: number; quotas: string } | null> {
  return readFirst(directory, sql`SELECT id, organization_id AS organizationId, name, state, version, quotas FROM cloud WHERE id = ${id}`);
}

export async function hasServices(directory: D1Database, cloudId: number): Promise<boolean> {
  return (await readFirst(directory, sql`SELECT 1 FROM service WHERE service.cloud_id = ${cloudId} LIMIT 1`)) !== null;
}

export async function isCloudName(directory: D1Database, organizationId: number, name: string): Promise<boolean> {
  const taken = sql`SELECT 1 FROM cloud WHERE organization_id = ${organizationId} AND name = ${name} COLLATE NOCASE`;
  return (await readFirst(directory, taken)) !== null;
}
