/** What a region's database says is in a zone: how the embedded engine learns of the instances that it never created itself. */
import { sql, type SQL } from "drizzle-orm";
import { isProtectedBy, type Monitoring } from "../../../worker/contract/protection.ts";
import { instanceFamilies, families, statuses } from "../../../worker/contract/resource-types.ts";
import { snapshotStatuses } from "../../../worker/contract/snapshots.ts";
import type { InstanceAttributes } from "../../../worker/contract/shapes/instance-attributes.ts";
import { idList, readAll } from "../../statement.ts";
import { readPowerPast, type PowerChange } from "./power-past.ts";

export interface InventoryRow {
  instanceId: number;
  name: string;
  productCode: string;
  power: "on" | "off";
  cpu: number;
  ram: number;
  /** GB, by disk. */
  disks: number[];
  networkId: number;
  ipAddress: string;
  backup: string | null;
  replicated: boolean;
  /** ms since 1970 */
  created: number;
  monitoring: Monitoring | null;
  /** What has been done to its power, as far as it matters to what is measured; oldest first, the first when it was found. */
  past: PowerChange[];
  /** All but those that are still to be made, with their size in GB. */
  snapshots: { id: number; size: number }[];
}

export interface InventoryPosition {
  cloudId: number;
  name: string;
}

export interface Inventory {
  rows: InventoryRow[];
  /** Where the next chunk begins; null: this was the last one. */
  last: InventoryPosition | null;
}

interface Row {
  id: number;
  cloud_id: number;
  name: string;
  status: number;
  attributes: string;
  protection: number | null;
  created: number;
  updated: number;
  /** JSON: a list of [id, size]. */
  snapshots: string;
}

const CHUNK = 500;
const instanceTypes = instanceFamilies.map((family) => families[family].code);

/** One chunk of a zone's instances, by Cloud and name. */
export async function readInventory(database: D1Database, zone: number, after: InventoryPosition | null): Promise<Inventory> {
  const beyond = after ? sql`AND c.id >= ${after.cloudId} AND (c.id > ${after.cloudId} OR r.name > ${after.name})` : sql``;
  const rows = await readAll<Row>(
    database,
    sql`SELECT ${columns} FROM cloud c CROSS JOIN resource r INDEXED BY resource_cloud_zone ON r.cloud_id = c.id AND r.zone = ${zone}
      WHERE ${isInZone} ${beyond} ORDER BY c.id, r.name LIMIT ${CHUNK}`,
  );
  const end = rows.length === CHUNK ? rows[CHUNK - 1]! : null;
  return { rows: await withPast(database, rows.map(toInventory)), last: end && { cloudId: end.cloud_id, name: end.name } };
}

/** One instance, or null: no such instance, or none that a zone has finished creating. */
export async function readInventoryOf(database: D1Database, instanceId: number): Promise<InventoryRow | null> {
  const [row] = await readAll<Row>(database, sql`SELECT ${columns} FROM resource r WHERE r.id = ${instanceId} AND ${isInZone}`);
  return row ? (await withPast(database, [toInventory(row)]))[0]! : null;
}

const columns: SQL = sql`r.id, r.cloud_id, r.name, r.status, r.attributes, r.protection, r.created, r.updated,
  (SELECT json_group_array(json_array(s.id, coalesce(s.size_gb, 0))) FROM snapshot s INDEXED BY snapshot_resource
    WHERE s.resource_id = r.id AND s.status <> ${snapshotStatuses.PREPARATION}) AS snapshots`;

/** Instances only, and none that is still to be created. */
const isInZone: SQL = sql`r.type IN ${idList(instanceTypes)} AND r.open_label IS NOT 'create-instance'`;

type Found = Omit<InventoryRow, "past"> & { updated: number };

/** Only what is monitored has a past that anybody can ask about. */
async function withPast(database: D1Database, found: readonly Found[]): Promise<InventoryRow[]> {
  const monitored = found.filter(({ monitoring }) => monitoring !== null).map((one) => ({ ...one, id: one.instanceId }));
  const pasts = await readPowerPast(database, monitored, Date.now());
  return found.map(({ updated: _updated, ...row }) => ({ ...row, past: pasts.get(row.instanceId) ?? [] }));
}

/** One row whose attributes are incomplete must not keep a whole zone from opening. */
function toInventory(row: Row): Found {
  const kept = JSON.parse(row.attributes) as Partial<InstanceAttributes>;
  const { productCode = "", cpu = 1, ram = 1, disks = [], network, ipAddress } = kept;
  return {
    instanceId: row.id,
    name: row.name,
    productCode,
    power: row.status === statuses.ACTIVE ? "on" : "off",
    cpu,
    ram,
    disks,
    networkId: network?.technicalID ?? 0,
    ipAddress: ipAddress ?? "",
    backup: kept.backupPolicyId ?? null,
    replicated: isProtectedBy(row.protection, "replication"),
    created: row.created,
    updated: row.updated,
    monitoring: kept.monitoringEnabled ? { alerting: kept.alertingEnabled ?? false, onCall: kept.onCallSupervision ?? false } : null,
    snapshots: (JSON.parse(row.snapshots) as [number, number][]).map(([id, size]) => ({ id, size })),
  };
}
