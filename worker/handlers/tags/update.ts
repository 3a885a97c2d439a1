import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import { families } from "../../contract/resource-types.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import { changeTags, MOST_TAGS, type TagPair } from "../../contract/tags.ts";
import { readTags } from "../../../db/region/read/resource.ts";
import { updateTags as write } from "../../../db/region/write/direct.ts";
import type { Env } from "../../env.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";
import { commitDirectly } from "../resources/direct.ts";

/** The pairs of a resource: replaced as a whole, or some added and removed. They stay what they were as long as its revision does. */
export const updateTags: Handler<"update-tags"> = (permit, input, context) =>
  commitDirectly(permit, input, context, () => {
    const { target } = permit;
    return {
      subject: { id: target.id, name: target.name, type: families[target.family].code, serviceId: target.serviceId },
      write: (database, act) => write(database, permit, input.prepared, act),
    };
  });

export interface TagPlan {
  before: TagPair[];
  after: TagPair[];
}

/** @throws Problem("invalid_field_value") when the resource would have more tags than it may */
export async function planTags(_actor: Actor, { id, name }: ResourceTarget, body: Inputs["update-tags"]["body"], env: Env): Promise<TagPlan> {
  const text = await readRegion(regionOfId(id)!, () => readTags(databaseOf(env, id), id));
  if (text === null) throw new Problem("not_found");
  const before = JSON.parse(text) as TagPair[];
  const after = changeTags(before, body.options);
  if (after.length <= MOST_TAGS) return { before, after };
  throw new Problem("invalid_field_value", {
    field: "options.add",
    detail: `Error on field 'options.add': ${name} would have ${after.length} tags, and ${MOST_TAGS} is the most.`,
    change: "Remove tags that are no longer needed in the same request.",
  });
}
