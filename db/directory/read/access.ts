/** Who of an organization holds what, by whose decision: a page of people by name, or of API accounts, with everything that each of them holds. */
import { sql, type SQL } from "drizzle-orm";
import type { MemberState } from "../../../worker/contract/actor.ts";
import type { Duty } from "../../../worker/contract/roles.ts";
import { readAll } from "../../statement.ts";

/** Lists are JSON; times are ms since 1970. */
export interface HolderRow {
  id: number;
  name: string;
  /** A person's e-mail address, an API account's client id. */
  address: string;
  state: MemberState;
  created: number;
  /** See `profileRowsOf`. */
  grants: string;
  /** Of `Giving`. */
  givings: string;
  /** Of `HeldDuty`. */
  duties: string;
  /** Usable ones. */
  keys: number;
  /** Of an API account: when a credential of it was last used. */
  lastUsed: number | null;
  /** Of `Use`: what an API account was noted to do. */
  uses: string;
}

/** By whom and why a profile on a Cloud was given. */
export interface Giving {
  cloudId: number;
  reason: string | null;
  givenBy: number | null;
  givenByName: string | null;
}

export interface HeldDuty {
  duty: Duty;
  begins: number | null;
  reason: string | null;
  givenBy: number | null;
  givenByName: string | null;
}

export interface Use {
  cloudId: number;
  label: string;
  at: number;
}

const held = sql`a.id AS id, a.name AS name, a.state AS state, a.created AS created, a.grants AS grants,
  (SELECT json_group_array(json_object('cloudId', m.cloud_id, 'reason', m.reason, 'givenBy', m.granted_by, 'givenByName', g.name))
    FROM membership m LEFT JOIN actor g ON g.id = m.granted_by WHERE m.actor_id = a.id) AS givings`;

/**
 * So many are looked at, whoever they are: those who have left are among them.
 * @param after the id of the last one of the page before; null: from the first on
 */
export async function listHoldingPeople(directory: D1Database, organizationId: number, after: number | null, limit: number): Promise<HolderRow[]> {
  const from =
    after === null ? sql`` : sql` AND (name, id) > (SELECT name, id FROM actor WHERE id = ${after} AND organization_id = ${organizationId})`;
  return readAll(
    directory,
    sql`SELECT ${held}, p.email AS address, a.security_keys AS keys, NULL AS lastUsed, '[]' AS uses,
        (SELECT json_group_array(json_object('duty', d.duty, 'begins', d.begins, 'reason', d.reason, 'givenBy', d.granted_by, 'givenByName', g.name))
          FROM duty d LEFT JOIN actor g ON g.id = d.granted_by WHERE d.actor_id = a.id) AS duties
      FROM (SELECT id FROM actor INDEXED BY actor_people WHERE organization_id = ${organizationId} AND kind = 'person'${from} ORDER BY name, id LIMIT ${limit}) page
      CROSS JOIN actor a ON a.id = page.id CROSS JOIN person p ON p.id = a.id ORDER BY a.name, a.id`,
  );
}

export async function listHoldingAccounts(
  directory: D1Database,
  organizationId: number,
  after: number,
  limit: number,
  now: number,
): Promise<HolderRow[]> {
  const credentials = (what: SQL) => sql`(SELECT ${what} FROM api_credential c INDEXED BY api_credential_account
    WHERE c.account_id = a.id AND c.removed IS NULL AND (c.ends IS NULL OR c.ends > ${now}))`;
  return readAll(
    directory,
    sql`SELECT ${held}, x.client_id AS address, ${credentials(sql`count(c.public_key)`)} AS keys, '[]' AS duties,
        (SELECT max(c.last_used) FROM api_credential c INDEXED BY api_credential_account WHERE c.account_id = a.id) AS lastUsed,
        (SELECT json_group_array(json_object('cloudId', u.cloud_id, 'label', u.label, 'at', u.last)) FROM api_use u WHERE u.account_id = a.id) AS uses
      FROM (SELECT id FROM actor INDEXED BY actor_api_account WHERE organization_id = ${organizationId} AND kind = 'api-account' AND id > ${after}
        ORDER BY id LIMIT ${limit}) page
      CROSS JOIN actor a ON a.id = page.id CROSS JOIN api_account x ON x.id = a.id ORDER BY a.id`,
  );
}
