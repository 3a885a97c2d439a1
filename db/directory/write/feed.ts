/** Rows of the feed, written in the commit of what they tell, and removed once their region has taken them. */
import { sql } from "drizzle-orm";
import { regionList, regions, type Region } from "../../../worker/contract/topology.ts";
import { commit, type Write } from "../../commit.ts";
import type { FeedBody, FeedRow } from "../../feed.ts";
import { idList, insert, readAll } from "../../statement.ts";
import { feed } from "../schema/index.ts";

/** One row for each region, with what is the same for all or its own: one that is away keeps nobody from the others' rows. */
export function tellRegions(body: FeedBody | ((region: Region) => FeedBody)): Write[] {
  const toldTo = typeof body === "function" ? body : () => body;
  return regionList.map((region) => tellRegion(region, toldTo(region)));
}

/** What is one region's own. */
export function tellRegion(region: Region, body: FeedBody): Write {
  return { query: insert(feed, { region: regions[region].code, body: JSON.stringify(body) }) };
}

/** How often a row is tried before the others pass it: about as many minutes. */
const TRIES = 5;

/** @param problem what the region said @returns whether the others pass it from now on */
export async function noteRefused(directory: D1Database, { number }: FeedRow, problem: string, now: number): Promise<boolean> {
  const [row] = await readAll<{ aside: number | null }>(
    directory,
    sql`UPDATE feed SET tries = tries + 1, problem = ${problem.slice(0, 500)}, aside = CASE WHEN tries + 1 >= ${TRIES} THEN ${now} END
      WHERE number = ${number} RETURNING aside`,
  );
  return row === undefined || row.aside !== null;
}

/** Tells one region everything again, in the order in which it can take it: after it was brought back to an earlier moment. */
export function tellAgain(name: Region): Write[] {
  const region = regions[name].code;
  return [
    {
      query: sql`INSERT INTO feed(region, body) SELECT ${region}, json_object('kind', 'cloud', 'cloud', json_object('id', id, 'organizationId', organization_id, 'name', name))
        FROM cloud ORDER BY id`,
    },
    {
      query: sql`INSERT INTO feed(region, body) SELECT ${region}, json_object('kind', 'quotas', 'cloudId', id, 'quotas', json(coalesce(quotas -> ${`$.${name}`}, '{}')))
        FROM cloud ORDER BY id`,
    },
    {
      query: sql`INSERT INTO feed(region, body) SELECT ${region}, json_object('kind', 'service', 'service', json_object('id', id, 'cloudId', cloud_id, 'name', name,
          'environment', environment, 'description', description, 'version', version, 'closing', json(CASE WHEN closing IS NULL THEN 'false' ELSE 'true' END)))
        FROM service ORDER BY id`,
    },
  ];
}

export async function removeTaken(directory: D1Database, rows: readonly FeedRow[]): Promise<void> {
  await commit(directory, [{ query: sql`DELETE FROM feed WHERE number IN ${idList(rows.map(({ number }) => number))}` }]);
}
