import { sql } from "drizzle-orm";
import { readFirst } from "../../statement.ts";
import { rowsByIds, type ResourceRow } from "./resources.ts";

/** One resource whole, with the name of its Service, or null. */
export async function readResourceRow(database: D1Database, id: number): Promise<ResourceRow | null> {
  return readFirst<ResourceRow>(database, rowsByIds({ by: "id", key: sql`resource.id`, descending: false }, [id]));
}

/** What is kept of a resource beside its columns, or null. */
export async function readAttributes(database: D1Database, id: number): Promise<string | null> {
  const row = await readFirst<{ attributes: string }>(database, sql`SELECT resource.attributes FROM resource WHERE resource.id = ${id}`);
  return row?.attributes ?? null;
}

/** What protects a resource, as the sum of worker/contract/protection.ts, with what else is kept of it; or null. */
export async function readProtection(database: D1Database, id: number): Promise<{ protection: number | null; attributes: string } | null> {
  return readFirst(database, sql`SELECT resource.protection, resource.attributes FROM resource WHERE resource.id = ${id}`);
}

/** A resource's tags, as JSON text, or null. */
export async function readTags(database: D1Database, id: number): Promise<string | null> {
  const row = await readFirst<{ tags: string }>(database, sql`SELECT resource.tags FROM resource WHERE resource.id = ${id}`);
  return row?.tags ?? null;
}
