/** The claim, the markers and the outcome of operations. Every write is guarded by the fence: who has lost the operation writes nothing. */
import { sql, type SQL } from "drizzle-orm";
import type { Label } from "../../../worker/contract/actions.ts";
import type { ActEnded, OutboxBody } from "../../../worker/contract/log-entry.ts";
import type { Observed } from "../../../worker/contract/observed.ts";
import { protections, sumOf } from "../../../worker/contract/protection.ts";
import { statuses, type Status } from "../../../worker/contract/resource-types.ts";
import { commit, type Write } from "../../commit.ts";
import { prepare, readAll, readFirst } from "../../statement.ts";
import { ERROR, RUNNING, SUCCESS, type OperationRow } from "../read/operations.ts";
import { settle } from "./settle.ts";

/** An open operation of a zone, and the name of its Cloud. */
export interface OpenOperation extends OperationRow {
  cloud_name: string | null;
}

/** The oldest open operations of a zone (0: of the region itself), oldest first. */
export async function readOpenOperations(database: D1Database, zone: number, limit: number): Promise<OpenOperation[]> {
  return readAll(
    database,
    sql`SELECT o.*, c.name AS cloud_name FROM operation o INDEXED BY operation_open LEFT JOIN cloud c ON c.id = o.cloud_id
      WHERE o.zone = ${zone} AND o.status < 2 ORDER BY o.created LIMIT ${limit}`,
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
 * @throws MustHitOne when it has ended, or another has claimed it since it was read
 */
export async function claimOperation(database: D1Database, row: OperationRow, now: number): Promise<OperationRow> {
  const fence = row.fence + 1;
  await commit(database, [
    {
      query: sql`UPDATE operation SET status = ${RUNNING}, fence = ${fence}, updated = ${now} WHERE id = ${row.id} AND fence = ${row.fence} AND status < 2`,
      must: "operation",
    },
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
  /** How many steps are done. */
  step: number;
}

/**
 * Ends an operation: its own row, its resource, and the outbox row that tells of it.
 * @param held the operation under the fence of whoever ends it: not claimed yet, or claimed by the caller
 * @throws MustHitOne when the operation has ended already or belongs to another
 */
export async function endOperation(database: D1Database, held: OpenOperation, end: OperationEnd, now: number): Promise<void> {
  const code = end.status === "SUCCESS" ? SUCCESS : ERROR;
  await commit(database, [
    {
      query: sql`UPDATE operation SET status = ${code}, message = ${end.message}, step = ${end.step}, updated = ${now}, completed = ${now}
        WHERE id = ${held.id} AND fence = ${held.fence} AND status < 2`,
      must: "operation",
    },
    ...(end.to === "gone" ? removeResource(held) : [settleResource(held, end, now)]),
    ...settle(held, end, now),
    insertEnded(held, end, now),
  ]);
}

function settleResource(held: OperationRow, { to, attributes, observed: seen }: OperationEnd, now: number): Write {
  const status = to === "same" || to === "gone" ? sql`status` : sql`${statuses[to]}`;
  const observed = attributes ? sql`, attributes = json_patch(attributes, ${JSON.stringify(attributes)})` : sql``;
  return {
    query: sql`UPDATE resource SET status = ${status}, open_operation = NULL, open_label = NULL, observation = observation + 1, updated = ${now}, protection = ${protectionSeen(seen)} ${observed} WHERE id = ${held.resource_id} AND open_operation = ${held.id}`,
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
    target: { kind: "resource", id: held.resource_id },
    status: end.status,
    message: end.recorded ?? (held.actor_kind === "schedule" ? "Its time was over." : null),
  };
  const names: Record<string, string> = { [held.resource_id]: held.resource_name };
  if (held.cloud_name !== null) names[held.cloud_id] = held.cloud_name;
  const body: OutboxBody = { event, names };
  return insertOutbox(held.organization_id, body, now);
}

export function insertOutbox(organizationId: number, body: OutboxBody, now: number): Write {
  return { query: sql`INSERT INTO outbox (organization_id, at, body) VALUES (${organizationId}, ${now}, ${JSON.stringify(body)})` };
}
