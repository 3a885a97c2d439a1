/** Applies the SQL migrations of a folder, each once, in the table that `wrangler d1 migrations` keeps: either may follow the other. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { unstable_splitSqlQuery as splitStatements } from "wrangler";
import { commit, type Write } from "./commit.ts";
import { prepare, readAll } from "./statement.ts";

const plain = (sql: string, ...params: unknown[]) => ({ sql, params });

const table = plain(
  "CREATE TABLE IF NOT EXISTS d1_migrations(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
);

/**
 * A migration and the note that it was applied are one commit: a start that is killed in between leaves neither.
 * @param folder the .sql files, applied in the order of their names
 * @returns the names of those that were applied now
 */
export async function migrate(database: D1Database, folder: string): Promise<string[]> {
  await prepare(database, table).run();
  const rows = await readAll<{ name: string }>(database, plain("SELECT name FROM d1_migrations"));
  const known = new Set(rows.map(({ name }) => name));
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  const missing = files.sort().filter((name) => !known.has(name));
  for (const name of missing) {
    const statements: Write[] = splitStatements(readFileSync(join(folder, name), "utf8")).map((sql) => ({ query: plain(sql) }));
    await commit(database, [...statements, { query: plain("INSERT INTO d1_migrations(name) VALUES (?)", name) }]);
  }
  return missing;
}
