/** Plans of a region: what they consist of, and what their items depend on. */
import { sql, type SQL } from "drizzle-orm";
import type { InstanceAttributes } from "../../../worker/contract/shapes/instance-attributes.ts";
import { memberPhases, memberStateOf, outageWithout } from "../../../worker/contract/load-balancers.ts";
import type { PlanFacts, PlanMember } from "../../../worker/contract/plans.ts";
import { statusOfCode } from "../../../worker/contract/resource-types.ts";
import { snapshotName } from "../../../worker/contract/snapshots.ts";
import type { QuotasInUse } from "../../../worker/contract/quotas.ts";
import { readTogether } from "../../commit.ts";
import { membershipsOf, membersOf, servingOf, type MemberRow, type MembershipRow } from "./balancers.ts";
import type { OperationRow } from "./operations.ts";
import { inUse, quotasQuery } from "./quotas.ts";

/** An item as its plan tells it. */
export type ItemColumns = Pick<
  OperationRow,
  "id" | "label" | "resource_name" | "status" | "fence" | "position" | "message" | "updated" | "completed"
>;

/** Of an operation `o`: the items as JSON text, NULL for all that is no plan. */
export const itemsOfPlan: SQL = sql`CASE WHEN o.label = 'run-plan' THEN
    (SELECT json_group_array(json_object('id', i.id, 'label', i.label, 'resource_name', i.resource_name, 'status', i.status, 'fence', i.fence, 'position', i.position, 'message', i.message,
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

export interface TurnRows {
  /** Null: there is none any more. */
  balancer: { status: number; revision: number; observation: number } | null;
  members: MemberRow[];
}

/** What an item on a load balancer finds when its turn has come. */
export async function readTurn(database: D1Database, balancerId: number): Promise<TurnRows> {
  const [balancers, members] = await readTogether(database, [
    sql`SELECT r.status, r.revision, r.observation FROM resource r WHERE r.id = ${balancerId}`,
    membersOf(balancerId),
  ]);
  return { balancer: (balancers!.results[0] as TurnRows["balancer"] | undefined) ?? null, members: members!.results as unknown as MemberRow[] };
}

/** A membership with what an operation on the balancer says of it. */
export interface KnownMember extends PlanMember {
  balancer: PlanMember["balancer"] & { serviceId: number; type: number };
}

/** What the items of a plan on this instance depend on, in one round trip. */
export async function readPlanFacts(
  database: D1Database,
  { id: resourceId, cloudId }: { id: number; cloudId: number },
): Promise<PlanFacts<KnownMember> & { cpu: number; ram: number; quotas: QuotasInUse }> {
  const [kept, snapshots, aliases, members, quotas] = await readTogether(database, [
    sql`SELECT resource.attributes FROM resource WHERE resource.id = ${resourceId}`,
    sql`SELECT snapshot.id FROM snapshot INDEXED BY snapshot_resource WHERE snapshot.resource_id = ${resourceId}`,
    sql`SELECT alias.name FROM alias INDEXED BY alias_resource WHERE alias.resource_id = ${resourceId}`,
    membershipsOf(resourceId),
    quotasQuery(cloudId),
  ]);
  const attributes = JSON.parse((kept!.results[0]?.["attributes"] as string | undefined) ?? "{}") as Partial<InstanceAttributes>;
  return {
    sizing: attributes.resourceId ?? null,
    cpu: attributes.cpu ?? 0,
    ram: attributes.ram ?? 0,
    quotas: inUse(quotas!.results[0]),
    snapshots: snapshots!.results.map((row) => snapshotName(row["id"] as number, resourceId)),
    aliases: aliases!.results.map((row) => row["name"] as string),
    members: knownMembers(members!.results as unknown as MembershipRow[], resourceId),
  };
}

function knownMembers(rows: readonly MembershipRow[], instanceId: number): KnownMember[] {
  return rows
    .filter(({ member_id: member }) => member === instanceId)
    .map((row) => {
      const { id, name, cloud_id: cloudId, service_id: serviceId, type } = row;
      const status = statusOfCode(row.balancer_status);
      const others = rows.filter((other) => other.id === id && other.member_id !== instanceId).map(servingOf);
      return {
        balancer: { id, name, cloudId, serviceId, type, status },
        port: row.port,
        state: memberStateOf(row.state),
        changing: row.phase !== memberPhases.ACTIVE,
        outage: outageWithout(servingOf(row), others, status)?.says ?? null,
      };
    });
}
