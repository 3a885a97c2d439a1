/** Organizations, as the provider governs them. */
import { sql } from "drizzle-orm";
import type { CustomerTarget } from "../../../worker/contract/actor.ts";
import type { OrganizationKind } from "../../../worker/contract/topology.ts";
import { readAll, readFirst } from "../../statement.ts";

export async function readCustomer(directory: D1Database, id: number): Promise<CustomerTarget | null> {
  const row = await readFirst<Omit<CustomerTarget, "kind">>(
    directory,
    sql`SELECT id, name, state, version AS revision FROM organization WHERE id = ${id}`,
  );
  return row && { kind: "customer", ...row };
}

export interface OrganizationRow {
  id: number;
  name: string;
  kind: OrganizationKind;
  state: CustomerTarget["state"];
  created: number;
  version: number;
  /** How many Clouds it has that have not ended. */
  clouds: number;
}

/** In the order of their numbers. @param after the number of the last one before */
export async function listOrganizations(directory: D1Database, after: number, limit: number): Promise<OrganizationRow[]> {
  return readAll(
    directory,
    sql`SELECT o.id AS id, o.name AS name, o.kind AS kind, o.state AS state, o.created AS created, o.version AS version,
        (SELECT count(*) FROM cloud c WHERE c.organization_id = o.id AND c.state <> 'ended') AS clouds
      FROM organization o WHERE o.id > ${after} ORDER BY o.id LIMIT ${limit}`,
  );
}

export async function isOrganizationName(directory: D1Database, name: string): Promise<boolean> {
  return (await readFirst(directory, sql`SELECT 1 FROM organization WHERE name = ${name}`)) !== null;
}

/** The number that the next organization gets; whoever takes it first has it. */
export async function nextOrganization(directory: D1Database): Promise<number> {
  return (await readFirst<{ next: number }>(directory, sql`SELECT coalesce(max(id), 0) + 1 AS next FROM organization`))!.next;
}
