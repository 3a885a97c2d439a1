import { readFirst } from "../../../db/statement.ts";
import { regionList, type Region } from "../../contract/topology.ts";
import type { Handler } from "../../gate/context.ts";
import { readRegion, regionDatabase } from "../../routing/regions.ts";
import type { Env } from "../../env.ts";

export type Health = "UP" | "DOWN";

/** Whether a region's database answers; no row is read. */
export async function regionHealth(env: Env, region: Region): Promise<Health> {
  try {
    await readRegion(region, () => readFirst(regionDatabase(env, region), { sql: "SELECT 1", params: [] }));
    return "UP";
  } catch {
    return "DOWN";
  }
}

/** For probes: UP as long as this Worker answers; what is down stands beside it. */
export const readHealth: Handler<"read-health"> = async (_permit, _input, { env }) => {
  const healths = await Promise.all(regionList.map(async (region) => [region, await regionHealth(env, region)] as const));
  return Response.json({ status: "UP", regions: Object.fromEntries(healths) });
};
