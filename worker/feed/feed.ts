/**
 * The directory's feed on its way to the regions' copies: at once after each act, and again by the sweep until a region has taken it. A region that
 * is away gets it when it is back, and keeps nothing from the others.
 */
import { readFeed } from "../../db/directory/read/services.ts";
import { removeTaken } from "../../db/directory/write/feed.ts";
import { takeFeed } from "../../db/region/write/feed.ts";
import { regionList, regions, type Region } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { readRegion, regionDatabase } from "../routing/regions.ts";

const CHUNK = 100;

/** Ends when every region has taken all that was committed before the call, or has failed to. Never rejects. */
export async function feedRegions(env: Env): Promise<void> {
  await Promise.allSettled(regionList.map((region) => feedRegion(env, region)));
}

/** Take, then remove: what a crash leaves between the two comes again, and the region knows it. */
async function feedRegion(env: Env, region: Region): Promise<void> {
  for (let full = true; full;) {
    const rows = await readFeed(env.DIRECTORY, regions[region].code, CHUNK);
    if (rows.length === 0) return;
    await readRegion(region, () => takeFeed(regionDatabase(env, region), rows));
    await removeTaken(env.DIRECTORY, rows);
    full = rows.length === CHUNK;
  }
}
