import { sql } from "drizzle-orm";
import { isCreation, type ResourceAct } from "../../../worker/contract/lifecycle.ts";
import type { ActAccepted } from "../../../worker/contract/log-entry.ts";
import type { Json } from "../../../worker/contract/operation.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import { commit, type Write } from "../../commit.ts";
import { ERROR, WAITING, type OperationRow } from "../read/operations.ts";
import { rememberAnswer, sessionOf, spendProof, type Remembered } from "./act.ts";
import { settle } from "./settle.ts";
import { insertEnded, insertOutbox, removeResource, type OpenOperation } from "./outcome.ts";

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
  const { actor, now, target } = permit;
  const { message } = cancelledRow(permit, open);
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
  };
  await commit(database, [
    ...spendProof(permit),
    {
      query: sql`UPDATE operation SET status = ${ERROR}, message = ${message}, updated = ${now}, completed = ${now} WHERE id = ${target.id} AND status = ${WAITING}`,
      must: "operation",
    },
    ...(isCreation(open.label as ResourceAct) ? removeResource(open) : [freeResource(open, now)]),
    ...settle(open, { status: "ERROR", observed: undefined }, now),
    insertOutbox(open.organization_id, { event, names: { [actor.id]: actor.name, [open.resource_id]: open.resource_name } }, now),
    insertEnded(open, { status: "ERROR", recorded: "Cancelled before its first step." }, now),
    ...rememberAnswer(remembered, now),
  ]);
}

function freeResource(open: OpenOperation, now: number): Write {
  return {
    query: sql`UPDATE resource SET open_operation = NULL, open_label = NULL, observation = observation + 1, updated = ${now}
      WHERE id = ${open.resource_id} AND open_operation = ${open.id}`,
    must: "resource",
  };
}
