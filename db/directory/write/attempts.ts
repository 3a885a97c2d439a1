/** Sign-in attempts: counted before a password is hashed, so that many at once are all counted. */
import { sql } from "drizzle-orm";
import type { Write } from "../../commit.ts";
import { readAll } from "../../statement.ts";

/** Who is counted, and how. Times in ms. */
export interface AttemptRule {
  subject: string;
  /** The first failures that cost nothing. */
  free: number;
  /** The longest that one failure blocks. */
  longest: number;
  /** After so long without an attempt the count begins anew; null: only a success ends it. */
  forgets: number | null;
  /** From so many failures on the subject stays blocked until somebody resets it; null: never. */
  closes: number | null;
}

/** A block without end, in ms since 1970: the year 9999. */
export const FOREVER = 253_402_300_799_000;

/**
 * Counts one attempt as failed; a success takes it back. Hits no row while the subject is blocked. Each failure beyond the free ones blocks twice as
 * long as the one before, from one second.
 */
export function countAttempt({ subject, free, longest, forgets, closes }: AttemptRule, now: number): Write {
  const failures = sql`(CASE WHEN last < ${forgets === null ? -1 : now - forgets} THEN 1 ELSE failures + 1 END)`;
  const beyond = sql`min(${failures} - ${free}, 40)`;
  return {
    query: sql`INSERT INTO sign_in_attempt(subject, failures, last, blocked_until) VALUES (${subject}, 1, ${now}, 0)
      ON CONFLICT(subject) DO UPDATE SET
        failures = ${failures},
        last = excluded.last,
        blocked_until = CASE
          WHEN ${failures} < ${free} THEN 0
          WHEN ${failures} >= ${closes ?? Number.MAX_SAFE_INTEGER} THEN ${FOREVER}
          ELSE ${now} + CAST(min(${longest}, 1000 << ${beyond}) AS INTEGER) END
      WHERE blocked_until <= ${now}
      RETURNING failures`,
    must: "an attempt that is not blocked",
  };
}

/** Opens a subject again. */
export function forgetFailures(subject: string): Write {
  return { query: sql`DELETE FROM sign_in_attempt WHERE subject = ${subject}` };
}

/** A success forgets the account's failures and takes the network's attempt back. */
export function forgiveAttempts(account: string, network: AttemptRule): Write[] {
  return [
    forgetFailures(account),
    {
      query: sql`UPDATE sign_in_attempt SET failures = max(0, failures - 1), blocked_until = CASE WHEN failures - 1 < ${network.free} THEN 0 ELSE blocked_until END
        WHERE subject = ${network.subject}`,
    },
  ];
}

/** Until when the subjects are blocked, in ms since 1970; 0: they are not. */
export async function blockedUntil(directory: D1Database, subjects: readonly string[]): Promise<number> {
  const rows = await readAll<{ until: number }>(
    directory,
    sql`SELECT blocked_until AS until FROM sign_in_attempt WHERE subject IN (SELECT value FROM json_each(${JSON.stringify(subjects)}))`,
  );
  return Math.max(0, ...rows.map(({ until }) => until));
}
