/** Plans of a region: what they consist of, and what their items depend on. */
import { sql, type SQL } from "drizzle-orm";
import type { InstanceAttributes } from "../../../worker/contract/shapes/instance-attributes.ts";
import type { PlanFacts } from "../../../worker/contract/plans.ts";
import { snapshotName } from "../../../worker/contract/snapshots.ts";
import { readTogether } from "../../commit.ts";
import type { OperationRow } from "./operations.ts";

/** An item as its plan tells it. */
export type ItemColumns = Pick<OperationRow, "id" | "label" | "status" | "fence" | "position" | "message" | "updated" | "completed">;

/** Of an operation `o`: the items as JSON text, NULL for all that is no plan. */
export const itemsOfPlan: SQL = sql`CASE WHEN o.label = 'run-plan' THEN
    (SELECT json_group_array(json_object('id', i.id, 'label', i.label, 'status', i.status, 'fence', i.fence, 'position', i.position, 'message', i.message,
      'updated', i.updated, 'completed', i.completed)) FROM operation i INDEXED BY operation_plan WHERE i.plan_id = o.id) END AS items`;

export interface PlanRows {
  plan: OperationRow;
  /** In order. */
  items: OperationRow[];
}

/** Null: there is no such plan. */
export async function readPlan(database: D1Database, id: number): Promise<PlanRows | null> {
  const [plans, items] = await readTogether(database, [
    sql`SELECT o.* FROM operation o WHERE o.id = ${id} AND o.label = 'run-plan'`,
    sql`SELECT o.* FROM operation o INDEXED BY operation_plan WHERE o.plan_id = ${id} ORDER BY o.position`,
  ]);
  const plan = plans!.results[0] as OperationRow | undefined;
  return plan ? { plan, items: items!.results as unknown as OperationRow[] } : null;
}

/** What the items of a plan on this instance depend on, in one round trip. */
export async function readPlanFacts(database: D1Database, resourceId: number): Promise<PlanFacts> {
  const [kept, snapshots, aliases] = await readTogether(database, [
    sql`SELECT resource.attributes FROM resource WHERE resource.id = ${resourceId}`,
    sql`SELECT snapshot.id FROM snapshot INDEXED BY snapshot_resource WHERE snapshot.resource_id = ${resourceId}`,
    sql`SELECT alias.name FROM alias INDEXED BY alias_resource WHERE alias.resource_id = ${resourceId}`,
  ]);
  const attributes = JSON.parse((kept!.results[0]?.["attributes"] as string | undefined) ?? "{}") as Partial<InstanceAttributes>;
  return {
    sizing: attributes.resourceId ?? null,
    snapshots: snapshots!.results.map((row) => snapshotName(row["id"] as number, resourceId)),
    aliases: aliases!.results.map((row) => row["name"] as string),
  };
}
