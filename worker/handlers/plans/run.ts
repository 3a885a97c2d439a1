import { sizings, type SizingCode } from "../../contract/catalogue.ts";
import { makeId } from "../../contract/ids.ts";
import type { Json } from "../../contract/operation.ts";
import { families } from "../../contract/resource-types.ts";
import type { PlanItem } from "../../contract/shapes/plans.ts";
import { parseSnapshotName } from "../../contract/snapshots.ts";
import { regions, zones } from "../../contract/topology.ts";
import { MustHitOne } from "../../../db/commit.ts";
import { PLANNED, toAction, WAITING, type OperationRow } from "../../../db/region/read/operations.ts";
import { newOperation } from "../../../db/act.ts";
import type { KnownMember } from "../../../db/region/read/plans.ts";
import { openPlan, type NewItem } from "../../../db/region/write/plans.ts";
import { nextOperationSequences } from "../../../db/region/write/sequence.ts";
import type { Handler } from "../../gate/context.ts";
import { parametersOf } from "../../gate/parameters.ts";
import { staleRevision } from "../../gate/precondition.ts";
import { askRegion, regionDatabase, regionOfId } from "../../routing/regions.ts";
import { answerAccepted, dryRunAnswer, lostRace, rememberedBy } from "../resources/accepted.ts";
import { quotaOr } from "../quotas/require.ts";
import { newSnapshot } from "../snapshots/new-snapshot.ts";

/** Several acts on one resource under one signature: all of them are committed, the first one is open, each of the others waits for the one before it. */
export const runPlan: Handler<"run-plan"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit, { items: input.prepared.items, ...(input.warnings && { warnings: input.warnings }) });
  const { target } = permit;
  const { items } = input.body;
  const region = regionOfId(target.id)!;
  const database = regionDatabase(context.env, region);
  return askRegion(region, async () => {
    const sequences = await nextOperationSequences(database, region, target.organizationId, items.length + 1);
    const [id, ...itemIds] = sequences.map((sequence) => makeId({ region: regions[region].code, organization: target.organizationId, sequence }));
    const what = {
      id: id!,
      organizationId: target.organizationId,
      cloudId: target.cloudId,
      serviceId: target.serviceId,
      resourceId: target.id,
      resourceName: target.name,
      resourceType: families[target.family].code,
      zone: target.zone ? zones[target.zone].code : 0,
      parameters: permit.deadline === undefined ? {} : ({ until: permit.now + permit.deadline } as Json),
    };
    const plan = { ...newOperation(permit, what, input.changeReference), status: PLANNED };
    const rows = items.map((item, index): NewItem => ({
      ...plan,
      ...elsewhere(input.prepared.members[index]!),
      id: itemIds[index]!,
      label: item.label,
      status: index === 0 ? WAITING : PLANNED,
      parameters: JSON.stringify(forZone(item, itemIds[index]!, target.id, input.prepared.members[index]!)),
      change_reference: item.changeReference ?? plan.change_reference,
      plan_id: plan.id,
      position: index + 1,
    }));
    const action = toAction({ ...plan, items: JSON.stringify(rows) });
    const beyond = () => quotaOr(context.env, target, input.prepared.wanted, () => staleRevision(target.revision));
    const act = { operation: plan, parameters: parametersOf(input.body, input.params), remembered: rememberedBy(input, action) };
    try {
      await openPlan(database, permit, act, rows, input.prepared);
    } catch (error) {
      if (error instanceof MustHitOne) throw await lostRace(permit, context.env, database, beyond);
      throw error;
    }
    const place = rows[0]!.zone === 0 ? region : target.zone;
    return answerAccepted(action, target.organizationId, place ?? region, context);
  });
};

/** What an item is about when that is not the plan's own resource; load balancers are their region's. */
function elsewhere(member: KnownMember | null): Partial<OperationRow> {
  if (!member) return {};
  const { id, name, serviceId, type } = member.balancer;
  return { resource_id: id, resource_name: name, resource_type: type, service_id: serviceId, zone: 0 };
}

/** What an item's zone needs to know: the same as when the act is asked for by itself. */
function forZone(item: PlanItem, operationId: number, resourceId: number, member: KnownMember | null): Json {
  switch (item.label) {
    case "resize-compute-instance": {
      const sizing = item.options.resourceId as SizingCode;
      return { sizing, ...sizings[sizing] };
    }
    case "create-snapshot":
      return newSnapshot(operationId, item.options);
    case "enable-monitoring-instance":
      return { alerting: item.options.alertingEnabled, onCall: item.options.onCallSupervision };
    case "disable-monitoring-instance":
      return { ...item.options };
    case "recover-snapshot":
    case "delete-snapshot":
      return { snapshot: parseSnapshotName(item.options.snapshot, resourceId)! };
    case "update-member-state":
      return { instanceId: resourceId, port: member!.port, state: item.options.state, acceptOutage: item.options.acceptOutage };
    default:
      return {};
  }
}
