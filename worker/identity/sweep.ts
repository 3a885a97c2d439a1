/** Removes what has run out. Nothing depends on it: whatever is read judges its own time. */
import { sql } from "drizzle-orm";
import { commit } from "../../db/commit.ts";
import { endExpiredProfiles } from "../../db/directory/write/profiles.ts";
import type { Env } from "../env.ts";
import { IDLE, SUPERSEDED_READS } from "./session.ts";

/** Attempts are kept so long after the last one, in ms; a subject that is closed stays so. */
const ATTEMPTS_KEPT = 30 * 24 * 3_600_000;

/** @param now ms since 1970 */
export async function sweepIdentity(env: Env, now: number): Promise<void> {
  await commit(env.DIRECTORY, [
    { query: sql`DELETE FROM session WHERE expires <= ${now} OR last_seen <= ${now - IDLE} OR superseded <= ${now - SUPERSEDED_READS}` },
    { query: sql`DELETE FROM challenge WHERE expires <= ${now}` },
    { query: sql`DELETE FROM idempotency WHERE expires <= ${now}` },
    { query: sql`DELETE FROM password_reset WHERE expires <= ${now}` },
    { query: sql`DELETE FROM activation WHERE expires <= ${now}` },
    { query: sql`DELETE FROM enrolment WHERE expires <= ${now}` },
    ...endExpiredProfiles(now),
    { query: sql`DELETE FROM sign_in_attempt WHERE last <= ${now - ATTEMPTS_KEPT} AND blocked_until <= ${now}` },
  ]);
}
