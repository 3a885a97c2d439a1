/** Enrolling anew after every key was lost: the one-time link, what stands still until it is used, and its use. */
import { sql, type SQL } from "drizzle-orm";
import type { Permit } from "../../../worker/contract/permit.ts";
import { retention } from "../../../worker/contract/retention.ts";
import type { Write } from "../../commit.ts";
import { commitGoverned, type GovernedAct } from "./governed.ts";
import { appendEvent, type EventSubject } from "./outbox.ts";
import { endAllSessions } from "./sessions.ts";

/** How long a link can be used, in ms. */
export const ENROLMENT_LINK_LASTS = retention.link.for;

export interface EnrolmentLink {
  /** SHA-256 of a random 256-bit token, base64url; the token goes into the link's fragment and is nowhere at rest. */
  tokenHash: string;
  /** ms since 1970 */
  until: number;
}

/** @throws MustHitOne when the challenge is spent, or the person has changed since */
export async function issueEnrolment(directory: D1Database, permit: Permit<"issue-enrolment">, link: EnrolmentLink, act: GovernedAct): Promise<void> {
  const { target, now } = permit;
  await commitGoverned(directory, permit, act, beginAnew(target, link, now));
}

/**
 * From here on the person's keys count for nothing and their sessions are over; the keys go when, and only when, a new one is enrolled. A link takes the
 * place of any earlier one.
 */
export function beginAnew(person: { id: number; name: string; organizationId: number }, { tokenHash, until }: EnrolmentLink, now: number): Write[] {
  const { id } = person;
  return [
    tellKeys("key-locked", person, sql`locked IS NULL`, now),
    { query: sql`UPDATE security_key SET locked = ${now} WHERE person_id = ${id} AND locked IS NULL` },
    endAllSessions(id),
    appendEvent("session-ended", { ...person, kind: "person", session: "" }, { session: null }, now),
    {
      query: sql`INSERT INTO enrolment(person_id, token_hash, created, expires) VALUES (${id}, ${tokenHash}, ${now}, ${until})
        ON CONFLICT(person_id) DO UPDATE SET token_hash = excluded.token_hash, created = excluded.created, expires = excluded.expires`,
      must: "the link",
    },
  ];
}

/** Spends the link; the keys that were there before are removed, each told to the log. */
export function spendEnrolment(tokenHash: string, person: EventSubject, now: number): Write[] {
  return [
    {
      query: sql`DELETE FROM enrolment WHERE token_hash = ${tokenHash} AND person_id = ${person.id} AND expires > ${now} RETURNING person_id`,
      must: "the link",
    },
    tellKeys("key-removed", person, sql`removed IS NULL`, now),
    { query: sql`UPDATE security_key SET removed = ${now}, locked = coalesce(locked, ${now}) WHERE person_id = ${person.id} AND removed IS NULL` },
    endAllSessions(person.id),
  ];
}

/** One event for each key of the person that fits. */
function tellKeys(
  name: "key-locked" | "key-removed",
  { id, name: called, organizationId }: Pick<EventSubject, "id" | "name" | "organizationId">,
  which: SQL,
  now: number,
): Write {
  const body = {
    event: { kind: "identity", name, actor: { kind: "person", id, session: "" }, at: new Date(now).toISOString(), cloudId: null, facts: {} },
    names: { [String(id)]: called },
  };
  return {
    query: sql`INSERT INTO outbox(organization_id, at, body) SELECT ${organizationId}, ${now}, json_set(${JSON.stringify(body)}, '$.event.facts.credentialId', credential_id)
      FROM security_key INDEXED BY security_key_person WHERE person_id = ${id} AND ${which}`,
  };
}
