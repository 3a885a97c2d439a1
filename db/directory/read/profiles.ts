/** Profiles as the directory has them, in effect or not: what acts on them begin from, and what the page of people shows. */
import { sql } from "drizzle-orm";
import type { Duty, Profile } from "../../../worker/contract/roles.ts";
import { readAll, readFirst } from "../../statement.ts";

export interface ProfileRow {
  cloudId: number;
  cloudName: string;
  cloudState: string;
  profile: Profile;
  state: "pending" | "confirmed" | "suspended";
  begins: number;
  ends: number | null;
}

/** A Cloud of the organization with somebody's profile on it, if any; null: it has no such Cloud. Three rows. */
export async function readProfileOn(
  directory: D1Database,
  { actorId, cloudId, organizationId }: { actorId: number; cloudId: number; organizationId: number },
): Promise<{ cloud: { id: number; name: string; state: string }; held: ProfileRow | null; securityKeys: number } | null> {
  const row = await readFirst<Omit<ProfileRow, "profile"> & { profile: Profile | null; securityKeys: number }>(
    directory,
    sql`SELECT c.id AS cloudId, c.name AS cloudName, c.state AS cloudState, m.profile AS profile, m.state AS state, m.begins AS begins, m.ends AS ends,
        (SELECT security_keys FROM actor WHERE id = ${actorId}) AS securityKeys
      FROM cloud c LEFT JOIN membership m ON m.actor_id = ${actorId} AND m.cloud_id = c.id WHERE c.id = ${cloudId} AND c.organization_id = ${organizationId}`,
  );
  if (!row) return null;
  const cloud = { id: row.cloudId, name: row.cloudName, state: row.cloudState };
  return { cloud, held: row.profile === null ? null : (row as ProfileRow), securityKeys: row.securityKeys };
}

export interface GivenProfileRow extends ProfileRow {
  reason: string | null;
  givenBy: number | null;
  givenByName: string | null;
}

/** All profiles of one person or account, with who gave them. */
export async function listProfiles(directory: D1Database, actorId: number): Promise<GivenProfileRow[]> {
  return readAll(
    directory,
    sql`SELECT c.id AS cloudId, c.name AS cloudName, c.state AS cloudState, m.profile AS profile, m.state AS state, m.begins AS begins, m.ends AS ends,
        m.reason AS reason, m.granted_by AS givenBy, g.name AS givenByName
      FROM membership m CROSS JOIN cloud c ON c.id = m.cloud_id LEFT JOIN actor g ON g.id = m.granted_by WHERE m.actor_id = ${actorId} ORDER BY c.name, c.id`,
  );
}

export async function readDuties(directory: D1Database, actorId: number): Promise<Duty[]> {
  const rows = await readAll<{ duty: Duty }>(directory, sql`SELECT duty FROM duty WHERE actor_id = ${actorId}`);
  return rows.map(({ duty }) => duty);
}
