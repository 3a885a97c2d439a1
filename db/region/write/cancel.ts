import { sql } from "drizzle-orm";
import type { ActAccepted } from "../../../worker/contract/log-entry.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import { commit } from "../../commit.ts";
import { ERROR, WAITING, type OperationRow } from "../read/operations.ts";
import { sessionOf } from "./act.ts";
import { insertEnded, insertOutbox, removeResource, type OpenOperation } from "./outcome.ts";

/**
 * Cancels an operation that no controller has claimed: the zone will never hear of it. What was to be created is gone, everything else is free again
 * as it was. The same row is what a claim moves, so of a claim and a cancellation exactly one happens.
 * @throws MustHitOne when the operation has been claimed or has ended
 */
export async function cancelOperation(database: D1Database, permit: Permit<"cancel-action">, held: OpenOperation): Promise<OperationRow> {
  const { actor, now, target } = permit;
  const message = `Cancelled by ${actor.name}.`;
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
    parameters: {},
    proof: permit.proof.kind,
    evidence: permit.proof.evidence,
  };
  await commit(database, [
    {
      query: sql`UPDATE operation SET status = ${ERROR}, message = ${message}, updated = ${now}, completed = ${now} WHERE id = ${target.id} AND status = ${WAITING}`,
      must: "operation",
    },
    ...(held.label === "create-instance"
      ? removeResource(held)
      : [{ query: sql`UPDATE resource SET open_operation = NULL, open_label = NULL, observation = observation + 1, updated = ${now} WHERE id = ${held.resource_id} AND open_operation = ${held.id}`, must: "resource" }]),
    insertOutbox(held.organization_id, { event, names: { [actor.id]: actor.name, [held.resource_id]: held.resource_name } }, now),
    insertEnded(held, { status: "ERROR", recorded: "Cancelled before its first step." }, now),
  ]);
  return { ...held, status: ERROR, message, updated: now, completed: now };
}
