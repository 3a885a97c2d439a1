import type { Actor, ServiceTarget } from "../../contract/actor.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import { updateService as write } from "../../../db/directory/write/services.ts";
import type { Env } from "../../env.ts";
import type { Handler } from "../../gate/context.ts";
import { dryRunAnswer } from "../resources/accepted.ts";
import { commitDirectly } from "../resources/direct.ts";
import { fed, requireName, subjectOf, withFreeName } from "./write.ts";

/** Its name, its description, and the environment of what is created in it from now on. */
export const updateService: Handler<"update-service"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { target } = permit;
  const { name = target.name, environment = target.environment, description = target.description } = input.body.options;
  const changed = { id: target.id, cloudId: target.cloudId, name, environment, description };
  const answer = await commitDirectly(permit, input, context, () => ({
    subject: subjectOf(changed),
    write: (directory, act) => withFreeName(name, () => write(directory, permit, changed, act)),
  }));
  return fed(answer, context);
};

/** @throws Problem("name_taken") */
export async function planServiceUpdate(
  _actor: Actor,
  { id, cloudId }: ServiceTarget,
  { options }: Inputs["update-service"]["body"],
  env: Env,
): Promise<null> {
  if (options.name !== undefined) await requireName(env, cloudId, options.name, id);
  return null;
}
