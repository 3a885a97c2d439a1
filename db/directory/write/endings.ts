/** What is about to end by itself is told by mail, once for each end: an end that was moved is told of anew. */
import { sql } from "drizzle-orm";
import { SHARE_LEFT, SOON } from "../../../worker/contract/ending.ts";
import type { Mail } from "../../../worker/contract/mail.ts";
import type { Profile } from "../../../worker/contract/roles.ts";
import { commit, MustHitOne, type Write } from "../../commit.ts";
import { readAll } from "../../statement.ts";
import { queueMail } from "./mail.ts";

/** How many of each kind one sweep tells of at most; the next one takes the rest. */
const AT_ONCE = 50;

/** @param now ms since 1970 */
export async function tellEndings(directory: D1Database, now: number): Promise<void> {
  await tellOfProfiles(directory, now);
  await tellOfCredentials(directory, now);
}

interface EndingProfile {
  personId: number;
  person: string;
  organizationId: number;
  cloudId: number;
  cloud: string;
  profile: Profile;
  reason: string | null;
  ends: number;
}

/** To the person, and to those who can give it for longer. */
async function tellOfProfiles(directory: D1Database, now: number): Promise<void> {
  const ending = await readAll<EndingProfile>(
    directory,
    sql`SELECT a.id AS personId, a.name AS person, a.organization_id AS organizationId, c.id AS cloudId, c.name AS cloud, m.profile AS profile, m.reason AS reason,
        m.ends AS ends
      FROM membership m INDEXED BY membership_untold CROSS JOIN actor a ON a.id = m.actor_id AND a.kind = 'person' AND a.state = 'active'
      CROSS JOIN organization o ON o.id = a.organization_id AND o.state = 'active' CROSS JOIN cloud c ON c.id = m.cloud_id AND c.state = 'active'
      WHERE m.ends IS NOT NULL AND m.told IS NOT m.ends AND m.ends > ${now} AND m.ends <= ${now + SOON} AND m.state = 'confirmed'
        AND m.ends - ${now} <= (m.ends - m.begins) / ${SHARE_LEFT}
      ORDER BY m.ends, m.actor_id, m.cloud_id LIMIT ${AT_ONCE}`,
  );
  for (const { personId, person, organizationId, cloudId, cloud, profile, reason, ends } of ending) {
    const facts = { cloud, profile, ends, ...(reason !== null && { reason }) };
    const told = sql`UPDATE membership SET told = ends WHERE actor_id = ${personId} AND cloud_id = ${cloudId} AND ends = ${ends} AND told IS NOT ends`;
    await tellOnce(directory, { query: told, must: "the end" }, now, [
      { to: personId, template: "profile-ends-soon", facts: { ...facts, person: null } },
      { to: { duty: "security-representative", organizationId, except: personId }, template: "profile-ends-soon", facts: { ...facts, person } },
    ]);
  }
}

interface EndingCredential {
  id: number;
  credential: string;
  account: string;
  clientId: string;
  organizationId: number;
  ends: number;
}

async function tellOfCredentials(directory: D1Database, now: number): Promise<void> {
  const ending = await readAll<EndingCredential>(
    directory,
    sql`SELECT c.id AS id, c.name AS credential, a.name AS account, x.client_id AS clientId, a.organization_id AS organizationId, c.ends AS ends
      FROM api_credential c INDEXED BY api_credential_untold CROSS JOIN actor a ON a.id = c.account_id AND a.state = 'active'
      CROSS JOIN organization o ON o.id = a.organization_id AND o.state = 'active' CROSS JOIN api_account x ON x.id = c.account_id
      WHERE c.ends IS NOT NULL AND c.removed IS NULL AND c.told IS NOT c.ends AND c.ends > ${now} AND c.ends <= ${now + SOON}
        AND c.ends - ${now} <= (c.ends - c.created) / ${SHARE_LEFT}
      ORDER BY c.ends, c.id LIMIT ${AT_ONCE}`,
  );
  for (const { id, organizationId, ...facts } of ending) {
    const told = sql`UPDATE api_credential SET told = ends WHERE id = ${id} AND ends = ${facts.ends} AND removed IS NULL AND told IS NOT ends`;
    await tellOnce(directory, { query: told, must: "the end" }, now, [
      {
        to: { duty: "security-representative", organizationId },
        template: "api-credential-changed",
        facts: { ...facts, which: "expires-soon", at: now },
      },
    ]);
  }
}

/** Of two sweeps at the same moment one tells it; what was changed meanwhile is looked at by the next one. */
async function tellOnce(directory: D1Database, told: Write, now: number, mails: readonly Mail[]): Promise<void> {
  try {
    await commit(directory, [told, ...mails.map((mail) => queueMail(mail, now))]);
  } catch (error) {
    if (!(error instanceof MustHitOne)) throw error;
  }
}
