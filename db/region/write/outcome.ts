/** The claim, the markers and the outcome of operations. Every write is guarded by the fence: who has lost the operation writes nothing. */
import { sql, type SQL } from "drizzle-orm";
import type { Label } from "../../../worker/contract/actions.ts";
import type { ActEnded, OutboxBody } from "../../../worker/contract/log-entry.ts";
import { runsBeside } from "../../../worker/contract/lifecycle.ts";
import { ELSEWHERE, isElsewhere } from "../../../worker/contract/plans.ts";
import type { Observed, ObservedRecords } from "../../../worker/contract/observed.ts";
import { protections, sumOf } from "../../../worker/contract/protection.ts";
import { statuses, type Status } from "../../../worker/contract/resource-types.ts";
import { commit, MustHitOne, type Write } from "../../commit.ts";
import { prepare, readAll, readFirst } from "../../statement.ts";
import { ERROR, OF_SERVICE, RUNNING, SUCCESS, type OperationRow } from "../read/operations.ts";
import { readPlan } from "../read/plans.ts";
import { insertOutbox } from "./outbox.ts";
import { courseAfter, follow, handOver } from "./plans.ts";
import { onlyTheseAliases } from "./change.ts";
import { settle } from "./settle.ts";

/** An open operation of a zone, and the name of its Cloud. */
export interface OpenOperation extends OperationRow {
  cloud_name: string | null;
}

/**
 * The oldest open operations of a zone (0: of the region itself), oldest first. An item of a plan whose load balancer is not free is left out until that
 * is: what it waits for may stand behind it.
 */
export async function readOpenOperations(database: D1Database, zone: number, limit: number, now: number): Promise<OpenOperation[]> {
  return readAll(
    database,
    sql`SELECT o.*, c.name AS cloud_name FROM operation o INDEXED BY operation_open LEFT JOIN cloud c ON c.id = o.cloud_id
      WHERE o.zone = ${zone} AND o.status < 2 AND NOT EXISTS (SELECT 1 FROM restoration h WHERE h.organization_id = o.organization_id) AND NOT (o.plan_id IS NOT NULL AND o.fence = 0 AND o.deadline > ${now} AND o.label = ${ELSEWHERE}
        AND EXISTS (SELECT 1 FROM resource r WHERE r.id = o.resource_id AND r.open_operation IS NOT NULL))
      ORDER BY o.created LIMIT ${limit}`,
  );
}

/** One operation that is waiting or running, or null. */
export async function readOpenOperation(database: D1Database, id: number): Promise<OpenOperation | null> {
  return readFirst(
    database,
    sql`SELECT o.*, c.name AS cloud_name FROM operation o LEFT JOIN cloud c ON c.id = o.cloud_id WHERE o.id = ${id} AND o.status < 2`,
  );
}

/**
 * Takes an operation for one controller: it runs from now on, under a higher fence.
 * @param taking what it takes with it
 * @throws MustHitOne when it has ended, or another has claimed it since it was read
 */
export async function claimOperation(database: D1Database, row: OperationRow, now: number, taking: readonly Write[] = []): Promise<OperationRow> {
  const fence = row.fence + 1;
  await commit(database, [
    {
      query: sql`UPDATE operation SET status = ${RUNNING}, fence = ${fence}, updated = ${now} WHERE id = ${row.id} AND fence = ${row.fence} AND status < 2`,
      must: "operation",
    },
    ...taking,
  ]);
  return { ...row, status: RUNNING, fence, updated: now };
}

/** Writes down that so many steps are done; writing it twice is harmless. @returns false when the operation belongs to another by now */
export async function markStep(database: D1Database, held: { id: number; fence: number }, step: number, now: number): Promise<boolean> {
  const { results } = await prepare(
    database,
    sql`UPDATE operation SET step = ${step}, updated = ${now} WHERE id = ${held.id} AND fence = ${held.fence} AND status = ${RUNNING} RETURNING id`,
  ).all();
  return results.length === 1;
}

export interface OperationEnd {
  status: "SUCCESS" | "ERROR";
  /** For the action. */
  message: string | null;
  /** For the log: the same without any name. */
  recorded: string | null;
  /** What becomes of the resource. `same`: its status stays. */
  to: Status | "same" | "gone";
  /** What the zone observed, as members of the resource's attributes; null: nothing was observed. */
  attributes: Record<string, unknown> | null;
  /** What is really there; null: no such thing; undefined: nothing was observed. */
  observed: Observed | null | undefined;
  /** What the region's engine has of its names: looked at when an act that moves names has failed. */
  records?: ObservedRecords | undefined;
  /** How many steps are done. */
  step: number;
}

/**
 * Ends an operation: its own row, its resource, and the outbox row that tells of it. An item's end also opens the next item of its plan, or ends the plan.
 * @param held the operation under the fence of whoever ends it: not claimed yet, or claimed by the caller
 * @returns the zone of the operation that is opened by it (0: the region itself), or null
 * @throws MustHitOne when the operation has ended already or belongs to another
 */
export async function endOperation(database: D1Database, held: OpenOperation, end: OperationEnd, now: number): Promise<number | null> {
  if (held.plan_id !== null && held.position !== null) return endItem(database, held.plan_id, { ...held, position: held.position }, end, now);
  await commit(database, endWrites(held, end, null, now));
  return null;
}

/** How often an item's end is tried: its plan may be cancelled, or what comes next may change, between the look and the commit. */
const ATTEMPTS = 3;

async function endItem(
  database: D1Database,
  planId: number,
  held: OpenOperation & { position: number },
  end: OperationEnd,
  now: number,
): Promise<number | null> {
  for (let attempt = 1; ; attempt++) {
    const rows = await readPlan(database, planId);
    if (!rows) throw new Error(`The plan ${planId} of the operation ${held.id} is not there.`);
    const ended = { ...end, position: held.position };
    const course = courseAfter(rows, ended, attempt < ATTEMPTS);
    try {
      const own = isElsewhere(held.label) ? endElsewhere(held, end, rows.plan, course.next, now) : endWrites(held, end, course.next, now);
      await commit(database, [...own, ...follow(course, rows, ended, now)]);
      return course.next && course.next.zone;
    } catch (error) {
      if (!(error instanceof MustHitOne) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** @param next who has the resource afterwards; null: it is free */
function endWrites(held: OpenOperation, end: OperationEnd, next: OperationRow | null, now: number): Write[] {
  return [
    closeOperation(held, end, now),
    ...(end.to === "gone" ? removeResource(held) : [settleResource(held, end, next, now)]),
    ...settle(held, end, now),
    insertEnded(held, end, now),
  ];
}

/** Of an item that is about another thing: that one is free again, if it was ever taken, and the plan's own goes to the next item. */
function endElsewhere(held: OpenOperation, end: OperationEnd, plan: OperationRow, next: OperationRow | null, now: number): Write[] {
  return [
    closeOperation(held, end, now),
    ...(held.fence > 0 ? [settleResource(held, end, null, now), ...settle(held, end, now)] : []),
    handOver(plan.resource_id, held.id, next, now),
    insertEnded(held, end, now),
  ];
}

function closeOperation(held: OpenOperation, end: OperationEnd, now: number): Write {
  const code = end.status === "SUCCESS" ? SUCCESS : ERROR;
  return {
    query: sql`UPDATE operation SET status = ${code}, message = ${end.message}, step = ${end.step}, updated = ${now}, completed = ${now}
      WHERE id = ${held.id} AND fence = ${held.fence} AND status < 2`,
    must: "operation",
  };
}

/** What ran beside whatever else does: the resource is still there, and is not its to free. */
export function settleBeside({ resource_id: id }: Pick<OperationRow, "resource_id">, now: number): Write {
  return { query: sql`UPDATE resource SET observation = observation + 1, updated = ${now} WHERE id = ${id}`, must: "resource" };
}

function settleResource(held: OperationRow, { to, attributes, observed: seen }: OperationEnd, next: OperationRow | null, now: number): Write {
  if (runsBeside(held.label)) return settleBeside(held, now);
  const status = to === "same" || to === "gone" ? sql`status` : sql`${statuses[to]}`;
  const observed = attributes ? sql`, attributes = json_patch(attributes, ${JSON.stringify(attributes)})` : sql``;
  return {
    query: sql`UPDATE resource SET status = ${status}, open_operation = ${next?.id ?? null}, open_label = ${next?.label ?? null},
      observation = observation + 1, updated = ${now}, protection = ${protectionSeen(seen)} ${observed}
      WHERE id = ${held.resource_id} AND open_operation = ${held.id} ${onlyTheseAliases(next)}`,
    must: "resource",
  };
}

/** The patch parties are no matter of zones: what is kept says whether the resource takes part. What was never observed has nothing. */
function protectionSeen(seen: Observed | null | undefined): SQL {
  if (seen?.kind !== "instance") return sql`coalesce(protection, 0)`;
  const sum = sumOf({ backup: seen.backup !== null, replication: seen.replicated, monitoring: seen.monitoring !== null });
  return sql`${sum} + CASE attributes ->> '$.patchParty.excluded' WHEN 0 THEN ${protections.patchParty} ELSE 0 END`;
}

/** The resource, its snapshots and its tags. The tags are found through the dictionary: `resource_tag` begins with the tag, not with the resource. */
export function removeResource(held: Pick<OperationRow, "id" | "cloud_id" | "resource_id" | "organization_id">): Write[] {
  return [
    {
      query: sql`DELETE FROM resource_tag WHERE cloud_id = ${held.cloud_id} AND name = (SELECT name FROM resource WHERE id = ${held.resource_id}) AND resource_id = ${held.resource_id}
        AND tag_id IN (
          SELECT tag.id FROM resource CROSS JOIN json_each(resource.tags) AS pair
          CROSS JOIN tag ON tag.organization_id = ${held.organization_id} AND tag.key = pair.value ->> 'key' AND tag.value = pair.value ->> 'value'
          WHERE resource.id = ${held.resource_id})`,
    },
    { query: sql`DELETE FROM snapshot WHERE resource_id = ${held.resource_id}` },
    { query: sql`DELETE FROM resource WHERE id = ${held.resource_id} AND open_operation = ${held.id}`, must: "resource" },
  ];
}

/** The event that the operation has ended; names stand beside it. */
export function insertEnded(held: OpenOperation, end: Pick<OperationEnd, "status" | "recorded">, now: number): Write {
  const event: ActEnded = {
    kind: "act-ended",
    at: new Date(now).toISOString(),
    cloudId: held.cloud_id,
    label: held.label as Label,
    operationId: held.id,
    target: { kind: held.resource_type === OF_SERVICE ? "service" : "resource", id: held.resource_id },
    status: end.status,
    message: end.recorded ?? (held.actor_kind === "schedule" ? "Its time was over." : null),
    ...(held.plan_id !== null && held.position !== null && { plan: { operationId: held.plan_id, position: held.position } }),
  };
  const names: Record<string, string> = { [held.resource_id]: held.resource_name };
  if (held.cloud_name !== null) names[held.cloud_id] = held.cloud_name;
  const body: OutboxBody = { event, names };
  return insertOutbox(held.organization_id, body, now);
}
