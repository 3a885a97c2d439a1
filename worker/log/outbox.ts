/** Taking what waits in one database's outbox: never two takings of the same outbox at once, and a database that does not answer is asked again later. */
import { sql } from "drizzle-orm";
import { prepare, readAll } from "../../db/statement.ts";
import type { OutboxDatabase } from "./databases.ts";
import type { OutboxRow } from "./store.ts";

const CHUNK = 200;
const FIRST_RETRY = 1_000;
const LAST_RETRY = 60_000;

/** What happens to a chunk: durably chained when it returns, in the order given. */
export type Take = (database: OutboxDatabase, rows: readonly OutboxRow[]) => Promise<void>;

export class Outbox {
  readonly name: OutboxDatabase;
  readonly #database: D1Database;
  readonly #organizationId: number;
  readonly #take: Take;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #failures = 0;

  constructor(name: OutboxDatabase, database: D1Database, organizationId: number, take: Take) {
    this.name = name;
    this.#database = database;
    this.#organizationId = organizationId;
    this.#take = take;
  }

  /** How long to wait before asking again, in ms; null: it answered last time. */
  get retryIn(): number | null {
    return this.#failures === 0 ? null : Math.min(FIRST_RETRY * 2 ** (this.#failures - 1), LAST_RETRY);
  }

  /** Ends when all that was committed before the call is chained, or the database has failed. All who call during a taking share the one after it. */
  drain(): Promise<void> {
    if (!this.#running) {
      this.#running = this.#drain().finally(() => (this.#running = null));
      return this.#running;
    }
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      return this.drain();
    });
    return this.#next;
  }

  async #drain(): Promise<void> {
    try {
      while (await this.#takeChunk());
      this.#failures = 0;
    } catch {
      this.#failures += 1;
    }
  }

  /** Chain, then delete: what a crash leaves between the two comes again and is recognized. @returns whether there may be more */
  async #takeChunk(): Promise<boolean> {
    const rows = await readAll<OutboxRow>(
      this.#database,
      sql`SELECT number, at, body FROM outbox WHERE organization_id = ${this.#organizationId} ORDER BY number LIMIT ${CHUNK}`,
    );
    if (rows.length === 0) return false;
    await this.#take(this.name, rows);
    const numbers = JSON.stringify(rows.map(({ number }) => number));
    await prepare(
      this.#database,
      sql`DELETE FROM outbox WHERE number IN (SELECT value FROM json_each(${numbers})) AND organization_id = ${this.#organizationId}`,
    ).run();
    return rows.length === CHUNK;
  }
}
