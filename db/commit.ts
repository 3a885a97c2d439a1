/**
 * The only caller of D1's `batch()` that writes: all of it, or nothing. Reads that go together use `readTogether`.
 *
 * A statement that must hit exactly one row is followed by a guard: `INSERT INTO must SELECT changes(), …`, whose trigger aborts the whole batch on
 * anything but 1 and writes nothing itself. `WHERE changes() = 1` on what follows would leave standing what went before; `meta.changes` counts what
 * triggers wrote.
 */
import type { SQL } from "drizzle-orm";
import { prepare, type Builder, type Statement } from "./statement.ts";

export type Query = SQL | Builder | Statement;

/** One write of a commit. `must`: it hits exactly one row, or nothing of the commit happens and the name is what failed. */
export interface Write {
  query: Query;
  must?: string;
}

/** A guarded statement hit no row, or more than one. Nothing was written. */
export class MustHitOne extends Error {
  constructor() {
    super("A guarded statement did not hit exactly one row; nothing was written.");
    this.name = "MustHitOne";
  }
}

/** A row with the same key is there already. Nothing was written. `index` is SQLite's list of columns, for example `resource.cloud_id, resource.name`. */
export class AlreadyThere extends Error {
  readonly index: string;

  constructor(index: string) {
    super(`A row with the same ${index} is there already; nothing was written.`);
    this.name = "AlreadyThere";
    this.index = index;
  }
}

/** The organization's facts were brought back to an earlier moment, and nobody has decided yet about what is known more. Nothing was written. */
export class Restored extends Error {
  constructor() {
    super("The region was restored and is being reconciled; nothing was written.");
    this.name = "Restored";
  }
}

const guard = (what: string): Statement => ({ sql: "INSERT INTO must(hit, what) SELECT changes(), ?", params: [what] });

/**
 * Runs the writes as one transaction, in order, in one round trip.
 * @returns the results of the writes (of guards none), for `RETURNING`
 * @throws MustHitOne, AlreadyThere; any other error of D1 means that the outcome is unknown
 */
export async function commit(database: D1Database, writes: readonly Write[]): Promise<D1Result<Record<string, unknown>>[]> {
  const statements = writes.flatMap(({ query, must }) => (must ? [query, guard(must)] : [query]));
  let results: D1Result<Record<string, unknown>>[];
  try {
    results = await inOneTrip(database, statements);
  } catch (error) {
    throw refine(error);
  }
  const answers: D1Result<Record<string, unknown>>[] = [];
  let at = 0;
  for (const { must } of writes) {
    answers.push(results[at]!);
    at += must ? 2 : 1;
  }
  return answers;
}

/** Several reads in one round trip, each seeing the same state. */
export async function readTogether(database: D1Database, queries: readonly Query[]): Promise<D1Result<Record<string, unknown>>[]> {
  return inOneTrip(database, queries);
}

/**
 * The statements are looked at again when all is answered, which keeps them until then: where the databases are opened from outside of the runtime
 * (scripts/lib/databases.ts), a batch sends references alone, and what is collected here meanwhile would be missed there.
 */
async function inOneTrip(database: D1Database, queries: readonly Query[]): Promise<D1Result<Record<string, unknown>>[]> {
  const statements = queries.map((query) => prepare(database, query));
  const results = await database.batch<Record<string, unknown>>(statements);
  if (results.length !== statements.length) throw new Error("The database did not answer every statement: the outcome is unknown.");
  return results;
}

/** True for what the triggers of db/region/write/restoration.ts abort, wherever it was asked. */
export function isRestored(error: unknown): boolean {
  return error instanceof Restored || (error instanceof Error && /\brestored\b/.test(error.message) && /SQLITE_CONSTRAINT/.test(error.message));
}

function refine(error: unknown): unknown {
  const text = error instanceof Error ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ""}` : String(error);
  const unique = /UNIQUE constraint failed: ([\w., ]+)/.exec(text);
  if (unique) return new AlreadyThere(unique[1]!.trim().replace(/:.*$/, ""));
  if (isRestored(error)) return new Restored();
  if (/\bmust\b/.test(text) && /SQLITE_CONSTRAINT/.test(text)) return new MustHitOne();
  return error;
}
