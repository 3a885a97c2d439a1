/** Removes what has run out. Nothing depends on it: whatever is read judges its own time. */
import { sql } from "drizzle-orm";
import { commit } from "../../db/commit.ts";
import { endExpiredProfiles } from "../../db/directory/write/profiles.ts";
import { retention } from "../contract/retention.ts";
import type { Env } from "../env.ts";
import { IDLE, SUPERSEDED_READS } from "./session.ts";

/** @param now ms since 1970 */
export async function sweepIdentity(env: Env, now: number): Promise<void> {
  await commit(env.DIRECTORY, [
    { query: sql`DELETE FROM session WHERE expires <= ${now} OR last_seen <= ${now - IDLE} OR superseded <= ${now - SUPERSEDED_READS}` },
    { query: sql`DELETE FROM challenge WHERE expires <= ${now}` },
    { query: sql`DELETE FROM idempotency WHERE expires <= ${now}` },
    { query: sql`DELETE FROM password_reset WHERE expires <= ${now}` },
    { query: sql`DELETE FROM activation WHERE expires <= ${now}` },
    { query: sql`DELETE FROM enrolment WHERE expires <= ${now}` },
    { query: sql`DELETE FROM organization_export WHERE expires <= ${now}` },
    ...endExpiredProfiles(now),
    { query: sql`DELETE FROM sign_in_attempt WHERE last <= ${now - retention.attempt.for} AND blocked_until <= ${now}` },
  ]);
}
