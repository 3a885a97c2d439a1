import { sql } from "drizzle-orm";
import { readAll, readFirst } from "../../statement.ts";

/** One row of `alias_name`; see the migration for what each column says. */
export interface AliasNameRow {
  name: string;
  holder: number;
  token: string;
  until: number | null;
}

export async function readAliasName(directory: D1Database, name: string): Promise<AliasNameRow | null> {
  return readFirst(directory, sql`SELECT name, holder, token, until FROM alias_name WHERE name = ${name}`);
}

/** Reservations that ran out without having been confirmed, the oldest first. */
export async function readUnconfirmed(directory: D1Database, before: number, limit: number): Promise<AliasNameRow[]> {
  return readAll(
    directory,
    sql`SELECT name, holder, token, until FROM alias_name INDEXED BY alias_name_until WHERE until <= ${before} ORDER BY until LIMIT ${limit}`,
  );
}
