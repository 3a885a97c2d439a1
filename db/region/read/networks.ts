import { sql } from "drizzle-orm";
import { readAll } from "../../statement.ts";

export interface NetworkRow {
  id: number;
  zone: number;
  name: string;
  cidr: string;
  scope: string;
}

/** The networks of an organization, by zone and name. @param zone null: of every zone */
export async function readNetworks(database: D1Database, organizationId: number, zone: number | null): Promise<NetworkRow[]> {
  const inZone = zone === null ? sql`` : sql`AND zone = ${zone}`;
  return readAll(
    database,
    sql`SELECT id, zone, name, cidr, scope FROM network INDEXED BY network_organization WHERE organization_id = ${organizationId} ${inZone} ORDER BY zone, name LIMIT 1000`,
  );
}
