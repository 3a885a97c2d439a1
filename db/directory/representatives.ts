/** An organization keeps somebody who can decide for it: whatever takes a representative away asks this in the very statement that does it. */
import { sql, type SQL } from "drizzle-orm";
import { readFirst } from "../statement.ts";

/**
 * True while another security representative of the organization is active and has a usable key. Of two who would leave at the same moment, the second one
 * finds it false.
 */
export function anotherRepresentative(organizationId: number, except: number): SQL {
  return sql`EXISTS (SELECT 1 FROM actor other INDEXED BY actor_representative WHERE other.organization_id = ${organizationId}
    AND instr(other.duties, 'security-representative') > 0 AND other.id <> ${except} AND other.state = 'active' AND other.security_keys > 0)`;
}

/** The same, looked at before anybody is asked to sign; the statement itself has the last word. */
export async function hasAnotherRepresentative(directory: D1Database, organizationId: number, except: number): Promise<boolean> {
  return (await readFirst(directory, sql`SELECT 1 AS there WHERE ${anotherRepresentative(organizationId, except)}`)) !== null;
}
