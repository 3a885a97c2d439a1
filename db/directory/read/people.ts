/** People by their e-mail address, and by their activation link. */
import { sql } from "drizzle-orm";
import { readFirst } from "../../statement.ts";
import { profilesOf } from "./actors.ts";
import type { Profile } from "../../../worker/contract/roles.ts";

export interface SignInRow {
  id: number;
  name: string;
  organizationId: number;
  password: string | null;
  /** Whether the person, and the organization, are active. */
  active: 0 | 1;
  securityKeys: number;
}

/** @param email lower case, NFC */
export async function readForSignIn(directory: D1Database, email: string): Promise<SignInRow | null> {
  return readFirst(
    directory,
    sql`SELECT p.id AS id, a.name AS name, a.organization_id AS organizationId, p.password AS password, a.state = 'active' AND o.state = 'active' AS active, a.security_keys AS securityKeys
      FROM person p CROSS JOIN actor a ON a.id = p.id CROSS JOIN organization o ON o.id = a.organization_id WHERE p.email = ${email}`,
  );
}

export interface InvitedPerson {
  id: number;
  name: string;
  email: string;
  organizationId: number;
  organizationName: string;
  profiles: Profile[];
  hasDuty: boolean;
}

/** The person of an activation link that can still be used; null for every other one, whatever is wrong with it. */
export async function readInvited(directory: D1Database, tokenHash: string, now: number): Promise<InvitedPerson | null> {
  const row = await readFirst<Omit<InvitedPerson, "profiles" | "hasDuty"> & { grants: string; duties: string }>(
    directory,
    sql`SELECT p.id AS id, a.name AS name, p.email AS email, o.id AS organizationId, o.name AS organizationName, a.grants AS grants, a.duties AS duties
      FROM activation v
      CROSS JOIN person p ON p.id = v.person_id
      CROSS JOIN actor a ON a.id = p.id AND a.state IN ('invited', 'active')
      CROSS JOIN organization o ON o.id = a.organization_id AND o.state = 'active'
      WHERE v.token_hash = ${tokenHash} AND v.expires > ${now}`,
  );
  if (!row) return null;
  const { grants, duties, ...person } = row;
  return { ...person, profiles: profilesOf(grants), hasDuty: duties !== "[]" };
}

export interface EnrollingPerson {
  id: number;
  name: string;
  email: string;
  organizationId: number;
  organizationName: string;
  /** As it is stored; null: none was ever set. */
  password: string | null;
}

/** The person of an enrolment link that can still be used; null for every other one, whatever is wrong with it. */
export async function readEnrolling(directory: D1Database, tokenHash: string, now: number): Promise<EnrollingPerson | null> {
  return readFirst(
    directory,
    sql`SELECT p.id AS id, a.name AS name, p.email AS email, o.id AS organizationId, o.name AS organizationName, p.password AS password
      FROM enrolment e
      CROSS JOIN person p ON p.id = e.person_id
      CROSS JOIN actor a ON a.id = p.id AND a.state = 'active'
      CROSS JOIN organization o ON o.id = a.organization_id AND o.state = 'active'
      WHERE e.token_hash = ${tokenHash} AND e.expires > ${now}`,
  );
}

export interface ResettingPerson {
  id: number;
  name: string;
  email: string;
  organizationId: number;
  organizationName: string;
}

/** The person of a reset link that can still be used; null for every other one, whatever is wrong with it. */
export async function readResetting(directory: D1Database, tokenHash: string, now: number): Promise<ResettingPerson | null> {
  return readFirst(
    directory,
    sql`SELECT p.id AS id, a.name AS name, p.email AS email, o.id AS organizationId, o.name AS organizationName
      FROM password_reset r
      CROSS JOIN person p ON p.id = r.person_id
      CROSS JOIN actor a ON a.id = p.id AND a.state = 'active'
      CROSS JOIN organization o ON o.id = a.organization_id AND o.state = 'active'
      WHERE r.token_hash = ${tokenHash} AND r.expires > ${now}`,
  );
}

/** Is there somebody else of the organization, not erased, with the same name? */
export async function isNameShared(
  directory: D1Database,
  { id, name, organizationId }: { id: number; name: string; organizationId: number },
): Promise<boolean> {
  const other = sql`SELECT 1 FROM actor INDEXED BY actor_people WHERE organization_id = ${organizationId} AND name = ${name} AND kind = 'person' AND id <> ${id} LIMIT 1`;
  return (await readFirst(directory, other)) !== null;
}
