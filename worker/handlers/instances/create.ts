import { makeId } from "../../contract/ids.ts";
import type { Json } from "../../contract/operation.ts";
import type { Permit } from "../../contract/permit.ts";
import { families } from "../../contract/resource-types.ts";
import { regions, zones } from "../../contract/topology.ts";
import { AlreadyThere, MustHitOne } from "../../../db/commit.ts";
import { toAction } from "../../../db/region/read/operations.ts";
import { newOperation, type OperationFacts } from "../../../db/act.ts";
import { createResource } from "../../../db/region/write/create.ts";
import { withinQuotas } from "../../../db/region/write/quotas.ts";
import type { Context, Handler, Input } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { askRegion, regionDatabase } from "../../routing/regions.ts";
import { answerAccepted, dryRunAnswer, isUnspent, rememberedBy, spent } from "../resources/accepted.ts";
import { newAttributes } from "./attributes.ts";
import { requireOpen } from "../services/write.ts";
import { cpuAndRam, familyOfProduct, nameTaken, planInstance, type InstancePlan } from "./plan.ts";

/** How often a creation tries again when another one of the same organization took its ids in between. */
const ATTEMPTS = 8;

export const createInstance: Handler<"create-instance"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  return askRegion(input.prepared.region, async () => {
    let plan = input.prepared;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const answer = await tryCreate(permit, input, plan, context);
      if (answer) return answer;
      await requireOpen(context.env, plan.region, permit.target);
      plan = await planInstance(permit.actor, permit.target, input.body, context.env);
    }
    throw new Problem("unavailable", { detail: "Too many creations at once; nothing was created.", change: "Repeat the request." });
  });
};

/** One attempt; null: another creation took the ids or the last of a quota, or the Service takes nothing any more. */
async function tryCreate(
  permit: Permit<"create-instance">,
  input: Input<"create-instance">,
  plan: InstancePlan,
  context: Context,
): Promise<Response | null> {
  const { body } = input;
  const database = regionDatabase(context.env, plan.region);
  const operation = newOperation(permit, factsOf(permit, input, plan), input.changeReference);
  const action = toAction(operation);
  const instance = {
    id: operation.resource_id,
    cloudId: permit.target.cloudId,
    serviceId: permit.target.id,
    type: operation.resource_type,
    environment: plan.environment,
    zone: operation.zone,
    name: body.name,
    createdBy: permit.actor.name,
    tags: body.tags,
    attributes: JSON.stringify(newAttributes(plan, body)),
  };
  const act = { operation, parameters: body as unknown as Json, remembered: rememberedBy(input, action) };
  try {
    await createResource(database, permit, instance, plan.nextSequence, act, withinQuotas(permit.target.cloudId, plan.wanted));
  } catch (error) {
    if (error instanceof AlreadyThere && error.index.includes("resource.name")) throw nameTaken(body.name);
    if (!(error instanceof MustHitOne)) throw error;
    if (await isUnspent(permit, database)) return null;
    throw spent();
  }
  return answerAccepted(action, permit.target.organizationId, plan.zone, context);
}

function factsOf(permit: Permit<"create-instance">, { body }: Input<"create-instance">, plan: InstancePlan): OperationFacts {
  const { target } = permit;
  const idOf = (sequence: number) => makeId({ region: regions[plan.region].code, organization: target.organizationId, sequence });
  return {
    id: idOf(plan.nextSequence + 1),
    organizationId: target.organizationId,
    cloudId: target.cloudId,
    serviceId: target.id,
    resourceId: idOf(plan.nextSequence),
    resourceName: body.name,
    resourceType: families[familyOfProduct(plan.product)].code,
    zone: zones[plan.zone].code,
    parameters: {
      name: body.name,
      productCode: plan.product,
      ...cpuAndRam(plan.sizing),
      disks: body.disks,
      networkId: plan.network.id,
      cidr: plan.network.cidr,
      sshKeys: body.sshKeys,
      backup: plan.protection.backup,
      replicated: plan.protection.replicated,
      monitoring: plan.protection.monitoring && { ...plan.protection.monitoring },
    },
  };
}
