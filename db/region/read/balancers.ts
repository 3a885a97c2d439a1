/** The members of load balancers, and of what an instance is a member. */
import { sql, type SQL } from "drizzle-orm";
import { memberStateOf, memberStates, memberStatusOf, memberStatuses, type Serving } from "../../../worker/contract/load-balancers.ts";
import { zoneOfCode, zones } from "../../../worker/contract/topology.ts";
import { readAll, readFirst } from "../../statement.ts";

/** A member with what is known of its instance. See the migration for what the codes say. */
export interface MemberRow {
  member_id: number;
  port: number;
  state: number;
  status: number;
  since: number | null;
  phase: number;
  name: string;
  type: number;
  zone: number;
  ip_address: string | null;
  network: string | null;
}

/** The members of a balancer, by name and port. Two rows read for each. */
export async function readMembers(database: D1Database, balancerId: number): Promise<MemberRow[]> {
  return readAll(database, membersOf(balancerId));
}

export function membersOf(balancerId: number): SQL {
  return sql`SELECT m.member_id, m.port, m.state, m.status, m.since, m.phase, r.name, r.type, r.zone,
        r.attributes ->> '$.ipAddress' AS ip_address, r.attributes ->> '$.network.name' AS network
      FROM balancer_member m CROSS JOIN resource r ON r.id = m.member_id WHERE m.balancer_id = ${balancerId} ORDER BY r.name, m.port`;
}

export function servingOf({ state, status, zone: code }: Pick<MemberRow, "state" | "status" | "zone">): Serving {
  const zone = zoneOfCode(code);
  return { state: memberStateOf(state), status: memberStatusOf(status), dataCenter: zone && zones[zone].dataCenter };
}

export interface Tally {
  members: number;
  /** Enabled, and anything is known of them. */
  known: number;
  /** Enabled and up. */
  up: number;
}

/** How the members of balancers do, by balancer; one without members is absent. */
export async function readTallies(database: D1Database, balancerIds: readonly number[]): Promise<Map<number, Tally>> {
  if (balancerIds.length === 0) return new Map();
  const rows = await readAll<Tally & { id: number }>(
    database,
    sql`SELECT m.balancer_id AS id, count(*) AS members, sum(m.state = ${memberStates.enabled} AND m.status <> ${memberStatuses.unknown}) AS known,
        sum(m.state = ${memberStates.enabled} AND m.status = ${memberStatuses.up}) AS up
      FROM json_each(${JSON.stringify(balancerIds)}) AS wanted CROSS JOIN balancer_member m ON m.balancer_id = wanted.value GROUP BY m.balancer_id`,
  );
  return new Map(rows.map(({ id, ...tally }) => [id, tally]));
}

/** A member of one of the balancers that an instance serves behind: the instance itself, and those beside it. */
export interface MembershipRow {
  /** The balancer's. */
  id: number;
  name: string;
  balancer_status: number;
  cloud_id: number;
  service_id: number;
  type: number;
  member_id: number;
  port: number;
  state: number;
  status: number;
  phase: number;
  /** Of the member. */
  zone: number;
}

/** Empty for most instances; else four rows read for each member of each balancer. */
export async function readMemberships(database: D1Database, instanceId: number): Promise<MembershipRow[]> {
  return readAll(database, membershipsOf(instanceId));
}

export function membershipsOf(instanceId: number): SQL {
  return sql`SELECT b.id, b.name, b.status AS balancer_status, b.cloud_id, b.service_id, b.type, m.member_id, m.port, m.state, m.status, m.phase, i.zone
      FROM (SELECT DISTINCT balancer_id FROM balancer_member INDEXED BY balancer_member_of WHERE member_id = ${instanceId}) AS mine
      CROSS JOIN resource b ON b.id = mine.balancer_id CROSS JOIN balancer_member m ON m.balancer_id = mine.balancer_id
      CROSS JOIN resource i ON i.id = m.member_id ORDER BY b.name, m.port`;
}

/** What a look at a balancer must know; null: there is none. */
export async function readWatched(
  database: D1Database,
  id: number,
): Promise<{ name: string; cloudId: number; cloudName: string | null; busy: boolean } | null> {
  const row = await readFirst<{ name: string; cloud_id: number; cloud_name: string | null; open_operation: number | null }>(
    database,
    sql`SELECT r.name, r.cloud_id, c.name AS cloud_name, r.open_operation FROM resource r LEFT JOIN cloud c ON c.id = r.cloud_id WHERE r.id = ${id}`,
  );
  return row && { name: row.name, cloudId: row.cloud_id, cloudName: row.cloud_name, busy: row.open_operation !== null };
}

/** The next balancers that have members, in turn. */
export async function readNextBalancers(database: D1Database, after: number, limit: number): Promise<number[]> {
  const rows = await readAll<{ id: number }>(
    database,
    sql`SELECT DISTINCT balancer_id AS id FROM balancer_member WHERE balancer_id > ${after} ORDER BY balancer_id LIMIT ${limit}`,
  );
  return rows.map(({ id }) => id);
}

/** The balancers that an instance is a member of. */
export async function readBalancersOf(database: D1Database, instanceId: number): Promise<number[]> {
  const rows = await readAll<{ id: number }>(
    database,
    sql`SELECT DISTINCT balancer_id AS id FROM balancer_member INDEXED BY balancer_member_of WHERE member_id = ${instanceId}`,
  );
  return rows.map(({ id }) => id);
}

export async function isUrlOf(database: D1Database, urlId: number, balancerId: number): Promise<boolean> {
  const row = await readFirst(
    database,
    sql`SELECT 1 FROM resource CROSS JOIN json_each(resource.attributes, '$.urls') AS url WHERE resource.id = ${balancerId} AND url.value ->> '$.id' = ${urlId}`,
  );
  return row !== null;
}
