/** Passwords that are changed and reset: each with all that follows from it, in one commit. */
import { sql } from "drizzle-orm";
import type { CredentialChange } from "../../../worker/contract/mail.ts";
import { retention } from "../../../worker/contract/retention.ts";
import type { Write } from "../../commit.ts";
import { spendChallenge, type Challenge } from "./challenges.ts";
import { queueMail, queueMailIf } from "./mail.ts";
import { appendEvent, appendEventIf, type EventSubject } from "./outbox.ts";
import { endAllSessions, endOtherSessions } from "./sessions.ts";

/** How long a link can be used, in ms. */
export const RESET_LASTS = retention.resetLink.for;

/** Where a change was made from, as its notice tells it. */
export interface Whence {
  network: string;
  agent: string;
}

/** The notice that every change of a password or key brings, queued in the commit of the change (NIST SP 800-63B-4; ASVS 5.0, 6.3.7). */
export function notifyChange(personId: number, which: CredentialChange, now: number, more: Partial<Whence> & { key?: string } = {}): Write {
  return queueMail({ to: personId, template: "credential-changed", facts: { which, at: now, ...more } }, now);
}

/**
 * Issues a link; earlier ones stay good, so that nobody takes another's away by asking too. Whether there is such a person or not, the same statements
 * run. The token is in the mail alone.
 */
export function issueReset(
  person: (EventSubject & { hasKey: boolean }) | null,
  { token, tokenHash }: { token: string; tokenHash: string },
  now: number,
): Write[] {
  const until = now + RESET_LASTS;
  const subject = person ?? { id: -1, name: "", organizationId: 0, session: "" };
  const facts = { link: `/reset-password#${token}`, until, hasKey: person?.hasKey ?? false };
  return [
    {
      query: sql`INSERT INTO password_reset(token_hash, person_id, created, expires) SELECT ${tokenHash}, id, ${now}, ${until} FROM person WHERE id = ${subject.id}`,
    },
    queueMailIf(person !== null, { to: subject.id, template: "password-reset", facts }, now),
    appendEventIf(person !== null, "password-reset-asked", subject, {}, now),
  ];
}

/**
 * Spends the link and every other one of the person, sets the password and ends all sessions. Keys stay as they are.
 * @param account the subject under which failures of this person's sign-ins are counted
 */
export function spendReset(tokenHash: string, person: EventSubject, password: string, account: string, whence: Whence, now: number): Write[] {
  const { id } = person;
  return [
    {
      query: sql`DELETE FROM password_reset WHERE token_hash = ${tokenHash} AND person_id = ${id} AND expires > ${now} RETURNING person_id`,
      must: "the link",
    },
    {
      query: sql`UPDATE person SET password = ${password} WHERE id = ${id} AND (SELECT state FROM actor WHERE actor.id = person.id) = 'active'`,
      must: "the person",
    },
    ...endResets(id),
    endAllSessions(id),
    { query: sql`DELETE FROM sign_in_attempt WHERE subject = ${account}` },
    appendEvent("password-reset", person, {}, now),
    notifyChange(id, "password-reset", now, whence),
  ];
}

/** @param ceremony the key's challenge, spent with it; null for a person without keys */
export function changePassword(
  person: EventSubject,
  { old, renewed, ceremony }: { old: string; renewed: string; ceremony: Challenge | null },
  whence: Whence,
  now: number,
): Write[] {
  const { id, session } = person;
  // Whoever has no key when the challenge is left out has none at the commit either.
  const without = ceremony ? sql`` : sql` AND (SELECT security_keys FROM actor WHERE actor.id = person.id) = 0`;
  return [
    ...(ceremony ? [spendChallenge(ceremony, now)] : []),
    { query: sql`UPDATE person SET password = ${renewed} WHERE id = ${id} AND password = ${old}${without}`, must: "the password as checked" },
    ...endResets(id),
    endOtherSessions(id, session),
    appendEvent("password-changed", person, {}, now),
    notifyChange(id, "password-changed", now, whence),
  ];
}

function endResets(personId: number): Write[] {
  return [{ query: sql`DELETE FROM password_reset WHERE person_id = ${personId}` }];
}
