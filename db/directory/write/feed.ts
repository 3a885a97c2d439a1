/** Rows of the feed, written in the commit of what they tell, and removed once their region has taken them. */
import { sql } from "drizzle-orm";
import { regionList, regions } from "../../../worker/contract/topology.ts";
import { commit, type Write } from "../../commit.ts";
import type { FeedBody, FeedRow } from "../../feed.ts";
import { idList, insert } from "../../statement.ts";
import { feed } from "../schema/index.ts";

/** One row for each region: one that is away keeps nobody from the others' rows. */
export function tellRegions(body: FeedBody): Write[] {
  return regionList.map((region) => ({ query: insert(feed, { region: regions[region].code, body: JSON.stringify(body) }) }));
}

export async function removeTaken(directory: D1Database, rows: readonly FeedRow[]): Promise<void> {
  await commit(directory, [{ query: sql`DELETE FROM feed WHERE number IN ${idList(rows.map(({ number }) => number))}` }]);
}
