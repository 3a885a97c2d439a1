/** Most acts are one thing here: an operation is opened on a resource; the controller of its zone, or of its region, does the rest. */
import { makeId } from "../../contract/ids.ts";
import type { Json } from "../../contract/operation.ts";
import type { Permit } from "../../contract/permit.ts";
import { families } from "../../contract/resource-types.ts";
import { regions, zones, type Zone } from "../../contract/topology.ts";
import { MustHitOne } from "../../../db/commit.ts";
import { toAction } from "../../../db/region/read/operations.ts";
import { newOperation } from "../../../db/act.ts";
import { changeResource, type Act, type ChangeLabel } from "../../../db/region/write/change.ts";
import { nextOperationSequence } from "../../../db/region/write/sequence.ts";
import type { Context, Input } from "../../gate/context.ts";
import { consequencesOf, parametersOf } from "../../gate/parameters.ts";
import type { Problem } from "../../gate/problem.ts";
import { askRegion, regionDatabase, regionOfId } from "../../routing/regions.ts";
import { answerAccepted, dryRunAnswer, lostRace, rememberedBy } from "./accepted.ts";

interface OpeningOptions {
  /** Whose controller runs it: a zone's, or with null the region's own; the resource's own zone unless said otherwise. */
  by?: Zone | null;
  /** Commits it; what changes more than the resource brings its own. */
  write?: (database: D1Database, act: Act) => Promise<void>;
  /** Why it hit nothing though the resource is as it was; absent: it is said to have changed. */
  lost?: () => Problem | Promise<Problem>;
}

/**
 * Commits the operation and answers 202 with its action.
 * @param forZone what the zone needs to know beside the resource itself
 */
export async function openOperation(
  permit: Permit<ChangeLabel>,
  input: Input<ChangeLabel>,
  forZone: Json | ((operationId: number) => Json),
  context: Context,
  { by = permit.target.zone, write = (database, act) => changeResource(database, permit, act), lost }: OpeningOptions = {},
): Promise<Response> {
  const { target } = permit;
  if (permit.dryRun) return dryRunAnswer(permit, foundBefore(input));
  const region = regionOfId(target.id)!;
  const database = regionDatabase(context.env, region);
  return askRegion(region, async () => {
    const sequence = await nextOperationSequence(database, region, target.organizationId);
    const id = makeId({ region: regions[region].code, organization: target.organizationId, sequence });
    const what = {
      id,
      organizationId: target.organizationId,
      cloudId: target.cloudId,
      serviceId: target.serviceId,
      resourceId: target.id,
      resourceName: target.name,
      resourceType: families[target.family].code,
      zone: by ? zones[by].code : 0,
      parameters: typeof forZone === "function" ? forZone(id) : forZone,
    };
    const operation = newOperation(permit, what, input.changeReference);
    const action = toAction(operation);
    const act = { operation, parameters: parametersOf(input.body, input.params, input.prepared), remembered: rememberedBy(input, action) };
    try {
      await write(database, act);
    } catch (error) {
      if (error instanceof MustHitOne) throw await lostRace(permit, context.env, database, lost);
      throw error;
    }
    return answerAccepted(action, target.organizationId, by ?? region, context);
  });
}

function foundBefore({ prepared, warnings }: Pick<Input<ChangeLabel>, "prepared" | "warnings">): Record<string, unknown> {
  const consequences = consequencesOf(prepared);
  return { ...(consequences && { consequences }), ...(warnings && { warnings }) };
}
