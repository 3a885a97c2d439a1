import { sql } from "drizzle-orm";
import { readFirst } from "../../statement.ts";

export async function isHostTaken(database: D1Database, host: string): Promise<boolean> {
  return (await readFirst(database, sql`SELECT 1 FROM url_host WHERE host = ${host}`)) !== null;
}
