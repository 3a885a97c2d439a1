/** Organizations of a restored region whose log knows nothing more: nobody has to decide, and the region is open for them at once. */
import { readHeld, readUnderWay } from "../../db/region/read/restoration.ts";
import { openUntouched } from "../../db/region/write/restoration.ts";
import type { Region } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { organizationLog } from "../log/notify.ts";
import { readRegion, regionDatabase } from "../routing/regions.ts";
import { holdNames } from "./settle.ts";
import { idsOf } from "./survey.ts";

/** How many at once; the others wait for the next minute. */
const AT_ONCE = 100;

/** Usually one look at an empty table. */
export async function openWhatIsUntouched(env: Env, region: Region): Promise<void> {
  const database = regionDatabase(env, region);
  for (const { organizationId, outbox } of await readRegion(region, () => readHeld(database, AT_ONCE))) {
    const log = organizationLog(env, organizationId);
    await log.deliver();
    const { entries } = await log.readBeyond(`REGION_${region}`, outbox, 0, 1);
    if (entries.length > 0 || (await readUnderWay(database, ...idsOf(region, organizationId))).length > 0) continue;
    await holdNames(env, region, organizationId);
    await openUntouched(database, organizationId);
  }
}
