import type { Actor, CloudTarget } from "../../contract/actor.ts";
import type { CreateService } from "../../contract/shapes/services.ts";
import { createService as write } from "../../../db/directory/write/services.ts";
import type { Env } from "../../env.ts";
import type { Handler } from "../../gate/context.ts";
import { commitDirectly, newId } from "../resources/direct.ts";
import { dryRunAnswer } from "../resources/accepted.ts";
import { fed, requireName, subjectOf, withFreeName } from "./write.ts";

/** A Service of one Cloud; its action names it as `resourceId`. */
export const createService: Handler<"create-service"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { target } = permit;
  const { name, environment, description = null } = input.body;
  const answer = await commitDirectly(permit, input, context, async (place) => {
    const id = await newId(context.env, place, target.organizationId);
    return {
      subject: subjectOf({ id, name }),
      write: (directory, act) => withFreeName(name, () => write(directory, permit, { id, cloudId: target.id, name, environment, description }, act)),
    };
  });
  return fed(answer, context);
};

/** @throws Problem("name_taken") */
export async function planService(_actor: Actor, { id }: CloudTarget, { name }: CreateService, env: Env): Promise<null> {
  await requireName(env, id, name);
  return null;
}
