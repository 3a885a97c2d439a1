/** The directory's outbox: what the organizations' logs have not taken yet, written in the commit of what it tells. */
import { sql } from "drizzle-orm";
import type { IdentityEventName, OutboxBody } from "../../../worker/contract/log-entry.ts";
import type { Json } from "../../../worker/contract/operation.ts";
import type { Write } from "../../commit.ts";

/** Whom an identity event is about. `session` is the public id of the session it happened in, "" for none. */
export interface EventSubject {
  kind?: "person" | "api-account";
  id: number;
  name: string;
  organizationId: number;
  session: string;
}

/** One outbox row of an identity event. */
export function appendEvent(name: IdentityEventName, subject: EventSubject, facts: Record<string, Json>, now: number): Write {
  return appendEventIf(true, name, subject, facts, now);
}

/** The same statement and the same work either way; the row is written only if `there`. */
export function appendEventIf(there: boolean, name: IdentityEventName, subject: EventSubject, facts: Record<string, Json>, now: number): Write {
  return {
    query: sql`INSERT INTO outbox(organization_id, at, body) SELECT ${subject.organizationId}, ${now}, ${eventBody(name, subject, facts, now)} WHERE ${Number(there)}`,
  };
}

/** The body of an identity event, as JSON text. */
function eventBody(
  name: IdentityEventName,
  { kind = "person", id, name: called, session }: EventSubject,
  facts: Record<string, Json>,
  now: number,
): string {
  const body: OutboxBody = {
    event: { kind: "identity", name, actor: { kind, id, session }, at: new Date(now).toISOString(), cloudId: null, facts },
    names: { [String(id)]: called },
  };
  return JSON.stringify(body);
}
