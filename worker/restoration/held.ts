/** Whether an organization's facts in a region are those of an earlier moment, about which nobody has decided yet. */
import { readRestoration } from "../../db/region/read/restoration.ts";
import type { Region } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { beingReconciled, readRegion, regionDatabase } from "../routing/regions.ts";

/** While the region's database is being brought back it holds nothing by itself yet. */
export function isBeingRestored({ HELD_REGIONS: held = "" }: Env, region: Region): boolean {
  return held.split(",").includes(region);
}

/** The commits ask themselves; this is for who asks without committing. @throws Problem("region_restored" | "region_unavailable") */
export async function requireNotHeld(env: Env, region: Region, organizationId: number): Promise<void> {
  if (isBeingRestored(env, region)) throw beingReconciled(region);
  if (await readRegion(region, () => readRestoration(regionDatabase(env, region), organizationId))) throw beingReconciled(region);
}
