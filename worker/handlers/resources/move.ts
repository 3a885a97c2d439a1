import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import { families } from "../../contract/resource-types.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import { MustHitOne } from "../../../db/commit.ts";
import { readCopy, type ServiceRow } from "../../../db/region/read/services.ts";
import { moveResource as write } from "../../../db/region/write/direct.ts";
import type { Env } from "../../env.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";
import { commitDirectly } from "./direct.ts";

/** Into another Service of its Cloud. Rights hang on the Cloud, so nobody may more or less with it afterwards. */
export const moveResource: Handler<"move-resource"> = (permit, input, context) =>
  commitDirectly(permit, input, context, () => {
    const { target, actor } = permit;
    const { from, to } = input.prepared;
    return {
      subject: { id: target.id, name: target.name, type: families[target.family].code, serviceId: to.id },
      write: async (database, act) => {
        try {
          await write(database, permit, { from: { id: target.serviceId, name: from }, to }, act);
        } catch (error) {
          // It may be the Service that is no longer what it was.
          if (error instanceof MustHitOne) await planMove(actor, target, input.body, context.env);
          throw error;
        }
      },
    };
  });

export interface MovePlan {
  /** The name of the Service that it leaves. */
  from: string;
  to: ServiceRow;
}

/** A Service of another Cloud is none of this one's, whoever may see it. @throws Problem("not_found" | "state_forbids" | "invalid_field_value") */
export async function planMove(_actor: Actor, target: ResourceTarget, body: Inputs["move-resource"]["body"], env: Env): Promise<MovePlan> {
  const { serviceId } = body.options;
  const database = databaseOf(env, target.id);
  const [to, from] = await readRegion(regionOfId(target.id)!, () =>
    Promise.all([readCopy(database, serviceId), readCopy(database, target.serviceId)]),
  );
  if (!to || to.cloud_id !== target.cloudId) {
    throw new Problem("not_found", {
      field: "options.serviceId",
      detail: "The resource's Cloud has no such Service.",
      change: `GET /itcare/compute/services?clouds=${target.cloudId} lists those that it has.`,
    });
  }
  if (to.id === target.serviceId) {
    throw new Problem("invalid_field_value", {
      field: "options.serviceId",
      detail: `Error on field 'options.serviceId': ${target.name} is in ${to.name} already.`,
      change: "Choose another Service of the same Cloud.",
    });
  }
  if (to.closing) {
    throw new Problem("state_forbids", {
      field: "options.serviceId",
      detail: `move-resource is not available: ${to.name} is being deleted.`,
      change: "Choose another Service.",
    });
  }
  return { from: from?.name ?? "", to };
}
