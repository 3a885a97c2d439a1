/** What a piece of work costs a database, as D1 itself reports it. */
export interface Cost {
  rowsRead: number;
  rowsWritten: number;
  roundTrips: number;
}

export interface Measured {
  database: D1Database;
  /** What was spent since the last call of `reset`, or since the beginning. */
  cost: Cost;
  reset(): void;
}

/** Stands before a database and adds up `meta.rows_read`, `meta.rows_written` and the round trips of everything that passes. */
export function measure(database: D1Database): Measured {
  const cost: Cost = { rowsRead: 0, rowsWritten: 0, roundTrips: 0 };
  const inner = new WeakMap<object, D1PreparedStatement>();

  const add = (results: readonly D1Result<unknown>[]): void => {
    cost.roundTrips += 1;
    for (const { meta } of results) {
      cost.rowsRead += meta.rows_read;
      cost.rowsWritten += meta.rows_written;
    }
  };

  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => {
    const run = async <Row>(): Promise<D1Result<Row>> => {
      const result = await statement.all<Row>();
      add([result]);
      return result;
    };
    const wrapped = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values)),
      all: run,
      run,
      first: async (column?: string) => {
        const [row] = (await run<Record<string, unknown>>()).results;
        if (row === undefined) return null;
        return column === undefined ? row : (row[column] ?? null);
      },
      // D1 tells no cost with `raw`; drizzle's own runner uses it, ours does not.
      raw: () => Promise.reject(new Error("raw() cannot be measured; use all().")),
    } as unknown as D1PreparedStatement;
    inner.set(wrapped, statement);
    return wrapped;
  };

  const proxy = {
    prepare: (text: string) => wrap(database.prepare(text)),
    batch: async (statements: D1PreparedStatement[]) => {
      const results = await database.batch(statements.map((statement) => inner.get(statement) ?? statement));
      add(results);
      return results;
    },
    exec: (text: string) => database.exec(text),
    withSession: (constraint?: string) => database.withSession(constraint),
  } as unknown as D1Database;

  return {
    database: proxy,
    cost,
    reset: () => Object.assign(cost, { rowsRead: 0, rowsWritten: 0, roundTrips: 0 }),
  };
}
