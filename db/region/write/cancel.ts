import { sql } from "drizzle-orm";
import { isCreation, runsBeside, type ResourceAct } from "../../../worker/contract/lifecycle.ts";
import type { ActAccepted } from "../../../worker/contract/log-entry.ts";
import type { Json } from "../../../worker/contract/operation.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import { isElsewhere } from "../../../worker/contract/plans.ts";
import { commit, type Write } from "../../commit.ts";
import { ERROR, PLANNED, RUNNING, SUCCESS, WAITING, type OperationRow } from "../read/operations.ts";
import type { PlanRows } from "../read/plans.ts";
import { rememberAnswer, sessionOf, spendProof, type Remembered } from "../../act.ts";
import { settle } from "./settle.ts";
import { insertOutbox } from "./outbox.ts";
import { insertEnded, removeResource, settleBeside, type OpenOperation } from "./outcome.ts";
import { closePlan, dropItems, handOver } from "./plans.ts";

/** The operation as it stands once it is cancelled. */
export function cancelledRow<Row extends OperationRow>({ actor, now }: Permit<"cancel-action">, open: Row): Row {
  return { ...open, status: ERROR, message: `Cancelled by ${actor.name}.`, updated: now, completed: now };
}

/**
 * Cancels an operation that no controller has claimed: the zone will never hear of it. What was to be created is gone, everything else is free again
 * as it was. The same row is what a claim moves, so of a claim and a cancellation exactly one happens.
 * @param parameters the request as it was understood: what the log tells
 * @throws MustHitOne when the challenge is spent, or the operation has been claimed or has ended; AlreadyThere for the idempotency key
 */
export async function cancelOperation(
  database: D1Database,
  permit: Permit<"cancel-action">,
  open: OpenOperation,
  parameters: Json,
  remembered: Remembered | null,
): Promise<void> {
  const { now } = permit;
  const { message } = cancelledRow(permit, open);
  await commit(database, [
    ...spendProof(permit),
    endUnclaimed(open.id, message, now),
    ...(isCreation(open.label as ResourceAct) ? removeResource(open) : [freeResource(open, now)]),
    ...settle(open, { status: "ERROR", observed: undefined, step: 0 }, now),
    insertCancelled(permit, open, parameters),
    insertEnded(open, { status: "ERROR", recorded: "Cancelled before its first step." }, now),
    ...rememberAnswer(remembered, now),
  ]);
}

/** The plan as it stands once it is cancelled: at its end, or, while an item runs, as soon as that has ended. */
export function cancelledPlan(permit: Permit<"cancel-action">, { plan, items }: PlanRows): PlanRows {
  const { actor, now } = permit;
  const runs = items.find(({ status }) => status === RUNNING);
  const done = items.filter(({ status }) => status === SUCCESS).length;
  const left = items.filter(({ status }) => status === WAITING || status === PLANNED);
  const message = `Cancelled by ${actor.name}${done > 0 ? ` after item ${done} of ${items.length}` : ""}; what had not begun is not done.`;
  const end = { message, updated: now, ...(runs ? {} : { status: ERROR, step: done, completed: now }) };
  const dropped = { status: ERROR, message: DROPPED, updated: now, completed: now };
  return { plan: { ...plan, ...end }, items: items.map((item) => (left.includes(item) ? { ...item, ...dropped } : item)) };
}

const DROPPED = "Not begun: the plan was cancelled.";

/**
 * Cancels what has not begun of a plan. The item that runs goes on to its end, and the plan ends with it; while none runs, the plan ends now and its
 * resource is free.
 * @throws MustHitOne when the challenge is spent, or an item has been claimed or opened since `rows` were read; AlreadyThere for the idempotency key
 */
export async function cancelPlan(
  database: D1Database,
  permit: Permit<"cancel-action">,
  rows: PlanRows,
  parameters: Json,
  remembered: Remembered | null,
): Promise<void> {
  const { now } = permit;
  const { plan, items } = rows;
  const { plan: after } = cancelledPlan(permit, rows);
  const open = items.find(({ status }) => status === WAITING) ?? null;
  const results = items.map(({ id, status }) => ({ operationId: id, status: status === SUCCESS ? ("SUCCESS" as const) : ("NOT_BEGUN" as const) }));
  const recorded = `Cancelled after ${after.step} of ${items.length} items.`;
  await commit(database, [
    ...spendProof(permit),
    insertCancelled(permit, plan, parameters),
    ...(open
      ? [
          endUnclaimed(open.id, DROPPED, now),
          ...(isElsewhere(open.label)
            ? [handOver(plan.resource_id, open.id, null, now)]
            : [freeResource(open, now), ...settle(open, { status: "ERROR", observed: undefined, step: 0 }, now)]),
          ...dropItems(plan, DROPPED, now),
          ...closePlan(plan, { status: "ERROR", message: after.message, recorded, done: after.step, items: results }, now),
        ]
      : [
          {
            query: sql`UPDATE operation SET message = ${after.message}, updated = ${now} WHERE id = ${plan.id} AND status = ${PLANNED}
              AND EXISTS (SELECT 1 FROM operation i INDEXED BY operation_plan WHERE i.plan_id = ${plan.id} AND i.status = ${PLANNED})
              AND NOT EXISTS (SELECT 1 FROM operation i INDEXED BY operation_plan WHERE i.plan_id = ${plan.id} AND i.status = ${WAITING})`,
            must: "plan",
          },
          ...dropItems(plan, DROPPED, now),
        ]),
    ...rememberAnswer(remembered, now),
  ]);
}

/** The same row is what a claim moves. */
function endUnclaimed(id: number, message: string | null, now: number): Write {
  return {
    query: sql`UPDATE operation SET status = ${ERROR}, message = ${message}, updated = ${now}, completed = ${now} WHERE id = ${id} AND status = ${WAITING}`,
    must: "operation",
  };
}

/** The event that somebody cancelled it. */
function insertCancelled(permit: Permit<"cancel-action">, of: OperationRow, parameters: Json): Write {
  const { actor, now, target } = permit;
  const event: ActAccepted = {
    kind: "act-accepted",
    at: new Date(now).toISOString(),
    cloudId: target.cloudId,
    label: permit.label,
    actor: { kind: actor.kind, id: actor.id, session: sessionOf(actor) },
    target: { kind: "action", id: target.id },
    environment: null,
    operationId: null,
    requestId: permit.requestId,
    changeReference: null,
    parameters,
    proof: permit.proof.kind,
    evidence: permit.proof.evidence,
    ...(permit.proof.exception && { exception: permit.proof.exception }),
  };
  return insertOutbox(of.organization_id, { event, names: { [actor.id]: actor.name, [of.resource_id]: of.resource_name } }, now);
}

function freeResource(open: OperationRow, now: number): Write {
  if (runsBeside(open.label)) return settleBeside(open, now);
  return {
    query: sql`UPDATE resource SET open_operation = NULL, open_label = NULL, observation = observation + 1, updated = ${now}
      WHERE id = ${open.resource_id} AND open_operation = ${open.id}`,
    must: "resource",
  };
}
