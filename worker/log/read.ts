/** Pages of the chain, newest first. A page costs no more than is stated here, however long the chain is and whatever is asked for. */
import type { LogEntry } from "../contract/log-entry.ts";
import { alternativesOf, Between, mayRead, Meter, OneOf, type Condition, type LogFilter, type Reader } from "./conditions.ts";
import { vouchedFor } from "./facets.ts";
import type { OutboxDatabase } from "./databases.ts";
import type { LogStore } from "./store.ts";

export interface LogPage {
  /** Each the whole entry as JSON text. */
  entries: string[];
  names: Record<string, string>;
  /** The next page is what stands before this sequence number; null: there is nothing more. */
  next: number | null;
  /** How many rows were read to find the entries. */
  looked: number;
}

/**
 * How many rows may be read to find the entries of one page. Whoever asks for what hardly ever comes together gets a short page, and goes on from where
 * it ends.
 */
export const MOST_ROWS = 2_000;

/** @param before a sequence number; null: from the newest on */
export function readPage(store: LogStore, reader: Reader, filter: LogFilter, before: number | null, size: number): LogPage {
  const meter = new Meter(store.sql);
  const conditions = conditionsOf(meter, reader, filter);
  const found: number[] = [];
  let at = Math.min(before === null ? Infinity : before - 1, store.head.sequence);
  // One more than is shown tells whether there is more.
  while (at > 0 && found.length <= size && meter.rows < MOST_ROWS) {
    const next = agreed(conditions, at);
    if (next === at) found.push(at--);
    else at = next;
  }
  const shown = found.slice(0, size);
  const entries = readEntries(store, shown);
  return { entries, names: namesOf(store, entries), next: found.length > size ? found[size]! + 1 : at > 0 ? at + 1 : null, looked: meter.rows };
}

function conditionsOf(meter: Meter, reader: Reader, filter: LogFilter): Condition[] {
  const conditions: Condition[] = alternativesOf(reader, filter).map((alternatives) => new OneOf(meter, alternatives));
  return filter.from === undefined && filter.to === undefined ? conditions : [...conditions, new Between(meter, filter.from, filter.to)];
}

/** `at` when all conditions fit there; else where to look next: whoever goes back furthest says so. */
function agreed(conditions: readonly Condition[], at: number): number {
  let next = at;
  for (const condition of conditions) next = Math.min(next, condition.seek(next));
  return next;
}

/** One entry, and what one wants to know beside it. */
export interface EntryRead {
  entry: string;
  names: Record<string, string>;
  next: { sequence: number; hash: string } | null;
  /** The other entries of the same operation: its acceptance, its end. */
  related: string[];
  /** What the log tells of the key that signed, oldest first: what it takes to verify the signature. */
  keyEntries: string[];
}

/** When somebody last did what the log knows, by Cloud and label. Cloud 0: what concerns no Cloud, signing in among it. */
export interface Use {
  actorId: number;
  cloudId: number;
  label: string;
  /** ms since 1970 */
  at: number;
}

/** As many rows as there are answers: they lie together, actor by actor. */
export function readUses(store: LogStore, actorIds: readonly number[]): Use[] {
  const query = `SELECT actor_id AS actorId, cloud_id AS cloudId, label, at FROM used WHERE actor_id IN (SELECT value FROM json_each(?))`;
  return store.sql.exec<Use & Record<string, SqlStorageValue>>(query, JSON.stringify(actorIds)).toArray();
}

const MOST_RELATED = 60;

/** Null: there is none, or it is not the reader's to see. */
export function readEntry(store: LogStore, reader: Reader, sequence: number): EntryRead | null {
  const [row] = store.sql
    .exec<{ audience: number; operation: number | null; text: string }>(
      "SELECT audience, operation_id AS operation, text FROM entry WHERE sequence = ?",
      sequence,
    )
    .toArray();
  if (!row || !mayRead(reader, row.audience)) return null;
  const { event } = JSON.parse(row.text) as LogEntry;
  const evidence = event.kind === "act-accepted" ? event.evidence : null;
  const related = row.operation === null ? [] : textsBy(store, "entry_operation", "operation_id", row.operation).filter((text) => text !== row.text);
  const [next] = store.sql.exec<{ sequence: number; hash: string }>("SELECT sequence, hash FROM entry WHERE sequence = ?", sequence + 1).toArray();
  return {
    entry: row.text,
    names: namesOf(store, [row.text, ...related]),
    next: next ?? null,
    related,
    keyEntries: evidence ? keyEntries(store, evidence.kind === "webauthn" ? evidence.credentialId : evidence.publicKey) : [],
  };
}

function keyEntries(store: LogStore, credentialId: string): string[] {
  const vouched = textsBy(store, "entry_credential", "credential", vouchedFor(credentialId), 1);
  return [...textsBy(store, "entry_credential", "credential", credentialId), ...vouched];
}

function textsBy(
  store: LogStore,
  index: "entry_operation" | "entry_credential",
  column: "operation_id" | "credential",
  value: string | number,
  most = MOST_RELATED,
): string[] {
  return store.sql
    .exec<{ text: string }>(`SELECT text FROM entry INDEXED BY ${index} WHERE ${column} = ? ORDER BY sequence LIMIT ${most}`, value)
    .toArray()
    .map(({ text }) => text);
}

function namesOf(store: LogStore, texts: readonly string[]): Record<string, string> {
  return store.namesIn(texts.map((text) => JSON.parse(text) as LogEntry));
}

/** Entries in the order of the chain, those that fit. */
export function readRange(store: LogStore, first: number, last: number, filter: LogFilter = {}): string[] {
  const conditions = ["sequence BETWEEN ? AND ?"];
  const values: (string | number)[] = [first, last];
  for (const alternatives of alternativesOf({ all: true, audiences: [] }, filter)) {
    // Without an index: a range of the chain is read as it lies.
    conditions.push(`(${alternatives.map(({ column }) => `+${column} = ?`).join(" OR ")})`);
    values.push(...alternatives.map(({ value }) => value));
  }
  for (const [operator, limit] of [
    [">=", filter.from],
    ["<", filter.to],
  ] as const) {
    if (limit === undefined) continue;
    conditions.push(`at ${operator} ?`);
    values.push(limit);
  }
  return store.sql
    .exec<{ text: string }>(`SELECT text FROM entry WHERE ${conditions.join(" AND ")} ORDER BY sequence`, ...values)
    .toArray()
    .map(({ text }) => text);
}

/** Without an index: only a restored region asks. */
export function readBeyond(
  store: LogStore,
  database: OutboxDatabase,
  number: number,
  after: number,
  size: number,
): { entries: string[]; names: Record<string, string> } {
  const entries = store.sql
    .exec<{ text: string }>(
      "SELECT text FROM entry WHERE sequence > ? AND source_database = ? AND source_number > ? ORDER BY sequence LIMIT ?",
      after,
      database,
      number,
      size,
    )
    .toArray()
    .map(({ text }) => text);
  return { entries, names: namesOf(store, entries) };
}

function readEntries(store: LogStore, sequences: number[]): string[] {
  return store.sql
    .exec<{ text: string }>(
      "SELECT text FROM entry WHERE sequence IN (SELECT value FROM json_each(?)) ORDER BY sequence DESC",
      JSON.stringify(sequences),
    )
    .toArray()
    .map(({ text }) => text);
}
