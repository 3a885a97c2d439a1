import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import { sizings, type SizingCode } from "../../contract/catalogue.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import { readSizing } from "../../../db/region/read/sizing.ts";
import type { Env } from "../../env.ts";
import { Problem } from "../../gate/problem.ts";
import { readRegion, regionDatabase, regionOfId } from "../../routing/regions.ts";

export interface ResizePlan {
  sizing: SizingCode;
  cpu: number;
  ram: number;
}

/** @throws Problem("invalid_field_value") when the instance has this size already */
export async function planResize(
  _actor: Actor,
  target: ResourceTarget,
  body: Inputs["resize-compute-instance"]["body"],
  env: Env,
): Promise<ResizePlan> {
  const sizing = body.options.resourceId as SizingCode;
  const region = regionOfId(target.id)!;
  const current = await readRegion(region, () => readSizing(regionDatabase(env, region), target.id));
  if (current === sizing) {
    throw new Problem("invalid_field_value", {
      field: "options.resourceId",
      detail: `Error on field 'options.resourceId': the instance has the size ${sizing} already.`,
    });
  }
  return { sizing, ...sizings[sizing] };
}
