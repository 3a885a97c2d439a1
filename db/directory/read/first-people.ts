/** Who there is at the very beginning: whom the first invitations have reached. */
import { sql } from "drizzle-orm";
import type { Duty } from "../../../worker/contract/roles.ts";
import type { OrganizationKind } from "../../../worker/contract/topology.ts";
import { readAll } from "../../statement.ts";

export interface Holder {
  id: number;
  name: string;
  email: string;
  state: "invited" | "active" | "suspended";
  organizationId: number;
  organizationName: string;
  /** Of the activation link that was not used; null: there is none. */
  linkUntil: number | null;
}

/** Everybody of the group's organizations who holds the duty, the oldest first. */
export async function readHolders(directory: D1Database, duty: Duty): Promise<Holder[]> {
  return readAll(
    directory,
    sql`SELECT a.id, a.name, p.email, a.state, o.id AS organizationId, o.name AS organizationName,
        (SELECT max(expires) FROM activation WHERE activation.person_id = a.id) AS linkUntil
      FROM duty d JOIN actor a ON a.id = d.actor_id JOIN person p ON p.id = a.id JOIN organization o ON o.id = a.organization_id
      WHERE d.duty = ${duty} AND a.state <> 'ended' AND o.kind = 'group' ORDER BY a.id LIMIT 20`,
  );
}

export async function readOrganizationNames(directory: D1Database): Promise<{ name: string; kind: OrganizationKind }[]> {
  return readAll(directory, sql`SELECT name, kind FROM organization ORDER BY id LIMIT 5`);
}
