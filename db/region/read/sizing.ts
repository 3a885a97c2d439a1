import { sql } from "drizzle-orm";
import { readFirst } from "../../statement.ts";

/** The sizing that an instance was last given, for example 2cpu4gb; null: none is recorded. */
export async function readSizing(database: D1Database, id: number): Promise<string | null> {
  const row = await readFirst<{ sizing: string | null }>(database, sql`SELECT attributes ->> 'resourceId' AS sizing FROM resource WHERE id = ${id}`);
  return row?.sizing ?? null;
}
