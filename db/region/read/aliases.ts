import { sql } from "drizzle-orm";
import { aliasStatuses } from "../../../worker/contract/domains.ts";
import type { QuotasInUse } from "../../../worker/contract/quotas.ts";
import { readTogether } from "../../commit.ts";
import { readAll, readFirst } from "../../statement.ts";
import { inUse, quotasQuery } from "./quotas.ts";

/** One row of `alias`; see the migration for what each column says. */
export interface AliasRow {
  id: number;
  resource_id: number;
  name: string;
  domain: string;
  address: string;
  author: string;
  status: number;
  created: number;
  change_reference: string | null;
}

/** All aliases of a resource, by name. */
export async function readAliases(database: D1Database, resourceId: number): Promise<AliasRow[]> {
  return readAll(
    database,
    sql`SELECT id, resource_id, name, domain, address, author, status, created, change_reference
      FROM alias INDEXED BY alias_resource WHERE resource_id = ${resourceId} ORDER BY name`,
  );
}

/** The alias if the resource has it, or null. */
export async function readAlias(database: D1Database, name: string, resourceId: number): Promise<Pick<AliasRow, "id" | "status"> | null> {
  return readFirst(database, sql`SELECT id, status FROM alias INDEXED BY alias_resource WHERE resource_id = ${resourceId} AND name = ${name}`);
}

/** What must be known of a resource before it gets another alias, in one round trip. */
export async function readAliasFacts(
  database: D1Database,
  { id: resourceId, cloudId }: { id: number; cloudId: number },
): Promise<{ attributes: { ipAddress?: string | null }; names: readonly string[]; quotas: QuotasInUse }> {
  const [resource, names, quotas] = await readTogether(database, [
    sql`SELECT attributes FROM resource WHERE id = ${resourceId}`,
    sql`SELECT name FROM alias INDEXED BY alias_resource WHERE resource_id = ${resourceId}`,
    quotasQuery(cloudId),
  ]);
  const { attributes } = (resource!.results[0] ?? { attributes: "{}" }) as { attributes: string };
  return {
    attributes: JSON.parse(attributes) as object,
    names: (names!.results as { name: string }[]).map(({ name }) => name),
    quotas: inUse(quotas!.results[0]),
  };
}

/** What the region's name server has to answer for, in chunks by name: how the embedded one learns of the aliases that it never made itself. */
export async function readServedAliases(database: D1Database, after: string, limit: number): Promise<AliasRow[]> {
  return readAll(
    database,
    sql`SELECT id, resource_id, name, domain, address, author, status, created, change_reference
      FROM alias INDEXED BY alias_name WHERE name > ${after} AND status > ${aliasStatuses.PREPARATION} ORDER BY name LIMIT ${limit}`,
  );
}

/** Names that the directory has not let go yet. */
export async function readFreed(database: D1Database, limit: number): Promise<{ name: string; holder: number }[]> {
  return readAll(database, sql`SELECT name, resource_id AS holder FROM alias_freed LIMIT ${limit}`);
}
