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
  /** By name, whatever their state. */
  clouds: { id: number; name: string; state: CustomerTarget["state"] }[];
}

/** In the order of their numbers. @param after the number of the last one before */
export async function listOrganizations(directory: D1Database, after: number, limit: number): Promise<OrganizationRow[]> {
  const rows = await readAll<Omit<OrganizationRow, "clouds"> & { clouds: string }>(
    directory,
    sql`SELECT o.id AS id, o.name AS name, o.kind AS kind, o.state AS state, o.created AS created, o.version AS version,
        (SELECT json_group_array(json_object('id', c.id, 'name', c.name, 'state', c.state) ORDER BY c.name) FROM cloud c WHERE c.organization_id = o.id) AS clouds
      FROM organization o WHERE o.id > ${after} ORDER BY o.id LIMIT ${limit}`,
  );
  return rows.map(({ clouds, ...row }) => ({ ...row, clouds: JSON.parse(clouds) as OrganizationRow["clouds"] }));
}

export async function isOrganizationName(directory: D1Database, name: string): Promise<boolean> {
  return (await readFirst(directory, sql`SELECT 1 FROM organization WHERE name = ${name}`)) !== null;
}

/** The number that the next organization gets; whoever takes it first has it. */
export async function nextOrganization(directory: D1Database): Promise<number> {
  return (await readFirst<{ next: number }>(directory, sql`SELECT coalesce(max(id), 0) + 1 AS next FROM organization`))!.next;
}
