import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import { sizings, type SizingCode } from "../../contract/catalogue.ts";
import type { Wanted } from "../../contract/quotas.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import { readSizingFacts } from "../../../db/region/read/sizing.ts";
import type { Env } from "../../env.ts";
import { Problem } from "../../gate/problem.ts";
import { readRegion, regionDatabase, regionOfId } from "../../routing/regions.ts";
import { requireQuota } from "../quotas/require.ts";

export interface ResizePlan {
  sizing: SizingCode;
  cpu: number;
  ram: number;
  /** What it takes more of the Cloud's quotas. */
  wanted: Wanted;
}

/** @throws Problem("invalid_field_value") when the instance has this size already; Problem("quota_exceeded") */
export async function planResize(
  _actor: Actor,
  target: ResourceTarget,
  body: Inputs["resize-compute-instance"]["body"],
  env: Env,
): Promise<ResizePlan> {
  const sizing = body.options.resourceId as SizingCode;
  const region = regionOfId(target.id)!;
  const current = await readRegion(region, () => readSizingFacts(regionDatabase(env, region), target));
  if (current.sizing === sizing) {
    throw new Problem("invalid_field_value", {
      field: "options.resourceId",
      detail: `Error on field 'options.resourceId': the instance has the size ${sizing} already.`,
    });
  }
  const { cpu, ram } = sizings[sizing];
  const wanted = { cpus: Math.max(0, cpu - current.cpu), ram: Math.max(0, ram - current.ram) };
  requireQuota(wanted, current.quotas, region);
  return { sizing, cpu, ram, wanted };
}
