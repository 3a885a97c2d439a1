import { readTags } from "../../../db/region/read/resource.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";

/** The pairs of one resource, as they are kept. */
export const listTags: Handler<"list-resource-tags"> = async ({ target: { id } }, _input, { env }) => {
  const text = await readRegion(regionOfId(id)!, () => readTags(databaseOf(env, id), id));
  if (text === null) throw new Problem("not_found");
  return new Response(text, { headers: { "content-type": "application/json" } });
};
