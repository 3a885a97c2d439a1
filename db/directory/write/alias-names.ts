/** Names of aliases, unique across the product: reserved, confirmed, let go. Each is one statement by itself; what an alias is they do not know. */
import { sql } from "drizzle-orm";
import { prepare, readFirst } from "../../statement.ts";
import type { AliasNameRow } from "../read/alias-names.ts";

export interface Reservation extends AliasNameRow {
  until: number;
}

/** Reserves a name, or reserves its holder's own anew. @returns null: another holds it. `isFirst`: nobody held it before */
export async function reserveName(directory: D1Database, wanted: Reservation): Promise<{ isFirst: boolean } | null> {
  const { name, holder, token, until } = wanted;
  const row = await readFirst<{ extended: number }>(
    directory,
    sql`INSERT INTO alias_name (name, holder, token, until) VALUES (${name}, ${holder}, ${token}, ${until})
      ON CONFLICT(name) DO UPDATE SET token = excluded.token, until = excluded.until, extended = extended + 1 WHERE holder = excluded.holder
      RETURNING extended`,
  );
  return row && { isFirst: row.extended === 0 };
}

/** The region has the alias. Nothing happens when the reservation is no longer as it was seen. */
export async function confirmName(directory: D1Database, { name, token }: AliasNameRow): Promise<void> {
  await prepare(directory, sql`UPDATE alias_name SET until = NULL WHERE name = ${name} AND token = ${token}`).run();
}

/** The region has no such alias. Nothing happens when the reservation is no longer as it was seen. */
export async function letNameGo(directory: D1Database, { name, token }: AliasNameRow): Promise<void> {
  await prepare(directory, sql`DELETE FROM alias_name WHERE name = ${name} AND token = ${token}`).run();
}
