/** Acts that no zone takes part in: 202 like all others, and their action has succeeded when it is given. */
import { DIRECTORY, makeId } from "../../contract/ids.ts";
import type { DirectAct } from "../../contract/lifecycle.ts";
import type { Permit } from "../../contract/permit.ts";
import type { Action } from "../../contract/shapes/common.ts";
import { regions } from "../../contract/topology.ts";
import { MustHitOne } from "../../../db/commit.ts";
import { toAction, type OperationRow } from "../../../db/region/read/operations.ts";
import { endedOperation } from "../../../db/act.ts";
import type { Act } from "../../../db/region/write/change.ts";
import { nextOperationSequence } from "../../../db/region/write/sequence.ts";
import type { Env } from "../../env.ts";
import type { Context, Input } from "../../gate/context.ts";
import { parametersOf } from "../../gate/parameters.ts";
import { notifyLog } from "../../log/notify.ts";
import { askPlace, placeDatabase, placeOfId, type Place } from "../../routing/places.ts";
import { dryRunAnswer, lostRace, rememberedBy } from "./accepted.ts";

/** What the act is done to, as its action names it. */
export interface Subject {
  id: number;
  name: string;
  /** Its family's code, or that of Services. */
  type: number;
  /** The Service that the action belongs to. */
  serviceId: number;
}

export interface Writing {
  subject: Subject;
  /** The operation as it is committed, where it has not ended with its commit. */
  begun?: (operation: OperationRow) => OperationRow;
  write(database: D1Database, act: Act): Promise<void>;
}

/** A number that nothing else of the organization has in the place. */
export async function newId(env: Env, place: Place, organizationId: number): Promise<number> {
  const region = place === "DIRECTORY" ? DIRECTORY : regions[place].code;
  const sequence = await nextOperationSequence(placeDatabase(env, place), place, organizationId);
  return makeId({ region, organization: organizationId, sequence });
}

/** @param prepare what is to be written; not asked for a dry run */
export async function commitDirectly(
  permit: Permit<DirectAct>,
  input: Pick<Input<DirectAct>, "params" | "changeReference" | "idempotency"> & { body: unknown },
  context: Context,
  prepare: (place: Place) => Promise<Writing> | Writing,
): Promise<Response> {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { env } = context;
  const { id: targetId, organizationId, cloudId } = permit.target;
  const place = placeOfId(targetId)!;
  const database = placeDatabase(env, place);
  const action = await askPlace(place, async () => {
    const { subject, begun = (operation) => operation, write } = await prepare(place);
    const what = {
      id: await newId(env, place, organizationId),
      organizationId,
      cloudId,
      serviceId: subject.serviceId,
      resourceId: subject.id,
      resourceName: subject.name,
      resourceType: subject.type,
    };
    const operation = begun(endedOperation(permit, what, input.changeReference));
    const answer = toAction(operation);
    try {
      await write(database, { operation, parameters: parametersOf(input.body, input.params), remembered: rememberedBy(input, answer) });
    } catch (error) {
      if (error instanceof MustHitOne) throw await lostRace(permit, env, database);
      throw error;
    }
    return answer;
  });
  return answerDirect(action, organizationId, context);
}

function answerDirect(action: Action, organizationId: number, { env, waitUntil }: Context): Response {
  waitUntil(notifyLog(env, organizationId));
  return Response.json(action, { status: 202, headers: { location: `/itcare/actions/${action.id}` } });
}
