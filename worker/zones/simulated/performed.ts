/** How often the things of a simulated zone were really changed under each key: what proves that nothing ran twice. */
const schema = `
CREATE TABLE IF NOT EXISTS performed(key TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;`;

export class Performed {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(schema);
  }

  count(key: string): void {
    this.#sql.exec("INSERT INTO performed VALUES (?, 1) ON CONFLICT DO UPDATE SET n = n + 1", key);
  }

  of(key: string): number {
    return this.#sql.exec<{ n: number }>("SELECT n FROM performed WHERE key = ?", key).toArray()[0]?.n ?? 0;
  }
}
