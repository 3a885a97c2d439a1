/** How an entry is made: its text is RFC 8785, its hash SHA-256 over everything else in it. Synchronous, so that head and entry cannot come apart. */
import { createHash } from "node:crypto";
import type { LogEntry, LogEvent, OutboxBody, UnreadableRow } from "../contract/log-entry.ts";
import { canonicalize, type Json } from "../contract/operation.ts";

export interface Link {
  sequence: number;
  hash: string;
}

const kinds: readonly LogEvent["kind"][] = ["act-accepted", "act-ended", "member-observed", "act-refused", "identity"];

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** The entry after `head`, and its canonical text with the hash in it. */
export function link(organizationId: number, head: Link, source: LogEntry["source"], event: LogEvent): { entry: LogEntry; text: string } {
  const unhashed = { organizationId, sequence: head.sequence + 1, previous: head.hash, source, event };
  const entry = { ...unhashed, hash: sha256(canonicalize(unhashed as unknown as Json)) };
  return { entry, text: canonicalize(entry as unknown as Json) };
}

/** An outbox row's body, or null for one that cannot be chained: it must neither stop the log nor vanish. */
export function readBody(text: string): OutboxBody | null {
  try {
    const { event, names } = JSON.parse(text) as OutboxBody;
    if (!kinds.includes(event.kind) || Number.isNaN(Date.parse(event.at))) return null;
    if (event.cloudId !== null && !Number.isSafeInteger(event.cloudId)) return null;
    canonicalize(event as unknown as Json);
    return { event, names: names ?? {} };
  } catch {
    return null;
  }
}

/** @param at ms since 1970, of the row */
export function unreadable(body: string, at: number): UnreadableRow {
  return { kind: "unreadable", at: new Date(at).toISOString(), cloudId: null, bodyHash: sha256(body) };
}

/**
 * Whose eyes an event is for beside the security representative's: the Cloud's people; of what concerns no Cloud, the person whom it is about, or else
 * who did it. The ids of Clouds and actors never collide. 0: nobody else's.
 */
export function audienceOf(event: LogEvent): number {
  if (event.cloudId !== null) return event.cloudId;
  if ("target" in event && event.target?.kind === "person") return event.target.id;
  return "actor" in event ? event.actor.id : 0;
}

/** Every whole number in the event: the ids whose names a reader may want. */
export function idsIn(value: unknown, found = new Set<number>()): Set<number> {
  if (Number.isSafeInteger(value)) found.add(value as number);
  else if (value !== null && typeof value === "object") for (const member of Object.values(value)) idsIn(member, found);
  return found;
}
