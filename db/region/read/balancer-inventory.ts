/** What a region's database says of its load balancers: how the embedded engine learns of those that it never made itself. */
import { sql, type SQL } from "drizzle-orm";
import { hostOf, memberPhases, memberStateOf, type MemberState } from "../../../worker/contract/load-balancers.ts";
import { families, statuses } from "../../../worker/contract/resource-types.ts";
import type { BalancerAttributes } from "../../../worker/contract/shapes/balancer-attributes.ts";
import { zoneOfCode, type Zone } from "../../../worker/contract/topology.ts";
import { readAll } from "../../statement.ts";
import type { InventoryPosition } from "./inventory.ts";

export interface BalancerInventoryRow {
  id: number;
  name: string;
  isStarted: boolean;
  attributes: BalancerAttributes;
  hosts: { host: string; certificate: string | null }[];
  members: { instanceId: number; port: number; zone: Zone; address: string; state: MemberState }[];
}

export interface BalancerInventory {
  rows: BalancerInventoryRow[];
  /** Where the next chunk begins; null: this was the last one. */
  last: InventoryPosition | null;
}

interface Row {
  id: number;
  cloud_id: number;
  name: string;
  status: number;
  attributes: string;
  /** JSON: [instance, port, zone, address, state] of each. */
  members: string;
}

const CHUNK = 200;

export async function readBalancerInventory(database: D1Database, after: InventoryPosition | null): Promise<BalancerInventory> {
  const beyond = after ? sql`AND c.id >= ${after.cloudId} AND (c.id > ${after.cloudId} OR r.name > ${after.name})` : sql``;
  const rows = await readAll<Row>(
    database,
    sql`SELECT ${columns} FROM cloud c CROSS JOIN resource r INDEXED BY resource_cloud_type ON r.cloud_id = c.id AND r.type = ${families.LOAD_BALANCER.code}
      WHERE r.open_label IS NOT 'create-lb' ${beyond} ORDER BY c.id, r.name LIMIT ${CHUNK}`,
  );
  const end = rows.length === CHUNK ? rows[CHUNK - 1]! : null;
  return { rows: rows.map(toInventory), last: end && { cloudId: end.cloud_id, name: end.name } };
}

/** One balancer, or null: none, or none that the region has finished creating. */
export async function readBalancerInventoryOf(database: D1Database, id: number): Promise<BalancerInventoryRow | null> {
  const [row] = await readAll<Row>(
    database,
    sql`SELECT ${columns} FROM resource r WHERE r.id = ${id} AND r.type = ${families.LOAD_BALANCER.code} AND r.open_label IS NOT 'create-lb'`,
  );
  return row ? toInventory(row) : null;
}

/** Members that are still to be added are not there yet. */
const columns: SQL = sql`r.id, r.cloud_id, r.name, r.status, r.attributes, (
  SELECT json_group_array(json_array(m.member_id, m.port, i.zone, coalesce(i.attributes ->> '$.ipAddress', ''), m.state))
  FROM balancer_member m CROSS JOIN resource i ON i.id = m.member_id WHERE m.balancer_id = r.id AND m.phase <> ${memberPhases.PREPARATION}) AS members`;

function toInventory({ id, name, status, attributes: text, members }: Row): BalancerInventoryRow {
  const attributes = JSON.parse(text) as BalancerAttributes;
  const rows = JSON.parse(members) as [number, number, number, string, number][];
  return {
    id,
    name,
    isStarted: status === statuses.ACTIVE,
    attributes,
    hosts: (attributes.urls ?? []).flatMap((url) => (url.status === "PREPARATION" ? [] : [{ host: hostOf(url.name), certificate: url.sslProfile }])),
    members: rows.flatMap(([instanceId, port, code, address, state]) => {
      const zone = zoneOfCode(code);
      return zone ? [{ instanceId, port, zone, address, state: memberStateOf(state) }] : [];
    }),
  };
}
