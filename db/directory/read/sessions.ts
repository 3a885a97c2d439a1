/** The sessions of one person. */
import { sql } from "drizzle-orm";
import { readAll } from "../../statement.ts";

export interface OwnSessionRow {
  id: string;
  created: number;
  lastSeen: number;
  expires: number;
  mfaAt: number | null;
  agent: string;
  network: string;
}

/** Current tokens only, the newest sign-in first; what has run out is among them until it is swept. */
export async function listSessions(directory: D1Database, personId: number): Promise<OwnSessionRow[]> {
  return readAll(
    directory,
    sql`SELECT id, created, last_seen AS lastSeen, expires, mfa_at AS mfaAt, agent, network
      FROM session INDEXED BY session_person WHERE person_id = ${personId} AND superseded IS NULL ORDER BY created DESC, id LIMIT 100`,
  );
}
