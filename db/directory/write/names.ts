/** Names that are unique across the product: reserved, confirmed, let go. Each is one statement by itself; what a name is for they do not know. */
import { sql } from "drizzle-orm";
import { prepare, readFirst } from "../../statement.ts";
import { tables, type NameRow } from "../read/names.ts";

export interface Reservation extends NameRow {
  until: number;
}

/** Reserves a name, or reserves its holder's own anew. @returns null: another holds it. `isFirst`: nobody held it before */
export async function reserveName(directory: D1Database, wanted: Reservation): Promise<{ isFirst: boolean } | null> {
  const { book, name, holder, token, until } = wanted;
  const row = await readFirst<{ extended: number }>(
    directory,
    sql`INSERT INTO ${tables[book].table} (name, holder, token, until) VALUES (${name}, ${holder}, ${token}, ${until})
      ON CONFLICT(name) DO UPDATE SET token = excluded.token, until = excluded.until, extended = extended + 1 WHERE holder = excluded.holder
      RETURNING extended`,
  );
  return row && { isFirst: row.extended === 0 };
}

/** The region has what the name is for. Nothing happens when the reservation is no longer as it was seen. */
export async function confirmName(directory: D1Database, { book, name, token }: NameRow): Promise<void> {
  await prepare(directory, sql`UPDATE ${tables[book].table} SET until = NULL WHERE name = ${name} AND token = ${token}`).run();
}

/** The region has no such thing. Nothing happens when the reservation is no longer as it was seen. */
export async function letNameGo(directory: D1Database, { book, name, token }: NameRow): Promise<void> {
  await prepare(directory, sql`DELETE FROM ${tables[book].table} WHERE name = ${name} AND token = ${token}`).run();
}

/** Holds a name that a region has had since before; nothing happens when it is held already. */
export async function adoptName(directory: D1Database, { book, name, holder, token }: NameRow): Promise<void> {
  await prepare(directory, sql`INSERT OR IGNORE INTO ${tables[book].table} (name, holder, token) VALUES (${name}, ${holder}, ${token})`).run();
}
