import { makeId } from "../../contract/ids.ts";
import type { Json } from "../../contract/operation.ts";
import type { Permit } from "../../contract/permit.ts";
import { families } from "../../contract/resource-types.ts";
import { regions } from "../../contract/topology.ts";
import { AlreadyThere, MustHitOne } from "../../../db/commit.ts";
import { toAction } from "../../../db/region/read/operations.ts";
import { newOperation } from "../../../db/act.ts";
import { insertMembers } from "../../../db/region/write/balancers.ts";
import { insertAlias } from "../../../db/region/write/aliases.ts";
import { withinQuotas } from "../../../db/region/write/quotas.ts";
import { takeHost } from "../../../db/region/write/url-hosts.ts";
import { createResource } from "../../../db/region/write/create.ts";
import type { Context, Handler, Input } from "../../gate/context.ts";
import { parametersOf } from "../../gate/parameters.ts";
import { Problem } from "../../gate/problem.ts";
import { askRegion, regionDatabase } from "../../routing/regions.ts";
import { nameTaken } from "../instances/plan.ts";
import { answerAccepted, dryRunAnswer, isUnspent, rememberedBy, spent } from "../resources/accepted.ts";
import { requireOpen } from "../services/write.ts";
import { newAttributes, specOf } from "./attributes.ts";
import { holdingNames } from "../../names/holding.ts";
import { namesOf, takingNames } from "./hosts.ts";
import { planBalancer, type BalancerPlan } from "./plan.ts";

/** How often a creation tries again when another one of the same organization took its ids in between. */
const ATTEMPTS = 8;

/** Makes a load balancer that serves one URL; its region's own engine does the work. */
export const createBalancer: Handler<"create-lb"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  return askRegion(input.prepared.region, async () => {
    let plan = input.prepared;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const answer = await tryCreate(permit, input, plan, context);
      if (answer) return answer;
      await requireOpen(context.env, plan.region, permit.target);
      plan = await planBalancer(permit.actor, permit.target, input.body, context.env);
    }
    throw new Problem("unavailable", { detail: "Too many creations at once; nothing was created.", change: "Repeat the request." });
  });
};

/** One attempt; null: another creation took the ids or the last of a quota, a member has gone, or the Service takes nothing any more. */
async function tryCreate(permit: Permit<"create-lb">, input: Input<"create-lb">, plan: BalancerPlan, context: Context): Promise<Response | null> {
  const { body, params } = input;
  const { target } = permit;
  const database = regionDatabase(context.env, plan.region);
  const idOf = (sequence: number) => makeId({ region: regions[plan.region].code, organization: target.organizationId, sequence });
  const id = idOf(plan.nextSequence);
  const urlId = idOf(plan.nextSequence + 1);
  const what = {
    id: urlId,
    organizationId: target.organizationId,
    cloudId: target.cloudId,
    serviceId: target.id,
    resourceId: id,
    resourceName: plan.name,
    resourceType: families.LOAD_BALANCER.code,
    zone: 0,
    parameters: { ...specOf(plan, body), urlId, host: plan.host, dns: plan.dns } as unknown as Json,
  };
  const operation = newOperation(permit, what, input.changeReference);
  const action = toAction(operation);
  const balancer = {
    id,
    cloudId: target.cloudId,
    serviceId: target.id,
    type: operation.resource_type,
    environment: plan.environment,
    zone: 0,
    name: plan.name,
    createdBy: permit.actor.name,
    tags: body.tags,
    attributes: JSON.stringify(newAttributes(plan, body, urlId)),
  };
  const names = namesOf(plan, "url");
  const act = { operation, parameters: parametersOf(body, params), remembered: rememberedBy(input, action) };
  try {
    await holdingNames(names, { ...context, holder: id, token: permit.requestId }, (until) => {
      const beside = [
        takeHost({ host: plan.host, until }, id),
        // Its address is known when the region has made the balancer.
        ...(plan.dns ? [insertAlias(permit, operation, { name: plan.host, domain: plan.dns, address: "", reservedUntil: until })] : []),
        ...insertMembers(id, target.cloudId, plan.members),
        ...withinQuotas(target.cloudId, plan.wanted),
      ];
      return takingNames(plan.host, "url", () => createResource(database, permit, balancer, plan.nextSequence, act, beside));
    });
  } catch (error) {
    if (error instanceof AlreadyThere && error.index.includes("resource.name")) throw nameTaken(plan.name);
    if (!(error instanceof MustHitOne)) throw error;
    if (await isUnspent(permit, database)) return null;
    throw spent();
  }
  return answerAccepted(action, target.organizationId, plan.region, context);
}
