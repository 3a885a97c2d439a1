/** Writes of sessions, to be put into the commit of what they belong to. A session's rows share its public id: the current token, and one superseded. */
import { sql } from "drizzle-orm";
import type { Permit } from "../../../worker/contract/permit.ts";
import type { Write } from "../../commit.ts";
import { insert, prepare } from "../../statement.ts";
import { session } from "../schema/index.ts";
import { commitGoverned, type GovernedAct } from "./governed.ts";
import { appendEvent } from "./outbox.ts";

export interface NewSession {
  tokenHash: string;
  /** The public id. */
  id: string;
  personId: number;
  now: number;
  expires: number;
  agent: string;
  network: string;
}

export function insertSession({ now, ...row }: NewSession): Write {
  return { query: insert(session, { ...row, created: now, lastSeen: now }) };
}

/**
 * The session of a sign-in, if the person is still active and the password still the one that was checked: checking takes long, and whoever replaces a
 * password, or suspends somebody, ends the sessions that are there by then.
 * @param password as it was stored when it was checked
 */
export function insertSessionOf(password: string, { tokenHash, id, personId, now, expires, agent, network }: NewSession): Write {
  return {
    query: sql`INSERT INTO session(token_hash, id, person_id, created, last_seen, expires, agent, network)
      SELECT ${tokenHash}, ${id}, p.id, ${now}, ${now}, ${expires}, ${agent}, ${network}
      FROM person p CROSS JOIN actor a ON a.id = p.id AND a.state = 'active' CROSS JOIN organization o ON o.id = a.organization_id AND o.state = 'active'
      WHERE p.id = ${personId} AND p.password = ${password}`,
    must: "the person as checked",
  };
}

/**
 * A new token for the same session, its security key used just now; the old token is superseded.
 * @param oldest superseded tokens of the session from before this moment are removed
 */
export function supersedeToken(oldHash: string, newHash: string, now: number, oldest: number): Write[] {
  return [
    { query: sql`UPDATE session SET superseded = ${now} WHERE token_hash = ${oldHash} AND superseded IS NULL`, must: "the session" },
    {
      query: sql`INSERT INTO session(token_hash, id, person_id, created, last_seen, expires, mfa_at, agent, network)
        SELECT ${newHash}, id, person_id, created, ${now}, expires, ${now}, agent, network FROM session WHERE token_hash = ${oldHash}`,
      must: "the new token",
    },
    { query: sql`DELETE FROM session WHERE id = (SELECT id FROM session WHERE token_hash = ${newHash}) AND superseded < ${oldest}` },
  ];
}

/** Ends the session that a token belongs to, whoever's it is: a sign-in replaces what the browser had. */
export function endSessionOfToken(tokenHash: string): Write {
  return { query: sql`DELETE FROM session WHERE id = (SELECT id FROM session WHERE token_hash = ${tokenHash})` };
}

/** Ends one session of a person; `must` is hit by its current token. */
export function endSession(id: string, personId: number): Write[] {
  return [
    { query: sql`DELETE FROM session WHERE id = ${id} AND person_id = ${personId} AND superseded IS NULL`, must: "the session" },
    { query: sql`DELETE FROM session WHERE id = ${id} AND person_id = ${personId}` },
  ];
}

/** @param session the public id of the one that stays */
export function endOtherSessions(personId: number, session: string): Write {
  return { query: sql`DELETE FROM session WHERE person_id = ${personId} AND id <> ${session}` };
}

export function endAllSessions(personId: number): Write {
  return { query: sql`DELETE FROM session WHERE person_id = ${personId}` };
}

/** Notes that a session is in use. Two requests at the same moment write once. */
export async function touchSession(directory: D1Database, tokenHash: string, now: number, unlessSince: number): Promise<void> {
  await prepare(directory, sql`UPDATE session SET last_seen = ${now} WHERE token_hash = ${tokenHash} AND last_seen <= ${unlessSince}`).run();
}

/** @throws MustHitOne when the challenge is spent or the person has changed since */
export async function endMemberSessions(directory: D1Database, permit: Permit<"end-member-sessions">, act: GovernedAct): Promise<void> {
  const { target, now } = permit;
  await commitGoverned(directory, permit, act, [
    endAllSessions(target.id),
    appendEvent("session-ended", { ...target, kind: "person", session: "" }, { session: null }, now),
  ]);
}
