/** Forgetting the name of somebody who ended long ago, where a region has it. */
import { sql } from "drizzle-orm";
import { makeId } from "../../../worker/contract/ids.ts";
import { ERASED } from "../../../worker/contract/retention.ts";
import { commit } from "../../commit.ts";

/**
 * What was made keeps only the name of who made it: the organization's things with that name lose it, and a namesake's with them, unless `shared`.
 * @param region its code
 */
export async function eraseName(
  database: D1Database,
  region: number,
  { id, name, organizationId: organization, shared }: { id: number; name: string; organizationId: number; shared: boolean },
): Promise<void> {
  const first = makeId({ region, organization, sequence: 0 });
  const last = makeId({ region, organization, sequence: 2 ** 32 - 1 });
  const made = shared
    ? []
    : [
        { query: sql`UPDATE resource SET created_by = ${ERASED} WHERE id BETWEEN ${first} AND ${last} AND created_by = ${name}` },
        { query: sql`UPDATE snapshot SET author = ${ERASED} WHERE id BETWEEN ${first} AND ${last} AND author = ${name}` },
        { query: sql`UPDATE alias SET author = ${ERASED} WHERE id BETWEEN ${first} AND ${last} AND author = ${name}` },
      ];
  await commit(database, [
    { query: sql`UPDATE operation SET actor_name = ${ERASED} WHERE id BETWEEN ${first} AND ${last} AND actor_id = ${id}` },
    ...made,
  ]);
}
