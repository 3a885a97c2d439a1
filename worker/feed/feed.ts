/**
 * The directory's feed on its way to the regions' copies: at once after each act, and again by the sweep until a region has taken it. A region that
 * is away gets it when it is back, and keeps nothing from the others. A row that a region answers to and cannot take, time after time, is set aside: the
 * health says so, and what comes after it passes.
 */
import { readFeed } from "../../db/directory/read/services.ts";
import { noteRefused, removeTaken } from "../../db/directory/write/feed.ts";
import { takeFeed } from "../../db/region/write/feed.ts";
import type { FeedRow } from "../../db/feed.ts";
import { regionList, regions, type Region } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { readRegion, regionDatabase, regionHealth } from "../routing/regions.ts";

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
    try {
      await take(env, region, rows);
    } catch (error) {
      if ((await regionHealth(env, region)) === "DOWN") throw error;
      if (!(await takeEach(env, region, rows))) return;
    }
    full = rows.length === CHUNK;
  }
}

async function take(env: Env, region: Region, rows: readonly FeedRow[]): Promise<void> {
  await readRegion(region, () => takeFeed(regionDatabase(env, region), rows));
  await removeTaken(env.DIRECTORY, rows);
}

/** The region answers, and something among the rows it cannot take. @returns false when that has to be tried again before what comes after it */
async function takeEach(env: Env, region: Region, rows: readonly FeedRow[]): Promise<boolean> {
  for (const row of rows) {
    try {
      await take(env, region, [row]);
    } catch (error) {
      if ((await regionHealth(env, region)) === "DOWN") throw error;
      const passed = await noteRefused(env.DIRECTORY, row, reasonOf(error), Date.now());
      console.error(
        `Region ${region} cannot take row ${row.number} of the feed${passed ? ", which is set aside" : ""}: ${row.body}: ${reasonOf(error)}`,
      );
      if (!passed) return false;
    }
  }
  return true;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
