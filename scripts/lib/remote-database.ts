/** A database of the account, used as the Worker uses it: a batch is one call of `wrangler d1 execute`, which D1 runs as one transaction. */
import { jsonOf, type Wrangler } from "./wrangler.ts";

type Row = Record<string, unknown>;

/** @param config the generated configuration, which holds the database's id @param binding as DIRECTORY */
export function remoteDatabase(wrangler: Wrangler, config: string, binding: string): D1Database {
  const run = async (statements: readonly Prepared[]): Promise<D1Result<Row>[]> => {
    const command = statements.map((statement) => statement.text()).join(";\n");
    const said = await wrangler(["d1", "execute", binding, "--remote", "--json", "--yes", "--config", config, "--command", command]);
    if (!said.ok) throw new Error(said.all);
    return jsonOf<D1Result<Row>[]>(said);
  };

  class Prepared {
    readonly #sql: string;
    readonly #values: readonly unknown[];

    constructor(sql: string, values: readonly unknown[] = []) {
      this.#sql = sql;
      this.#values = values;
    }

    bind(...values: unknown[]): Prepared {
      return new Prepared(this.#sql, values);
    }

    text(): string {
      return writeOut(this.#sql, this.#values);
    }

    async all(): Promise<D1Result<Row>> {
      return (await run([this]))[0]!;
    }

    async first(): Promise<Row | null> {
      return (await this.all()).results[0] ?? null;
    }
  }

  const database = { prepare: (sql: string) => new Prepared(sql), batch: (statements: Prepared[]) => run(statements) };
  return database as unknown as D1Database;
}

/** The statement with its parameters in it. A question mark within quotes is none. */
export function writeOut(sql: string, values: readonly unknown[]): string {
  let next = 0;
  const text = sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g, (found) => (found === "?" ? literal(values[next++]) : found));
  if (next !== values.length) throw new Error(`${values.length} values for ${next} places in: ${sql}`);
  return text;
}

/** @throws Error for what cannot be written without doubt */
function literal(value: unknown): string {
  if (value === null) return "NULL";
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value === "string" && !value.includes("\0")) return `'${value.replaceAll("'", "''")}'`;
  throw new Error(`No literal of SQL: ${String(value)}`);
}
