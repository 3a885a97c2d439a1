/** The members of load balancers, and of what an instance is a member. */
import { sql } from "drizzle-orm";
import { memberStates, memberStatuses } from "../../../worker/contract/load-balancers.ts";
import { readAll } from "../../statement.ts";

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
  return readAll(
    database,
    sql`SELECT m.member_id, m.port, m.state, m.status, m.since, m.phase, r.name, r.type, r.zone,
        r.attributes ->> '$.ipAddress' AS ip_address, r.attributes ->> '$.network.name' AS network
      FROM balancer_member m CROSS JOIN resource r ON r.id = m.member_id WHERE m.balancer_id = ${balancerId} ORDER BY r.name, m.port`,
  );
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

export interface MembershipRow {
  id: number;
  name: string;
  port: number;
  state: number;
  status: number;
}

/** The balancers that an instance serves behind. */
export async function readMemberships(database: D1Database, instanceId: number): Promise<MembershipRow[]> {
  return readAll(
    database,
    sql`SELECT m.balancer_id AS id, r.name, m.port, m.state, m.status FROM balancer_member m INDEXED BY balancer_member_of
      CROSS JOIN resource r ON r.id = m.balancer_id WHERE m.member_id = ${instanceId} ORDER BY r.name, m.port`,
  );
}
