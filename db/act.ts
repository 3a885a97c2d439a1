/**
 * What every act commits beside its own change, in a region and in the directory alike, whose tables for it are the same: the proof is spent, the
 * operation and the outbox row are inserted, the answer is kept for the idempotency key. One batch, all or nothing.
 */
import { sql } from "drizzle-orm";
import type { Label } from "../worker/contract/actions.ts";
import type { Actor } from "../worker/contract/actor.ts";
import type { ActAccepted, EventTarget, OutboxBody } from "../worker/contract/log-entry.ts";
import type { Json } from "../worker/contract/operation.ts";
import type { Permit } from "../worker/contract/permit.ts";
import { retention } from "../worker/contract/retention.ts";
import { DEADLINE } from "../worker/contract/shapes/deadline.ts";
import type { Write } from "./commit.ts";
import { insert } from "./statement.ts";
import { SUCCESS, WAITING, type OperationRow } from "./region/read/operations.ts";
import { challenge, idempotency, operation, outbox } from "./region/schema/index.ts";

/** How long a zone may take before an operation is given up, in ms, unless the act says otherwise. */
export const OPERATION_DEADLINE = DEADLINE.usual * 1_000;

/** What an act says of its operation; the rest of the row follows from the permit. */
export interface OperationFacts {
  id: number;
  organizationId: number;
  cloudId: number;
  serviceId: number;
  resourceId: number;
  resourceName: string;
  resourceType: number;
  zone: number;
  /** What the zone needs to know. */
  parameters: Json;
}

export interface Remembered {
  principal: string;
  method: string;
  path: string;
  key: string;
  fingerprint: string;
  /** 202 unless said otherwise. */
  status?: 200 | 201 | 204;
  answer: string;
}

/** The session's public id, or the client id: what operations and events name. */
export function sessionOf(actor: Actor): string {
  return actor.kind === "person" ? actor.session : actor.clientId;
}

/**
 * Spends the challenge that was signed: a second spender finds no row, and nothing of its commit happens. A signed request brings a nonce of its own:
 * there it is the other way round, and who comes second finds its row. Both are spent where the act commits, for an act that came to nothing has used
 * nothing up, and the same signed request always leads to the same database.
 */
export function spendProof(permit: Permit<Label>): Write[] {
  const { challenge: hash, spentUntil } = permit.proof;
  if (!hash || !permit.actor) return [];
  if (spentUntil !== undefined) {
    return [
      {
        query: sql`INSERT OR IGNORE INTO ${challenge} (hash, purpose, actor_id, session, nonce, expires)
          VALUES (${hash}, 'spent', ${permit.actor.id}, ${sessionOf(permit.actor)}, '', ${spentUntil})`,
        must: "challenge",
      },
    ];
  }
  return [
    {
      query: sql`DELETE FROM ${challenge} WHERE hash = ${hash} AND actor_id = ${permit.actor.id} AND session = ${sessionOf(permit.actor)} AND expires > ${permit.now} RETURNING hash`,
      must: "challenge",
    },
  ];
}

/** The operation as it is committed: waiting for its zone. */
export function newOperation(permit: Permit<Label>, what: OperationFacts, changeReference: string | null): OperationRow {
  const actor = permit.actor!;
  return {
    id: what.id,
    organization_id: what.organizationId,
    cloud_id: what.cloudId,
    service_id: what.serviceId,
    resource_id: what.resourceId,
    resource_name: what.resourceName,
    resource_type: what.resourceType,
    zone: what.zone,
    label: permit.label,
    status: WAITING,
    message: null,
    parameters: JSON.stringify(what.parameters),
    change_reference: changeReference,
    actor_kind: actor.kind,
    actor_id: actor.id,
    actor_name: actor.name,
    created: permit.now,
    updated: permit.now,
    completed: null,
    deadline: permit.now + (permit.deadline ?? OPERATION_DEADLINE),
    fence: 0,
    step: 0,
    plan_id: null,
    position: null,
  };
}

/** The same for an act that no zone takes part in: committed with its end. */
export function endedOperation(
  permit: Permit<Label>,
  what: Omit<OperationFacts, "zone" | "parameters">,
  changeReference: string | null,
): OperationRow {
  return { ...newOperation(permit, { ...what, zone: 0, parameters: {} }, changeReference), status: SUCCESS, completed: permit.now };
}

export function insertOperation(row: OperationRow): Write {
  return {
    query: sql`INSERT INTO ${operation} (id, organization_id, cloud_id, service_id, resource_id, resource_name, resource_type, zone, label, status, parameters, change_reference,
        actor_kind, actor_id, actor_name, created, updated, completed, deadline)
      VALUES (${row.id}, ${row.organization_id}, ${row.cloud_id}, ${row.service_id}, ${row.resource_id}, ${row.resource_name}, ${row.resource_type}, ${row.zone},
        ${row.label}, ${row.status}, ${row.parameters}, ${row.change_reference}, ${row.actor_kind}, ${row.actor_id}, ${row.actor_name}, ${row.created}, ${row.updated},
        ${row.completed}, ${row.deadline})`,
  };
}

/** What an event says of an act; one that leaves no operation, or concerns no Cloud, has null there. */
export type AcceptedFacts = Pick<OperationRow, "organization_id" | "resource_id" | "resource_name" | "change_reference"> & {
  id: number | null;
  cloud_id: number | null;
  /** What the act brings into being, where the target's kind does not tell. */
  brings?: EventTarget;
};

/** The event that an act was accepted; names stand beside it, so that they can be erased without breaking the log. */
export function insertAccepted(permit: Permit<Label>, what: AcceptedFacts, parameters: Json, further: Record<string, string> = {}): Write {
  const { actor: who, target } = permit;
  const actor = who!;
  const event: ActAccepted = {
    kind: "act-accepted",
    at: new Date(permit.now).toISOString(),
    cloudId: what.cloud_id,
    environment: "environment" in target ? target.environment : null,
    label: permit.label,
    actor: { kind: actor.kind, id: actor.id, session: sessionOf(actor) },
    target: { kind: target.kind, id: "id" in target ? target.id : what.resource_id },
    created: what.brings ?? createdBy(target, what.resource_id),
    operationId: what.id,
    requestId: permit.requestId,
    changeReference: what.change_reference,
    parameters,
    proof: permit.proof.kind,
    evidence: permit.proof.evidence,
    ...(permit.proof.exception && { exception: permit.proof.exception }),
  };
  const names = { ...further, ...("name" in target && { [target.id]: target.name }), [actor.id]: actor.name, [what.resource_id]: what.resource_name };
  const body: OutboxBody = { event, names };
  return { query: insert(outbox, { organizationId: what.organization_id, at: permit.now, body: JSON.stringify(body) }) };
}

/** What comes into being in a Service or in a Cloud: another thing than the target. */
function createdBy(target: Permit<Label>["target"], id: number): EventTarget | undefined {
  if (target.kind === "service" && target.id !== id) return { kind: "resource", id };
  return target.kind === "cloud" ? { kind: "service", id } : undefined;
}

/** Keeps the answer for the request's idempotency key. */
export function rememberAnswer(remembered: Remembered | null, now: number): Write[] {
  if (!remembered) return [];
  const { principal, method, path, key } = remembered;
  return [
    // Its day may be over and the sweep still to come.
    {
      query: sql`DELETE FROM ${idempotency} WHERE principal = ${principal} AND method = ${method} AND path = ${path} AND key = ${key} AND expires <= ${now}`,
    },
    { query: insert(idempotency, { status: 202, ...remembered, expires: now + retention.answer.for }) },
  ];
}
