/** Pages of the chain, newest first. Sequence numbers have no gaps, so a page of the whole chain is arithmetic; what is filtered skips by spans. */
import type { LogEntry } from "../contract/log-entry.ts";
import { SPAN, type LogStore } from "./store.ts";

/** Who reads: the security representative everything, the others what concerns their Clouds and themselves. */
export interface Reader {
  all: boolean;
  /** The Clouds that the reader has a profile on, and the reader's own id. */
  audiences: number[];
}

export interface LogFilter {
  label?: string;
  kind?: string;
  actorId?: number;
  resourceId?: number;
  cloudId?: number;
  /** ms since 1970, inclusive */
  from?: number;
  /** ms since 1970, exclusive */
  to?: number;
}

export interface LogPage {
  /** Each the whole entry as JSON text. */
  entries: string[];
  names: Record<string, string>;
  total: number;
}

/** How many entries one page with filters may look at. */
export const REACH = 20_000;

interface Range {
  first: number;
  last: number;
  /** How many entries of it this reader may see, or null when only looking tells. */
  count: number | null;
}

/** @returns null when the filters would have to look at more than `REACH` entries */
export function readPage(store: LogStore, reader: Reader, filter: LogFilter, page: number, size: number): LogPage | null {
  const audiences = audiencesFor(reader, filter);
  const filtered = [filter.label, filter.kind, filter.actorId, filter.resourceId, filter.from, filter.to].some((value) => value !== undefined);
  const found: number[] = [];
  const offset = page * size;
  let total = 0;
  let looked = 0;
  for (const range of ranges(store, audiences, filter)) {
    const skip = !filtered && range.count !== null && (total + range.count <= offset || found.length === size);
    if (skip) {
      total += range.count!;
      continue;
    }
    looked += range.last - range.first + 1;
    if (filtered && looked > REACH) return null;
    for (const sequence of matches(store, range, audiences, filter)) {
      if (total >= offset && found.length < size) found.push(sequence);
      total += 1;
    }
  }
  const entries = readEntries(store, found);
  return { entries, names: store.namesIn(entries.map((text) => JSON.parse(text) as LogEntry)), total };
}

/** Entries in the order of the chain. */
export function readRange(store: LogStore, first: number, last: number): string[] {
  return store.sql
    .exec<{ text: string }>("SELECT text FROM entry WHERE sequence BETWEEN ? AND ? ORDER BY sequence", first, last)
    .toArray()
    .map(({ text }) => text);
}

/** Null: every audience. */
function audiencesFor({ all, audiences }: Reader, { cloudId }: LogFilter): number[] | null {
  if (cloudId === undefined) return all ? null : audiences;
  return all || audiences.includes(cloudId) ? [cloudId] : [];
}

/** Newest first; spans that hold nothing for the reader are left out. */
function* ranges(store: LogStore, audiences: number[] | null, { from = -Infinity, to = Infinity }: LogFilter): Generator<Range> {
  const last = store.head.sequence;
  if (audiences?.length === 0 || last === 0) return;
  const closed = Math.floor(last / SPAN);
  if (last > closed * SPAN) yield { first: closed * SPAN + 1, last, count: audiences ? null : last - closed * SPAN };
  for (const span of store.sql
    .exec<{ number: number; oldest: number; newest: number; counts: string }>("SELECT number, oldest, newest, counts FROM span ORDER BY number DESC")
    .toArray()) {
    if (span.newest < from || span.oldest >= to) continue;
    const count = audiences ? countOf(span.counts, audiences) : SPAN;
    if (count > 0) yield { first: span.number * SPAN + 1, last: span.number * SPAN + SPAN, count };
  }
}

function countOf(counts: string, audiences: number[]): number {
  const byAudience = JSON.parse(counts) as Record<string, number>;
  return audiences.reduce((sum, audience) => sum + (byAudience[audience] ?? 0), 0);
}

function matches(store: LogStore, { first, last }: Range, audiences: number[] | null, filter: LogFilter): number[] {
  const conditions = ["sequence BETWEEN ? AND ?"];
  const values: (string | number)[] = [first, last];
  const demand = (condition: string, value: string | number | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  demand("audience IN (SELECT value FROM json_each(?))", audiences ? JSON.stringify(audiences) : undefined);
  demand("label = ?", filter.label);
  demand("kind = ?", filter.kind);
  demand("actor_id = ?", filter.actorId);
  demand("target_id = ?", filter.resourceId);
  demand("at >= ?", filter.from);
  demand("at < ?", filter.to);
  return store.sql
    .exec<{ sequence: number }>(`SELECT sequence FROM entry WHERE ${conditions.join(" AND ")} ORDER BY sequence DESC`, ...values)
    .toArray()
    .map(({ sequence }) => sequence);
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
