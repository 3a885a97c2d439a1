/**
 * The writes of plans. A plan takes its resource once, for all of its items: what holds the resource passes from item to item in the very commit that
 * ends one and opens the next, so nobody comes in between and nothing is lost between two.
 */
import { sql } from "drizzle-orm";
import type { ActEnded } from "../../../worker/contract/log-entry.ts";
import type { Label } from "../../../worker/contract/actions.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import { isElsewhere, type PlanLabel } from "../../../worker/contract/plans.ts";
import type { Wanted } from "../../../worker/contract/quotas.ts";
import { commit, type Write } from "../../commit.ts";
import { ERROR, PLANNED, SUCCESS, WAITING, type OperationRow } from "../read/operations.ts";
import type { PlanRows } from "../read/plans.ts";
import { insertAccepted, insertOperation, OPERATION_DEADLINE, rememberAnswer, spendProof } from "../../act.ts";
import { onlyTheseAliases, takeResource, type Act } from "./change.ts";
import { opening } from "./opening.ts";
import { claim, withinQuotas, type Claim } from "./quotas.ts";
import { insertOutbox } from "./outbox.ts";

/** An item as it is committed: the first one open, the others waiting for their predecessor. */
export type NewItem = OperationRow & { label: PlanLabel; plan_id: number; position: number };

/**
 * Commits a plan: the resource is the first item's, the plan and all of its items are there, one event tells of it.
 * @param act the plan's own operation
 * @param claims what all of its items take of the Cloud's quotas, of which `wanted` is more than the resource has
 * @throws MustHitOne when the challenge is spent, the resource is no longer as the permit saw it, or a quota used up; AlreadyThere for the idempotency key
 */
export async function openPlan(
  database: D1Database,
  permit: Permit<"run-plan">,
  act: Act,
  items: readonly NewItem[],
  { wanted, claims }: { wanted: Wanted; claims: Claim },
): Promise<void> {
  const [first] = items;
  const { id, cloudId } = permit.target;
  const within = withinQuotas(cloudId, wanted);
  await commit(database, [
    ...spendProof(permit),
    takeResource(permit.target, first!, permit.now),
    ...(within.length > 0 ? [claim(id, claims)] : []),
    ...opening(first!, permit.now),
    ...within,
    insertOperation(act.operation),
    insertItems(act.operation, items),
    insertAccepted(permit, act.operation, act.parameters),
    ...rememberAnswer(act.remembered, permit.now),
  ]);
}

/** One statement, however many there are: what they share is read from the plan's row. */
function insertItems(plan: OperationRow, items: readonly NewItem[]): Write {
  const own = items.map(
    ({ id, label, service_id, resource_id, resource_name, resource_type, zone, status, parameters, change_reference, position }) => ({
      id,
      label,
      // What an item is about is its plan's, unless it says so.
      ...(isElsewhere(label) && { service_id, resource_id, resource_name, resource_type }),
      zone,
      status,
      parameters,
      change_reference,
      position,
    }),
  );
  return {
    query: sql`INSERT INTO operation (id, organization_id, cloud_id, service_id, resource_id, resource_name, resource_type, zone, label, status, parameters, change_reference,
        actor_kind, actor_id, actor_name, created, updated, deadline, plan_id, position)
      SELECT i.value ->> 'id', p.organization_id, p.cloud_id, coalesce(i.value ->> 'service_id', p.service_id), coalesce(i.value ->> 'resource_id', p.resource_id),
        coalesce(i.value ->> 'resource_name', p.resource_name), coalesce(i.value ->> 'resource_type', p.resource_type), i.value ->> 'zone', i.value ->> 'label',
        i.value ->> 'status', i.value ->> 'parameters', i.value ->> 'change_reference', p.actor_kind, p.actor_id, p.actor_name, p.created, p.updated, p.deadline, p.id,
        i.value ->> 'position'
      FROM json_each(${JSON.stringify(own)}) i CROSS JOIN operation p ON p.id = ${plan.id}`,
  };
}

/** What an item's end means for its plan. */
export type Course =
  /** The next one begins: it has the resource from now on, and its own time. */
  | { next: OperationRow }
  /** Nothing more is begun. */
  | { next: null; status: "SUCCESS" | "ERROR"; message: string | null; recorded: string | null };

/** Pure. @param mayOpen false: the next item could not be opened, what it is about is no longer as it was */
export function courseAfter(
  { plan, items }: PlanRows,
  ended: { position: number; status: "SUCCESS" | "ERROR"; message: string | null; recorded: string | null },
  mayOpen: boolean,
): Course {
  const { position, status } = ended;
  const next = items.find((item) => item.position === position + 1) ?? null;
  if (status === "SUCCESS" && next?.status === PLANNED && mayOpen) return { next };
  const left = items.length - position;
  if (status === "SUCCESS" && !next) return { next: null, status, message: null, recorded: null };
  const rest = left === 0 ? "" : left === 1 ? "; one item was not begun" : `; ${left} items were not begun`;
  const at = `item ${position} of ${items.length}`;
  if (status === "ERROR") {
    const label = items[position - 1]!.label;
    return {
      next: null,
      status: "ERROR",
      message: `Stopped at ${at} (${label})${rest}. ${ended.message ?? ""}`.trim(),
      recorded: `Stopped at ${at}${rest}. ${ended.recorded ?? ""}`.trim(),
    };
  }
  // Cancelled while the item ran: the plan's message says by whom.
  if (next?.status !== PLANNED) return { next: null, status: "ERROR", message: plan.message, recorded: `Cancelled after ${at}${rest}.` };
  const changed = `Stopped after ${at}${rest}: what item ${position + 1} is about has changed.`;
  return { next: null, status: "ERROR", message: changed, recorded: changed };
}

/** The writes of a course beside those of the item's own end, which hand the resource over or free it. */
export function follow(course: Course, { plan, items }: PlanRows, ended: { position: number; status: "SUCCESS" | "ERROR" }, now: number): Write[] {
  const done = ended.status === "SUCCESS" ? ended.position : ended.position - 1;
  if (!course.next) {
    const results = items.map(({ id, position, fence }) => ({
      operationId: id,
      // What no controller has claimed was not begun, even when it is what ended the plan.
      status: position! <= done ? ("SUCCESS" as const) : fence > 0 ? ("ERROR" as const) : ("NOT_BEGUN" as const),
    }));
    return [...dropItems(plan, notBegun(ended), now), ...closePlan(plan, { ...course, done, items: results }, now)];
  }
  const { next } = course;
  // A plan that says its own deadline says it for all that is in it.
  const { until = now + OPERATION_DEADLINE } = JSON.parse(plan.parameters) as { until?: number };
  return [
    {
      query: sql`UPDATE operation SET status = ${WAITING}, updated = ${now}, deadline = ${until} WHERE id = ${next.id} AND status = ${PLANNED}`,
      must: "item",
    },
    ...opening(next, now),
    { query: sql`UPDATE operation SET step = ${done}, updated = ${now} WHERE id = ${plan.id} AND status = ${PLANNED}`, must: "plan" },
  ];
}

/** The plan's own resource passes from one item to the next, while the one was about something else; null: it is free. */
export function handOver(resourceId: number, from: number, next: OperationRow | null, now: number): Write {
  return {
    query: sql`UPDATE resource SET open_operation = ${next?.id ?? null}, open_label = ${next?.label ?? null}, observation = observation + 1, updated = ${now}
      WHERE id = ${resourceId} AND open_operation = ${from} ${onlyTheseAliases(next)}`,
    must: "resource",
  };
}

function notBegun({ position, status }: { position: number; status: "SUCCESS" | "ERROR" }): string {
  return status === "ERROR" ? `Not begun: item ${position} failed.` : `Not begun: the plan was stopped after item ${position}.`;
}

/** The items that wait for their predecessor are not begun any more. */
export function dropItems(plan: OperationRow, message: string, now: number): Write[] {
  return [
    {
      query: sql`UPDATE operation SET status = ${ERROR}, message = ${message}, updated = ${now}, completed = ${now} WHERE plan_id = ${plan.id} AND status = ${PLANNED}`,
    },
  ];
}

interface PlanEnd {
  status: "SUCCESS" | "ERROR";
  message: string | null;
  recorded: string | null;
  /** How many items are done. */
  done: number;
  items: NonNullable<ActEnded["items"]>;
}

/** The plan's own end, and the event that tells it. */
export function closePlan(plan: OperationRow, end: PlanEnd, now: number): Write[] {
  const event: ActEnded = {
    kind: "act-ended",
    at: new Date(now).toISOString(),
    cloudId: plan.cloud_id,
    label: plan.label as Label,
    operationId: plan.id,
    target: { kind: "resource", id: plan.resource_id },
    status: end.status,
    message: end.recorded,
    items: end.items,
  };
  return [
    {
      query: sql`UPDATE operation SET status = ${end.status === "SUCCESS" ? SUCCESS : ERROR}, message = ${end.message}, step = ${end.done}, updated = ${now}, completed = ${now}
        WHERE id = ${plan.id} AND status = ${PLANNED}`,
      must: "plan",
    },
    insertOutbox(plan.organization_id, { event, names: { [plan.resource_id]: plan.resource_name } }, now),
  ];
}
