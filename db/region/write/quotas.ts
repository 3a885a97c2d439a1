/** Quotas hold in the commit that would go beyond them: triggers count what is there, and what is too much undoes all of it. */
import { sql } from "drizzle-orm";
import { quotas, wantedNames, type Wanted } from "../../../worker/contract/quotas.ts";
import type { Write } from "../../commit.ts";

/** Stands after what takes more. Only what is taken more is asked about: who has too much of something else may still do this. */
export function withinQuotas(cloudId: number, wanted: Wanted): Write[] {
  const names = wantedNames(wanted);
  if (names.length === 0) return [];
  const beyond = names.map((name) => {
    const path = `$.${name}`;
    return sql`coalesce(cloud.used ->> ${path}, 0) > coalesce(cloud.quotas ->> ${path}, ${quotas[name].usual})`;
  });
  return [
    {
      query: sql`INSERT INTO must(hit, what) SELECT NOT EXISTS (SELECT 1 FROM cloud WHERE cloud.id = ${cloudId} AND (${sql.join(beyond, sql` OR `)})), 'quota'`,
    },
  ];
}

/** What an act on an instance may come to take before it has ended: more than it has now, and counted from its acceptance on. */
export interface Claim {
  /** The size that it comes to have; of several, the largest. */
  cpu?: number;
  ram?: number;
  /** How many it is still to make. */
  snapshots?: number;
}

/** The instance takes as much as it may come to take, until what runs on it has ended. */
export function claim(id: number, what: Claim): Write {
  return { query: sql`UPDATE resource SET claim = ${JSON.stringify(what)} WHERE id = ${id}`, must: "resource" };
}
