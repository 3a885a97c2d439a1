/** Waking a zone's controller. A call that is lost only delays: what is open is found again by `wakeAll`. */
import { sql } from "drizzle-orm";
import { regionList, zoneList, zoneOfCode, zones, regionOfZone, type Region, type Zone } from "../contract/topology.ts";
import { readAll } from "../../db/statement.ts";
import type { Env } from "../env.ts";

/** The name of a controller: its zone's code, or the region's for what has no zone. */
export type ControllerName = Zone | Region;

export const controllerNames: readonly ControllerName[] = [...zoneList, ...regionList];

/** Wakes one controller now. Never rejects. */
export async function wakeZone(env: Env, name: ControllerName): Promise<void> {
  try {
    await env.ZONE_CONTROLLERS.getByName(name).wake(name);
  } catch {
    // The sweep of `wakeAll` finds the operation within a minute.
  }
}

/** Wakes every controller that has something open. A region that does not answer leaves the others' untouched. Never rejects. */
export async function wakeAll(env: Env): Promise<void> {
  await Promise.all(
    regionList.map(async (region) => {
      for (const name of await controllersWithWork(env, region)) await wakeZone(env, name);
    }),
  );
}

async function controllersWithWork(env: Env, region: Region): Promise<ControllerName[]> {
  // One search of the index per zone: what else is open does not matter.
  const codes = [0, ...zoneList.filter((zone) => regionOfZone(zone) === region).map((zone) => zones[zone].code)];
  try {
    const open = await readAll<{ zone: number }>(
      env[`REGION_${region}`],
      sql`SELECT z.value AS zone FROM json_each(${JSON.stringify(codes)}) z
        WHERE EXISTS (SELECT 1 FROM operation INDEXED BY operation_open WHERE zone = z.value AND status < 2)`,
    );
    return open.map(({ zone }) => zoneOfCode(zone) ?? region);
  } catch {
    return [];
  }
}
