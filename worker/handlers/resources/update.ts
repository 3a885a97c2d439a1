import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import { families } from "../../contract/resource-types.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import { updateResource as write } from "../../../db/region/write/direct.ts";
import type { Env } from "../../env.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { commitDirectly } from "./direct.ts";

/** What people may change of a resource of any family: its environment and what they note about it. Its name stays. */
export const updateResource: Handler<"update-resource"> = (permit, input, context) =>
  commitDirectly(permit, input, context, () => {
    const { target } = permit;
    return {
      subject: { id: target.id, name: target.name, type: families[target.family].code, serviceId: target.serviceId },
      write: (database, act) => write(database, permit, input.body.options, act),
    };
  });

/** @throws Problem("invalid_field_value") when there is nothing to change */
export async function planUpdate(
  _actor: Actor,
  { name, environment }: ResourceTarget,
  body: Inputs["update-resource"]["body"],
  _env: Env,
): Promise<null> {
  const { options } = body;
  if (options.environment !== environment || options.comment !== undefined) return null;
  throw new Problem("invalid_field_value", {
    field: "options.environment",
    detail: `Error on field 'options.environment': ${name} is ${environment} already.`,
    change: "Choose another environment.",
  });
}
