/** Forgetting who somebody was, a stated time after they ended or their request was decided. What happened stays, by ids. */
import { sql } from "drizzle-orm";
import { makeId } from "../../../worker/contract/ids.ts";
import { ERASED } from "../../../worker/contract/retention.ts";
import { commit } from "../../commit.ts";
import { idList, readAll } from "../../statement.ts";

export interface LongDecided {
  id: number;
  organizationId: number;
}

export async function readLongDecided(directory: D1Database, before: number, limit: number): Promise<LongDecided[]> {
  return readAll(
    directory,
    sql`SELECT id, organization_id AS organizationId FROM account_request INDEXED BY account_request_kept
      WHERE decided <= ${before} AND erased IS NULL ORDER BY decided LIMIT ${limit}`,
  );
}

/** Whoever was asked for, and what was said about it. Names of Clouds and organizations are nobody's. */
export async function eraseRequests(directory: D1Database, ids: readonly number[], now: number): Promise<void> {
  const nobody = sql`json_object('name', ${ERASED}, 'email', '', 'locale', 'en')`;
  await commit(directory, [
    {
      query: sql`UPDATE account_request SET wanted = json_replace(wanted, '$.person', ${nobody}, '$.representative', ${nobody}),
          about = CASE kind WHEN 'person' THEN '' ELSE about END, reason = '', decision = CASE WHEN decision IS NULL THEN NULL ELSE '' END, erased = ${now}
        WHERE id IN ${idList(ids)} AND decided IS NOT NULL`,
    },
  ]);
}

export interface LongEnded {
  id: number;
  name: string;
  organizationId: number;
}

export async function readLongEnded(directory: D1Database, before: number, limit: number): Promise<LongEnded[]> {
  return readAll(
    directory,
    sql`SELECT id, name, organization_id AS organizationId FROM actor INDEXED BY actor_kept
      WHERE ended <= ${before} AND erased IS NULL ORDER BY ended LIMIT ${limit}`,
  );
}

/** What people called themselves and their keys, and why somebody else asked for them. Whoever shares the name keeps it. */
export async function erasePerson(directory: D1Database, { id, organizationId }: LongEnded, now: number): Promise<void> {
  const [first, last] = idsOf(organizationId);
  await commit(directory, [
    { query: sql`UPDATE actor SET name = ${ERASED}, erased = ${now} WHERE id = ${id} AND ended IS NOT NULL` },
    { query: sql`UPDATE security_key SET name = ${ERASED} WHERE person_id = ${id}` },
    { query: sql`UPDATE operation SET actor_name = ${ERASED} WHERE id BETWEEN ${first} AND ${last} AND actor_id = ${id}` },
    { query: sql`UPDATE recovery SET reason = '' WHERE organization_id = ${organizationId} AND person_id = ${id}` },
    { query: sql`UPDATE mail SET name = ${ERASED}, address = '' WHERE person_id = ${id} AND due IS NULL` },
  ]);
}

export async function readLongEndedOrganizations(directory: D1Database, before: number, limit: number): Promise<number[]> {
  const rows = await readAll<{ id: number }>(
    directory,
    sql`SELECT id FROM organization INDEXED BY organization_kept WHERE ended <= ${before} AND erased IS NULL ORDER BY ended LIMIT ${limit}`,
  );
  return rows.map(({ id }) => id);
}

/** Its log is gone: nobody checks a signature by these keys any more. */
export async function eraseOrganization(directory: D1Database, id: number, now: number): Promise<void> {
  const [first, last] = idsOf(id);
  await commit(directory, [
    { query: sql`DELETE FROM security_key WHERE person_id BETWEEN ${first} AND ${last}` },
    { query: sql`UPDATE cloud SET name = 'ended:' || id WHERE organization_id = ${id}` },
    { query: sql`UPDATE organization SET name = 'ended:' || id, erased = ${now} WHERE id = ${id} AND ended IS NOT NULL` },
  ]);
}

/** Whose logs may hold a name of this organization: its own, and those of the provider; of somebody of the provider, everybody's. */
export async function readLogsThatName(directory: D1Database, organizationId: number): Promise<number[]> {
  const rows = await readAll<{ id: number }>(
    directory,
    sql`SELECT id FROM organization WHERE id = ${organizationId} OR kind = 'group' OR (SELECT kind FROM organization WHERE id = ${organizationId}) = 'group'`,
  );
  return rows.map(({ id }) => id);
}

/** What an organization has given out in the directory lies together. */
function idsOf(organization: number): [number, number] {
  return [makeId({ region: 0, organization, sequence: 0 }), makeId({ region: 0, organization, sequence: 2 ** 32 - 1 })];
}
