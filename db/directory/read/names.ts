import { sql } from "drizzle-orm";
import { readAll, readFirst } from "../../statement.ts";

/** Names that are unique across the product: of DNS aliases, and of the hosts that load balancers serve. */
export type Book = "alias" | "host";

/** The table of each book, and the index of what is not confirmed yet. */
export const tables = {
  alias: { table: sql.raw("alias_name"), until: sql.raw("alias_name_until") },
  host: { table: sql.raw("url_host_name"), until: sql.raw("url_host_name_until") },
} as const;

/** One row of a book; see the migration for what each column says. */
export interface NameRow {
  book: Book;
  name: string;
  holder: number;
  token: string;
  until: number | null;
}

export async function readName(directory: D1Database, book: Book, name: string): Promise<NameRow | null> {
  const row = await readFirst<Omit<NameRow, "book">>(
    directory,
    sql`SELECT name, holder, token, until FROM ${tables[book].table} WHERE name = ${name}`,
  );
  return row && { ...row, book };
}

/** Reservations that ran out without having been confirmed, the oldest first. */
export async function readUnconfirmed(directory: D1Database, book: Book, before: number, limit: number): Promise<NameRow[]> {
  const { table, until } = tables[book];
  const rows = await readAll<Omit<NameRow, "book">>(
    directory,
    sql`SELECT name, holder, token, until FROM ${table} INDEXED BY ${until} WHERE until <= ${before} ORDER BY until LIMIT ${limit}`,
  );
  return rows.map((row) => ({ ...row, book }));
}
