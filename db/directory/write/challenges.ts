/** Challenges of ceremonies whose act commits in the directory: enrolment and step-up. Each is good once, for one purpose, in one session. */
import { sql } from "drizzle-orm";
import type { Write } from "../../commit.ts";
import { insert, prepare, readFirst } from "../../statement.ts";
import { challenge } from "../schema/index.ts";

export type Purpose = "enrol" | "step-up" | "change-password" | "sign-in";

export interface Challenge {
  /** What the key signs, base64url. */
  hash: string;
  purpose: Purpose;
  personId: number;
  /** The session's public id, or the hash of the activation token. */
  session: string;
}

export async function insertChallenge(
  directory: D1Database,
  { hash, purpose, personId, session }: Challenge,
  nonce: string,
  expires: number,
): Promise<void> {
  await prepare(directory, insert(challenge, { hash, purpose, actorId: personId, session, nonce, expires })).run();
}

const isIt = ({ hash, purpose, personId, session }: Challenge, now: number) =>
  sql`hash = ${hash} AND purpose = ${purpose} AND actor_id = ${personId} AND session = ${session} AND expires > ${now}`;

/** Is it open for this purpose, this person and this session? Only spending it makes sure. */
export async function isOpen(directory: D1Database, challenge: Challenge, now: number): Promise<boolean> {
  return (await readFirst(directory, sql`SELECT 1 AS open FROM challenge WHERE ${isIt(challenge, now)}`)) !== null;
}

/** Spends it, in the commit of the act that it was for. */
export function spendChallenge(challenge: Challenge, now: number): Write {
  return { query: sql`DELETE FROM challenge WHERE ${isIt(challenge, now)} RETURNING hash`, must: "the challenge" };
}

/** Puts a challenge down as spent that was not kept while it was open. @throws AlreadyThere in the commit when it was spent before */
export function spendOnce({ hash, purpose, personId, session }: Challenge, expires: number): Write {
  return { query: insert(challenge, { hash, purpose, actorId: personId, session, nonce: "", expires }) };
}
