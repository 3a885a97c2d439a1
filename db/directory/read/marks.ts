import { sql } from "drizzle-orm";
import { readFirst } from "../../statement.ts";

/** Does it hold the demo company of a local start? */
export async function isDemo(directory: D1Database): Promise<boolean> {
  return (await readFirst(directory, sql`SELECT 1 FROM mark WHERE name = 'demo'`)) !== null;
}
