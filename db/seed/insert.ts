/** Many rows in few statements: one JSON parameter, read by json_each. Numbers keep their type, so ids arrive as INTEGER. */
import type { Write } from "../commit.ts";

type Cell = string | number | null;

const ROWS_PER_STATEMENT = 400;

/** @param columns each with the value of its cell; an INSERT for every 400 rows */
export function insertRows<Row>(table: string, columns: Record<string, (row: Row) => Cell>, rows: readonly Row[]): Write[] {
  const names = Object.keys(columns);
  const cells = names.map((_, index) => `json_extract(value, '$[${index}]')`).join(", ");
  const writes: Write[] = [];
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
    const values = rows.slice(at, at + ROWS_PER_STATEMENT).map((row) => names.map((name) => columns[name]!(row)));
    writes.push({ query: { sql: `INSERT INTO ${table} (${names.join(", ")}) SELECT ${cells} FROM json_each(?)`, params: [JSON.stringify(values)] } });
  }
  return writes;
}
