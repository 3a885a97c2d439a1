/** Waking a zone's controller. A call that is lost only delays: what is open is found again by `wakeAll`. */
import { sql } from "drizzle-orm";
import { readId } from "../contract/ids.ts";
import { isBalancerAct } from "../contract/lifecycle.ts";
import { readBalancersOf } from "../../db/region/read/balancers.ts";
import { regionList, regionOfCode, zoneList, zoneOfCode, zones, regionOfZone, type Region, type Zone } from "../contract/topology.ts";
import { readAll } from "../../db/statement.ts";
import type { Env } from "../env.ts";
import { inJurisdiction } from "../routing/jurisdiction.ts";
import type { ZoneController } from "./controller.ts";

/** The name of a controller: its zone's code, or the region's for what has no zone. */
export type ControllerName = Zone | Region;

export const controllerNames: readonly ControllerName[] = [...zoneList, ...regionList];

/** The one place that names a controller: by its zone's code, never by a name of somebody. */
function controller(env: Env, name: ControllerName): DurableObjectStub<ZoneController> {
  return inJurisdiction(env.ZONE_CONTROLLERS, env).getByName(name);
}

/** Wakes one controller now. Never rejects. */
export async function wakeZone(env: Env, name: ControllerName): Promise<void> {
  try {
    await controller(env, name).wake(name);
  } catch {
    // The sweep of `wakeAll` finds the operation within a minute.
  }
}

/** Has the region look at these balancers, or, with null, at the next ones in turn. Never rejects. */
export async function watchBalancers(env: Env, region: Region, balancerIds: readonly number[] | null): Promise<void> {
  try {
    await controller(env, region).watch(region, balancerIds);
  } catch {
    // They are looked at in their turn.
  }
}

/** What an operation has done may be seen at load balancers: at its own, or at those that its instance serves behind. Never rejects. */
export async function watchAfter(env: Env, database: D1Database, operation: { label: string; resource_id: number }): Promise<void> {
  try {
    const id = operation.resource_id;
    const ids = isBalancerAct(operation.label) ? [id] : await readBalancersOf(database, id);
    const region = regionOfCode(readId(id)!.region);
    if (region && ids.length > 0) await watchBalancers(env, region, ids);
  } catch {
    // They are looked at in their turn.
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
