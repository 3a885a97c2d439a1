/** What a page of the log asks for, as conditions that each find the next place that can fit by one look at an index. */
import type { EntryKind, Outcome } from "../contract/log-entry.ts";
import { outcomesOfKind } from "./facets.ts";
import { SPAN } from "./schema.ts";

/** Who reads: the security representative everything, the others what concerns their Clouds and themselves. */
export interface Reader {
  all: boolean;
  /** The Clouds that the reader has a profile on, and the reader's own id. */
  audiences: readonly number[];
}

export interface LogFilter {
  /** An act's label, or the name of what happened to somebody's identity. */
  label?: string;
  kind?: EntryKind;
  outcome?: Outcome;
  proof?: "none" | "session" | "signature";
  actorId?: number;
  /** A resource or a Service, whatever was made in it included. */
  resourceId?: number;
  cloudId?: number;
  /** ms since 1970, inclusive */
  from?: number;
  /** ms since 1970, exclusive */
  to?: number;
}

const indexes = {
  audience: "entry_audience",
  outcome: "entry_outcome",
  label: "entry_label",
  actor_id: "entry_actor",
  target_id: "entry_target",
  within_id: "entry_within",
  proof: "entry_proof",
} as const;
type Column = keyof typeof indexes;

/** Any of these fits. */
export type Alternatives = readonly { column: Column; value: string | number }[];

export function mayRead({ all, audiences }: Reader, audience: number): boolean {
  return all || audiences.includes(audience);
}

/** All must hold; one without alternatives never does. */
export function alternativesOf(reader: Reader, filter: LogFilter): Alternatives[] {
  const any = (column: Column, values: readonly (string | number)[]): Alternatives => values.map((value) => ({ column, value }));
  const { cloudId, label, kind, outcome, proof, actorId, resourceId } = filter;
  const all: (Alternatives | null)[] = [
    cloudId !== undefined ? any("audience", mayRead(reader, cloudId) ? [cloudId] : []) : reader.all ? null : any("audience", reader.audiences),
    actorId !== undefined ? any("actor_id", [actorId]) : null,
    resourceId !== undefined ? [...any("target_id", [resourceId]), ...any("within_id", [resourceId])] : null,
    label !== undefined ? any("label", [label]) : null,
    outcome !== undefined ? any("outcome", [outcome]) : null,
    kind !== undefined ? any("outcome", outcomesOfKind[kind]) : null,
    proof !== undefined ? any("proof", [proof]) : null,
  ];
  return all.filter((alternatives) => alternatives !== null);
}

/** Counts the rows that the database reads. */
export class Meter {
  rows = 0;
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  first<Row extends Record<string, SqlStorageValue>>(query: string, ...values: (string | number)[]): Row | undefined {
    const cursor = this.#sql.exec<Row>(query, ...values);
    const [row] = cursor.toArray();
    this.rows += Math.max(1, cursor.rowsRead);
    return row;
  }
}

export interface Condition {
  /** `at` itself when it fits; else a place before it, behind which nothing up to `at` fits. 0: nothing does. */
  seek(at: number): number;
}

/** Remembers where each alternative is next: looking on costs a row only for those that were passed. */
export class OneOf implements Condition {
  readonly #meter: Meter;
  readonly #alternatives: { query: string; value: string | number; next: number }[];

  constructor(meter: Meter, alternatives: Alternatives) {
    this.#meter = meter;
    this.#alternatives = alternatives.map(({ column, value }) => ({
      query: `SELECT sequence FROM entry INDEXED BY ${indexes[column]} WHERE ${column} = ? AND sequence <= ? ORDER BY sequence DESC LIMIT 1`,
      value,
      next: Infinity,
    }));
  }

  seek(at: number): number {
    for (const one of this.#alternatives) {
      if (one.next > at) one.next = this.#meter.first<{ sequence: number }>(one.query, one.value, at)?.sequence ?? 0;
    }
    return Math.max(0, ...this.#alternatives.map(({ next }) => next));
  }
}

/** How many spans one look passes at most. */
const SPANS_AT_ONCE = 500;

/** Entries arrive nearly, but not quite, in the order in which things happened: spans say between which times theirs lie. */
export class Between implements Condition {
  readonly #meter: Meter;
  readonly #from: number;
  readonly #to: number;

  constructor(meter: Meter, from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER) {
    this.#meter = meter;
    this.#from = from;
    this.#to = to;
  }

  seek(at: number): number {
    if (at === 0) return 0;
    const entry = this.#meter.first<{ at: number }>("SELECT at FROM entry WHERE sequence = ?", at);
    if (entry && entry.at >= this.#from && entry.at < this.#to) return at;
    const number = Math.floor((at - 1) / SPAN);
    return this.#overlaps(number) ? this.#within(number, at) : this.#before(number);
  }

  /** A span that is not complete has no row, and may hold anything. */
  #overlaps(number: number): boolean {
    const span = this.#meter.first<{ oldest: number; newest: number }>("SELECT oldest, newest FROM span WHERE number = ?", number);
    return !span || (span.newest >= this.#from && span.oldest < this.#to);
  }

  #within(number: number, at: number): number {
    const found = this.#meter.first<{ sequence: number }>(
      "SELECT sequence FROM entry WHERE sequence BETWEEN ? AND ? AND at >= ? AND at < ? ORDER BY sequence DESC LIMIT 1",
      number * SPAN + 1,
      at - 1,
      this.#from,
      this.#to,
    );
    return found?.sequence ?? number * SPAN;
  }

  #before(number: number): number {
    const lowest = Math.max(0, number - SPANS_AT_ONCE);
    const found = this.#meter.first<{ number: number }>(
      "SELECT number FROM span WHERE number BETWEEN ? AND ? AND newest >= ? AND oldest < ? ORDER BY number DESC LIMIT 1",
      lowest,
      number - 1,
      this.#from,
      this.#to,
    );
    return found ? (found.number + 1) * SPAN : lowest * SPAN;
  }
}
