/** The chain and what stands beside it, in the SQLite of the organization's Durable Object. Every method is synchronous. */
import {
  FIRST_PREVIOUS,
  type ActAccepted,
  type ActRefused,
  type IdentityEvent,
  type LogEntry,
  type LogEvent,
  type OutboxBody,
} from "../contract/log-entry.ts";
import { canonicalize, type Json } from "../contract/operation.ts";
import { audienceOf, idsIn, link, readBody, unreadable, type Link } from "./chain.ts";
import type { OutboxDatabase } from "./databases.ts";
import { facetsOf, isUse } from "./facets.ts";
import { prepareSchema, SPAN } from "./schema.ts";

/** How long equal refusals are counted into one entry, from the first, in ms. */
export const REFUSALS_MERGE_FOR = 60_000;

export interface OutboxRow {
  number: number;
  /** ms since 1970 */
  at: number;
  body: string;
}

export class LogStore {
  readonly organizationId: number;
  readonly sql: SqlStorage;
  readonly #storage: DurableObjectStorage;
  #head: Link;

  constructor(storage: DurableObjectStorage, organizationId: number) {
    this.organizationId = organizationId;
    this.#storage = storage;
    this.sql = storage.sql;
    prepareSchema(storage);
    const [newest] = this.sql.exec<{ sequence: number; hash: string }>("SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1").toArray();
    this.#head = newest ?? { sequence: 0, hash: FIRST_PREVIOUS };
  }

  get head(): Link {
    return this.#head;
  }

  /**
   * Chains rows of one outbox, in their order, all in one transaction. Numbers only grow within a database, so the highest one taken tells what is new.
   * A number at or below it is a second delivery, unless the database was restored to an earlier time and gives its numbers again: then the event differs.
   * @returns the new entries
   */
  append(database: OutboxDatabase, rows: readonly OutboxRow[]): LogEntry[] {
    return this.#transaction(() => {
      const [mark] = this.sql.exec<{ number: number }>("SELECT number FROM delivered WHERE database = ?", database).toArray();
      const highest = mark?.number ?? 0;
      const entries: LogEntry[] = [];
      for (const { number, at, body } of rows) {
        const read = readBody(body);
        const event = read?.event ?? unreadable(body, at);
        if (number <= highest && this.#isChained(database, number, event)) continue;
        if (!read) this.sql.exec("INSERT INTO unreadable(database, number, body) VALUES (?, ?, ?)", database, number, body);
        entries.push(this.#chain({ database, number }, event));
        this.#keepNames(read?.names ?? {});
      }
      const newest = rows.at(-1)?.number ?? 0;
      if (newest > highest)
        this.sql.exec("INSERT INTO delivered(database, number) VALUES (?, ?) ON CONFLICT DO UPDATE SET number = excluded.number", database, newest);
      return entries;
    });
  }

  /** Counts a refusal; durable with the answer. @param now ms since 1970 */
  countRefusal(event: Omit<ActRefused, "count">, names: OutboxBody["names"], now: number): void {
    this.#transaction(() => {
      const { actor, label, target, code } = event;
      const key = canonicalize([actor.kind, actor.id, label, target && [target.kind, target.id], code]);
      this.sql.exec(
        "INSERT INTO refusal(key, first, count, event) VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE SET count = count + 1",
        key,
        now,
        canonicalize(event as unknown as Json),
      );
      this.#keepNames(names);
    });
  }

  /** Chains the refusals whose minute is over. @param now ms since 1970 @returns the new entries */
  appendRefusals(now: number): LogEntry[] {
    return this.#transaction(() => {
      const over = this.sql
        .exec<{ key: string; count: number; event: string }>(
          "SELECT key, count, event FROM refusal WHERE first <= ? ORDER BY first",
          now - REFUSALS_MERGE_FOR,
        )
        .toArray();
      return over.map(({ key, count, event }) => {
        this.sql.exec("DELETE FROM refusal WHERE key = ?", key);
        return this.#chain({ database: "LOG", number: this.#head.sequence + 1 }, { ...(JSON.parse(event) as Omit<ActRefused, "count">), count });
      });
    });
  }

  /** When the next refusals are due, in ms since 1970; null: none are waiting. */
  refusalsDue(): number | null {
    const { first } = this.sql.exec<{ first: number | null }>("SELECT min(first) AS first FROM refusal").one();
    return first === null ? null : first + REFUSALS_MERGE_FOR;
  }

  /** The names of the ids in these entries, as far as they are known and not erased. */
  namesIn(entries: readonly LogEntry[]): Record<string, string> {
    const ids = JSON.stringify([...idsIn(entries.map(({ event }) => event))].map(String));
    return Object.fromEntries(
      this.sql
        .exec<{ id: string; name: string }>("SELECT id, name FROM name WHERE id IN (SELECT value FROM json_each(?))", ids)
        .toArray()
        .map(({ id, name }) => [id, name]),
    );
  }

  allNames(): Record<string, string> {
    const names = this.sql.exec<{ id: string; name: string }>("SELECT id, name FROM name").toArray();
    return Object.fromEntries(names.map(({ id, name }) => [id, name]));
  }

  eraseName(id: number): void {
    this.sql.exec("DELETE FROM name WHERE id = ?", String(id));
  }

  /** What is delivered is remembered: nothing of it comes a second time. */
  erase(): void {
    this.#transaction(() => {
      for (const table of ["entry", "span", "refusal", "name", "unreadable", "used"]) this.sql.exec(`DELETE FROM ${table}`);
      this.#head = { sequence: 0, hash: FIRST_PREVIOUS };
    });
  }

  #chain(source: LogEntry["source"], event: LogEvent): LogEntry {
    const { entry, text } = link(this.organizationId, this.#head, source, event);
    const { actor, target, within, ...found } = facetsOf(event);
    this.sql.exec(
      `INSERT INTO entry(sequence, audience, at, kind, label, actor_id, target_id, source_database, source_number, hash, text, outcome, proof, within_id, operation_id, credential)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      entry.sequence,
      audienceOf(event),
      found.at,
      event.kind,
      found.label,
      actor ?? this.#askedBy(found.askedAs),
      target,
      source.database,
      source.number,
      entry.hash,
      text,
      found.outcome,
      found.proof,
      within,
      found.operation,
      found.credential,
    );
    if (isUse(event)) this.#keepUse(event, found.label!, found.at);
    this.#head = { sequence: entry.sequence, hash: entry.hash };
    if (entry.sequence % SPAN === 0) this.#closeSpan(entry.sequence / SPAN - 1);
    return entry;
  }

  /** Who asked for what has ended: the end itself names nobody. */
  #askedBy(operationId: number | null): number | null {
    if (operationId === null) return null;
    const [asked] = this.sql
      .exec<{ actor: number | null }>(
        "SELECT actor_id AS actor FROM entry INDEXED BY entry_operation WHERE operation_id = ? AND kind = 'act-accepted' LIMIT 1",
        operationId,
      )
      .toArray();
    return asked?.actor ?? null;
  }

  /** When a right was last used, and how often: what an access review asks for. */
  #keepUse({ cloudId, actor }: ActAccepted | IdentityEvent, label: string, at: number): void {
    this.sql.exec(
      `INSERT INTO used(actor_id, cloud_id, label, at, times) VALUES (?, ?, ?, ?, 1)
       ON CONFLICT DO UPDATE SET at = max(at, excluded.at), times = times + 1`,
      actor.id,
      cloudId ?? 0,
      label,
      at,
    );
  }

  #closeSpan(number: number): void {
    this.sql.exec(
      "INSERT INTO span(number, oldest, newest) SELECT ?, min(at), max(at) FROM entry WHERE sequence BETWEEN ? AND ?",
      number,
      number * SPAN + 1,
      number * SPAN + SPAN,
    );
  }

  /** Without an index: only what comes a second time pays for the search, and it is near the end. */
  #isChained(database: OutboxDatabase, number: number, event: LogEvent): boolean {
    const text = canonicalize(event as unknown as Json);
    for (const row of this.sql.exec<{ text: string }>(
      "SELECT text FROM entry WHERE source_number = ? AND source_database = ? ORDER BY sequence DESC",
      number,
      database,
    )) {
      if (canonicalize((JSON.parse(row.text) as LogEntry).event as unknown as Json) === text) return true;
    }
    return false;
  }

  #keepNames(names: OutboxBody["names"]): void {
    for (const [id, name] of Object.entries(names)) {
      this.sql.exec(
        "INSERT INTO name(id, name) VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name WHERE name <> excluded.name",
        id,
        String(name),
      );
    }
  }

  /** What is rolled back takes the head back too. */
  #transaction<Result>(work: () => Result): Result {
    const before = this.#head;
    try {
      return this.#storage.transactionSync(work);
    } catch (error) {
      this.#head = before;
      throw error;
    }
  }
}
