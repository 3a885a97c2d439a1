import { readAttributes } from "../../../db/region/read/resource.ts";
import type { InstanceAttributes } from "../../contract/shapes/instance-attributes.ts";
import type { Env } from "../../env.ts";
import { Problem } from "../../gate/problem.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";

/** What is kept of an instance beside its columns. @throws Problem("not_found") when it has gone since it was decided about */
export async function keptOf(env: Env, id: number): Promise<InstanceAttributes> {
  const text = await readRegion(regionOfId(id)!, () => readAttributes(databaseOf(env, id), id));
  if (text === null) throw new Problem("not_found");
  return JSON.parse(text) as InstanceAttributes;
}
