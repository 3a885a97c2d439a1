/** What has run out and that nobody asks for any more. */
import { sql } from "drizzle-orm";
import { commit } from "../../commit.ts";

export async function sweepRegion(database: D1Database, now: number): Promise<void> {
  await commit(database, [
    { query: sql`DELETE FROM challenge WHERE expires < ${now}` },
    { query: sql`DELETE FROM idempotency WHERE expires < ${now}` },
    { query: sql`DELETE FROM page_boundary WHERE expires < ${now}` },
  ]);
}
