/** Operations of a region, as rows and as the API's actions. */
import { sql, type SQL } from "drizzle-orm";
import type { ActionTarget } from "../../../worker/contract/actor.ts";
import type { Label } from "../../../worker/contract/actions.ts";
import { ELSEWHERE } from "../../../worker/contract/plans.ts";
import { environmentOfCode, families, familyOfCode } from "../../../worker/contract/resource-types.ts";
import type { Action, ActionItem } from "../../../worker/contract/shapes/common.ts";
import { processes, type ActionStatus, type ListActions } from "../../../worker/contract/shapes/operations.ts";
import { readTogether } from "../../commit.ts";
import { idList, readAll, readFirst } from "../../statement.ts";
import { itemsOfPlan, type ItemColumns } from "./plans.ts";

/** One row of `operation`; see the migration for what each column says. */
export interface OperationRow {
  id: number;
  organization_id: number;
  cloud_id: number;
  service_id: number;
  resource_id: number;
  resource_name: string;
  resource_type: number;
  zone: number;
  label: string;
  status: number;
  message: string | null;
  parameters: string;
  change_reference: string | null;
  /** `schedule`: nobody asked, its time had come. */
  actor_kind: "person" | "api-account" | "schedule";
  actor_id: number;
  actor_name: string;
  created: number;
  updated: number;
  completed: number | null;
  deadline: number;
  fence: number;
  step: number;
  /** Of a plan's item: the operation of its plan, and its place in it. */
  plan_id: number | null;
  position: number | null;
}

/** How `operation.status` is written. */
export const WAITING = 0;
export const RUNNING = 1;
export const SUCCESS = 2;
export const ERROR = 3;
/** An item of a plan that waits for the one before it, or a plan that has not ended: nothing that a controller claims. */
export const PLANNED = 4;

/** What stands as `resource_type` of an act on a Service. */
export const OF_SERVICE = 0;

/** An operation as it is told: a plan with its items. */
export interface ToldOperation extends OperationRow {
  /** JSON: `ItemColumns`, one for each; null for all that is no plan. */
  items: string | null;
}

/** The operation, or null. One row read, and one for each item of a plan. */
export async function readOperation(database: D1Database, id: number): Promise<ToldOperation | null> {
  return readFirst<ToldOperation>(database, sql`SELECT o.*, ${itemsOfPlan} FROM operation o WHERE o.id = ${id}`);
}

/** When it has ended at the latest, in ms since 1970; null: there is none. One row read. */
export async function readDeadline(database: D1Database, id: number): Promise<number | null> {
  const row = await readFirst<{ deadline: number }>(database, sql`SELECT deadline FROM operation WHERE id = ${id}`);
  return row?.deadline ?? null;
}

/** What is decided about when an action is read or cancelled, or null. @throws whatever D1 throws when the region is away */
export async function readActionTarget(database: D1Database, id: number): Promise<ActionTarget | null> {
  const row = await readFirst<ToldOperation & { environment: number | null }>(
    database,
    sql`SELECT o.*, ${itemsOfPlan}, r.environment AS environment FROM operation o LEFT JOIN resource r ON r.id = o.resource_id WHERE o.id = ${id}`,
  );
  return row && actionTargetOf(row);
}

/** @param row with the environment of what it is done to; null: that has gone */
export function actionTargetOf(row: OperationRow & { environment: number | null; items?: string | null }): ActionTarget {
  return {
    kind: "action",
    id: row.id,
    organizationId: row.organization_id,
    cloudId: row.cloud_id,
    label: row.label as Label,
    environment: row.environment === null ? null : environmentOfCode(row.environment),
    cancellable: isCancellable(row),
    planId: row.plan_id,
    items: itemsOf(row).map(({ label }) => label as Label),
  };
}

export type ActionFilter = Omit<ListActions, "requestId" | "partial"> & { id?: number };

/**
 * The newest operations of these Clouds, newest first; of a plan the plan alone. Each Cloud, or the one resource, is walked along its index from the
 * newest; a filter that few match walks on.
 */
export async function readActions(database: D1Database, cloudIds: readonly number[], filter: ActionFilter): Promise<ToldOperation[]> {
  const conditions: SQL[] = [];
  if (filter.resourceName !== undefined) conditions.push(sql`AND o.resource_name = ${filter.resourceName} COLLATE NOCASE`);
  if (filter.serviceId !== undefined) conditions.push(sql`AND o.service_id = ${filter.serviceId}`);
  if (filter.statuses) conditions.push(sql`AND o.status IN ${idList(filter.statuses.flatMap((status) => codesOf[status]))}`);
  const rest = sql.join(conditions, sql.raw(" "));
  const among = idList(cloudIds);
  if (filter.id !== undefined) {
    const ofResource = filter.resourceId === undefined ? sql`` : sql`AND o.resource_id = ${filter.resourceId}`;
    return readAll(
      database,
      sql`SELECT o.*, ${itemsOfPlan} FROM operation o WHERE o.id = ${filter.id} AND o.cloud_id IN ${among} ${ofResource} ${rest}`,
    );
  }
  if (filter.resourceId !== undefined) {
    return readAll(
      database,
      sql`SELECT o.*, ${itemsOfPlan} FROM operation o INDEXED BY operation_resource
        WHERE o.resource_id = ${filter.resourceId} AND ${isToldOf} AND o.cloud_id IN ${among} ${rest} ORDER BY o.created DESC, o.id DESC LIMIT ${filter.size}`,
    );
  }
  // One walk per Cloud that stops at `size`: sorting all of a Cloud's history would read all of it.
  return readAll(
    database,
    sql`SELECT o.*, ${itemsOfPlan} FROM json_each(${JSON.stringify(cloudIds)}) c
      JOIN operation o ON o.id IN (
        SELECT o.id FROM operation o INDEXED BY operation_cloud WHERE o.cloud_id = c.value AND o.plan_id IS NULL ${rest} ORDER BY o.created DESC, o.id DESC LIMIT ${filter.size})
      ORDER BY o.created DESC, o.id DESC LIMIT ${filter.size}`,
  );
}

/** Among what was done to one resource a plan tells its items, but for those that were about another one: that one's past has them. */
const isToldOf: SQL = sql`(o.plan_id IS NULL OR o.label = ${ELSEWHERE})`;

/** Counted exactly up to here. */
const COUNTED = 1_000;

export interface History {
  rows: ToldOperation[];
  more: boolean;
  total: { n: number; exact: boolean };
}

/** One page of what was done to a resource, the newest first, and how much there is; a plan is one entry. */
export async function readHistoryOf(database: D1Database, resourceId: number, offset: number, size: number): Promise<History> {
  const [page, count] = await readTogether(database, [
    sql`SELECT o.*, ${itemsOfPlan} FROM operation o INDEXED BY operation_resource WHERE o.resource_id = ${resourceId} AND ${isToldOf}
      ORDER BY o.created DESC, o.id DESC LIMIT ${size + 1} OFFSET ${offset}`,
    sql`SELECT count(*) AS n FROM (SELECT 1 FROM operation o INDEXED BY operation_resource WHERE o.resource_id = ${resourceId} AND ${isToldOf} LIMIT ${COUNTED + 1})`,
  ]);
  const rows = page!.results as unknown as ToldOperation[];
  const { n } = count!.results[0] as { n: number };
  const more = rows.length > size;
  const exact = n <= COUNTED;
  return { rows: rows.slice(0, size), more, total: { n: exact || rows.length === 0 ? n : Math.max(n, offset + rows.length), exact } };
}

const codesOf: Record<ActionStatus, number[]> = { IN_PROGRESS: [WAITING, RUNNING, PLANNED], SUCCESS: [SUCCESS], ERROR: [ERROR] };

export type ActionColumns = Pick<
  OperationRow,
  | "id"
  | "resource_id"
  | "resource_name"
  | "resource_type"
  | "label"
  | "status"
  | "message"
  | "change_reference"
  | "actor_name"
  | "created"
  | "updated"
  | "completed"
  | "plan_id"
> &
  Partial<Pick<ToldOperation, "items">>;

/** The operation as the API gives it. */
export function toAction(row: ActionColumns): Action {
  const family = row.resource_type === OF_SERVICE ? null : familyOfCode(row.resource_type);
  const label = row.label as Label;
  return {
    id: row.id,
    process: processOf(label),
    family: family ?? "SERVICE",
    status: statusOf(row.status),
    message: row.message,
    resourceName: row.resource_name,
    resourceType: family ? families[family].category : "SERVICE",
    resourceId: row.resource_id,
    submittedAt: new Date(row.created).toISOString(),
    submittedBy: row.actor_name,
    lastUpdatedAt: new Date(row.updated).toISOString(),
    completedAt: row.completed === null ? null : new Date(row.completed).toISOString(),
    changeReference: row.change_reference,
    cancellable: isCancellable(row),
    ...(row.plan_id !== null && { planId: row.plan_id }),
    ...(row.label === "run-plan" && { items: itemsOf(row).map(toItem) }),
  };
}

function toItem({ id, label, resource_name: resourceName, status, fence, message, updated, completed }: ItemColumns): ActionItem {
  const waits = status === PLANNED || status === WAITING;
  return {
    id,
    label,
    process: processOf(label as Label),
    resourceName,
    status: waits ? "WAITING" : status === ERROR && fence === 0 ? "NOT_BEGUN" : statusOf(status),
    message,
    lastUpdatedAt: new Date(updated).toISOString(),
    completedAt: completed === null ? null : new Date(completed).toISOString(),
  };
}

function itemsOf({ items }: Partial<Pick<ToldOperation, "items">>): ItemColumns[] {
  const told = items ? (JSON.parse(items) as ItemColumns[]) : [];
  return told.sort((left, right) => left.position! - right.position!);
}

/** Until its first step; a plan as long as one of its items has not begun. An item goes with its plan. */
function isCancellable(row: Pick<ActionColumns, "status" | "plan_id" | "label" | "items">): boolean {
  if (row.label !== "run-plan") return row.status === WAITING && row.plan_id === null;
  return row.status === PLANNED && itemsOf(row).some(({ status }) => status === WAITING || status === PLANNED);
}

function processOf(label: Label): string {
  return label in processes ? processes[label as keyof typeof processes] : label;
}

function statusOf(status: number): ActionStatus {
  return status === SUCCESS ? "SUCCESS" : status === ERROR ? "ERROR" : "IN_PROGRESS";
}
