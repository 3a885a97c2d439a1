/** Opens the deletion of snapshots whose time is over. Whatever is lost on the way, the next minute finds what is still there. */
import { MustHitOne } from "../../db/commit.ts";
import { readExpired } from "../../db/region/read/snapshots.ts";
import { nextOperationSequence } from "../../db/region/write/sequence.ts";
import { expireSnapshot } from "../../db/region/write/snapshots.ts";
import { makeId, readId } from "../contract/ids.ts";
import { regions, zoneOfCode, type Region } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { regionDatabase } from "../routing/regions.ts";
import { wakeZone, type ControllerName } from "./wake.ts";

/** How many at once; the others wait for the next minute. */
const AT_ONCE = 50;

/** @param now ms since 1970 */
export async function expireSnapshots(env: Env, region: Region, now: number): Promise<void> {
  const database = regionDatabase(env, region);
  const places = new Set<ControllerName>();
  for (const expired of await readExpired(database, now, AT_ONCE)) {
    const organizationId = readId(expired.resource_id)!.organization;
    const sequence = await nextOperationSequence(database, region, organizationId);
    const id = makeId({ region: regions[region].code, organization: organizationId, sequence });
    try {
      await expireSnapshot(database, expired, { id, organizationId }, now);
      places.add(zoneOfCode(expired.zone) ?? region);
    } catch (error) {
      // Something else runs on the instance, or another snapshot of it is going.
      if (!(error instanceof MustHitOne)) throw error;
    }
  }
  for (const place of places) await wakeZone(env, place);
}
