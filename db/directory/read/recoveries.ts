/** Recoveries of last representatives, and whom one can be asked for. */
import { sql } from "drizzle-orm";
import { readAll, readFirst } from "../../statement.ts";

export interface RecoveryRow {
  id: number;
  organizationId: number;
  organizationName: string;
  personId: number;
  personName: string;
  reason: string;
  state: "asked" | "approved" | "cancelled" | "done";
  askedBy: number;
  askedByName: string | null;
  asked: number;
  approvedByName: string | null;
  effective: number | null;
}

const columns = sql`r.id AS id, r.organization_id AS organizationId, o.name AS organizationName, r.person_id AS personId, p.name AS personName, r.reason AS reason,
  r.state AS state, r.asked_by AS askedBy, b.name AS askedByName, r.asked AS asked, c.name AS approvedByName, r.effective AS effective`;
const joined = sql`CROSS JOIN organization o ON o.id = r.organization_id CROSS JOIN actor p ON p.id = r.person_id
  LEFT JOIN actor b ON b.id = r.asked_by LEFT JOIN actor c ON c.id = r.approved_by`;

export async function readRecovery(directory: D1Database, id: number): Promise<RecoveryRow | null> {
  return readFirst(directory, sql`SELECT ${columns} FROM recovery r ${joined} WHERE r.id = ${id}`);
}

/** Those that are open, the newest first. @param organizationId null: of every organization */
export async function listRecoveries(directory: D1Database, organizationId: number | null): Promise<RecoveryRow[]> {
  const from =
    organizationId === null
      ? sql`recovery r INDEXED BY recovery_open ${joined} WHERE r.state IN ('asked', 'approved')`
      : sql`recovery r INDEXED BY recovery_organization ${joined} WHERE r.organization_id = ${organizationId} AND r.state IN ('asked', 'approved')`;
  return readAll(directory, sql`SELECT ${columns} FROM ${from} ORDER BY r.asked DESC, r.id LIMIT 100`);
}

/** Approved ones whose day is over, the oldest first. */
export async function readEffective(directory: D1Database, now: number, limit: number): Promise<RecoveryRow[]> {
  return readAll(
    directory,
    sql`SELECT ${columns} FROM recovery r INDEXED BY recovery_effective ${joined} WHERE r.state = 'approved' AND r.effective <= ${now} ORDER BY r.effective LIMIT ${limit}`,
  );
}

/** Who is told before it is carried out: the organization's active people, representatives first. */
export async function listToBeTold(directory: D1Database, organizationId: number): Promise<number[]> {
  const rows = await readAll<{ id: number }>(
    directory,
    sql`SELECT id FROM actor INDEXED BY actor_people WHERE organization_id = ${organizationId} AND kind = 'person' AND state = 'active'
      ORDER BY instr(duties, 'security-representative') = 0, id LIMIT 100`,
  );
  return rows.map(({ id }) => id);
}

export interface Representative {
  id: number;
  name: string;
  organizationId: number;
  organizationName: string;
}

/** An active person of an active organization who represents it; null for everybody else. */
export async function readRepresentative(directory: D1Database, id: number): Promise<Representative | null> {
  return readFirst(
    directory,
    sql`SELECT a.id AS id, a.name AS name, o.id AS organizationId, o.name AS organizationName FROM actor a
      CROSS JOIN organization o ON o.id = a.organization_id AND o.state = 'active'
      WHERE a.id = ${id} AND a.kind = 'person' AND a.state = 'active' AND instr(a.duties, 'security-representative') > 0`,
  );
}
