/** The people of one organization, and one of them whole. */
import { sql, type SQL } from "drizzle-orm";
import type { MemberState } from "../../../worker/contract/actor.ts";
import { readTogether, type Query } from "../../commit.ts";
import { readFirst } from "../../statement.ts";
import type { ProfileRow } from "./profiles.ts";

export interface PersonRow {
  id: number;
  name: string;
  email: string;
  state: MemberState;
  revision: number;
  created: number;
  /** JSON lists. */
  grants: string;
  duties: string;
  securityKeys: number;
}

export interface PeopleAsked {
  organizationId: number;
  /** Part of a name. */
  search: string | null;
  /** Those who have left, too. */
  ended: boolean;
  limit: number;
  offset: number;
}

export interface CloudRow {
  id: number;
  name: string;
  state: string;
}

const columns = sql`a.id AS id, a.name AS name, p.email AS email, a.state AS state, a.version AS revision, a.created AS created, a.grants AS grants, a.duties AS duties,
  a.security_keys AS securityKeys`;

/** One page of them with their profiles, all of the organization's Clouds, and how many people there are. Profiles stand in the person's own row. */
export async function listPeople(directory: D1Database, asked: PeopleAsked): Promise<{ people: PersonRow[]; clouds: CloudRow[]; total: number }> {
  const where = conditionOf(asked);
  const queries: Query[] = [
    sql`SELECT ${columns} FROM actor a INDEXED BY actor_people CROSS JOIN person p ON p.id = a.id WHERE ${where} ORDER BY a.name, a.id LIMIT ${asked.limit} OFFSET ${asked.offset}`,
    sql`SELECT count(*) AS total FROM actor a INDEXED BY actor_people WHERE ${where}`,
    sql`SELECT id, name, state FROM cloud WHERE organization_id = ${asked.organizationId} AND state <> 'ended' ORDER BY name`,
  ];
  const [people, counted, clouds] = await readTogether(directory, queries);
  return {
    people: people!.results as unknown as PersonRow[],
    clouds: clouds!.results as unknown as CloudRow[],
    total: Number(counted!.results[0]!["total"]),
  };
}

function conditionOf({ organizationId, search, ended }: PeopleAsked): SQL {
  const named = search === null ? sql`` : sql` AND instr(lower(a.name), lower(${search})) > 0`;
  return sql`a.organization_id = ${organizationId} AND a.kind = 'person'${ended ? sql`` : sql` AND a.state <> 'ended'`}${named}`;
}

export interface WholePersonRow extends PersonRow {
  sessions: number;
  /** Until when a new enrolment waits for them; null: none does. */
  enrolmentUntil: number | null;
}

/** @param seenSince sessions that were last used before have run out */
export async function readPerson(directory: D1Database, id: number, now: number, seenSince: number): Promise<WholePersonRow | null> {
  return readFirst(
    directory,
    sql`SELECT ${columns},
        (SELECT count(*) FROM session s INDEXED BY session_person WHERE s.person_id = a.id AND s.superseded IS NULL AND s.expires > ${now} AND s.last_seen > ${seenSince}) AS sessions,
        (SELECT e.expires FROM enrolment e WHERE e.person_id = a.id AND e.expires > ${now}) AS enrolmentUntil
      FROM actor a CROSS JOIN person p ON p.id = a.id WHERE a.id = ${id}`,
  );
}

/** The profiles as they stand in an actor's row. */
export function profileRowsOf(grants: string): ProfileRow[] {
  return JSON.parse(grants) as ProfileRow[];
}
