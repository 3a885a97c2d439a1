/** SQL as text and parameters: from drizzle's `sql` templates (hot reads, with INDEXED BY) and from its builders (`.toSQL()`). */
import { sql, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { SQLiteSyncDialect, type SQLiteTable } from "drizzle-orm/sqlite-core";

export interface Statement {
  sql: string;
  params: unknown[];
}

/** A drizzle builder, before it is run. */
export interface Builder {
  toSQL(): Statement;
}

const dialect = new SQLiteSyncDialect();

export function toStatement(query: SQL | Builder | Statement): Statement {
  if ("toSQL" in query) return query.toSQL();
  if ("sql" in query && typeof query.sql === "string") return query as Statement;
  const { sql: text, params } = dialect.sqlToQuery(query as SQL);
  return { sql: text, params };
}

/** Only writes SQL: statements are run by `commit`, all of an act's together. */
const builder = drizzle(null as never);

/** The insertion of one row, its columns and their types held by the table's schema; any value may be said in SQL. */
export function insert<Table extends SQLiteTable>(
  table: Table,
  row: { [Column in keyof Table["$inferInsert"]]: Table["$inferInsert"][Column] | SQL },
): Statement {
  return builder
    .insert(table)
    .values(row as Table["$inferInsert"])
    .toSQL();
}

/** One prepared, bound D1 statement. */
export function prepare(database: D1Database, query: SQL | Builder | Statement): D1PreparedStatement {
  const { sql: text, params } = toStatement(query);
  return database.prepare(text).bind(...params);
}

/** All rows of one read, in one round trip. */
export async function readAll<Row>(database: D1Database, query: SQL | Builder | Statement): Promise<Row[]> {
  const { results } = await prepare(database, query).all<Row>();
  return results;
}

/** The first row of one read, or null. */
export async function readFirst<Row>(database: D1Database, query: SQL | Builder | Statement): Promise<Row | null> {
  return prepare(database, query).first<Row>();
}

/** Integers as one JSON parameter for `json_each`: a bound JavaScript number would reach SQLite as REAL, and D1 binds at most 100. */
export function idList(ids: readonly number[]): SQL {
  return sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;
}
