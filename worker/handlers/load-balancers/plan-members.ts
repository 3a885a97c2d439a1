/** Whether a member can be added, removed or changed, and what would stop serving with it: worked out before anybody signs. */
import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import { MOST_MEMBERS, memberPhaseList, memberStateOf, outageWithout } from "../../contract/load-balancers.ts";
import type { BalancerAttributes } from "../../contract/shapes/balancer-attributes.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import { readBalancerAnd } from "../../../db/region/read/balancer-creation.ts";
import { readMembers, servingOf, type MemberRow } from "../../../db/region/read/balancers.ts";
import type { Env } from "../../env.ts";
import { lacksState } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";
import { planMember, wrong, type PlannedMember } from "./candidates.ts";

export interface MemberPlan {
  instanceId: number;
  port: number;
}

/** @throws Problem("invalid_field_value" | "state_forbids" | "name_taken") */
export async function planNewMember(
  _actor: Actor,
  { id, name, cloudId }: ResourceTarget,
  { options }: Inputs["add-member-lb"]["body"],
  env: Env,
): Promise<PlannedMember> {
  const database = databaseOf(env, id);
  const [{ attributes, candidates }, rows] = await readRegion(regionOfId(id)!, () =>
    Promise.all([readBalancerAnd(database, id, [options.id]), readMembers(database, id)]),
  );
  const { area, portMembers } = JSON.parse(attributes) as BalancerAttributes;
  const port = options.port ?? portMembers;
  const member = planMember("options.id", { id: options.id, port, state: options.state }, candidates, { cloudId, area });
  if (rows.some((row) => row.member_id === options.id && row.port === port)) {
    throw new Problem("name_taken", {
      field: "options.id",
      detail: `It is a member of ${name} by port ${port} already.`,
      change: "Choose another instance or port, or change the member's state.",
    });
  }
  if (rows.length >= MOST_MEMBERS) {
    throw new Problem("state_forbids", {
      detail: `add-member-lb is not available: ${name} has ${rows.length} members, and ${MOST_MEMBERS} is the most.`,
      change: "Remove a member that is no longer needed.",
      missing: [lacksState(`${rows.length} members`, [`${MOST_MEMBERS - 1} members`], { kind: "act", label: "delete-member-lb", id })],
    });
  }
  return member;
}

/** @throws Problem("invalid_field_value" | "operation_in_progress" | "outage_not_accepted") */
export async function planRemoval(
  _actor: Actor,
  target: ResourceTarget,
  { options }: Inputs["delete-member-lb"]["body"],
  env: Env,
): Promise<MemberPlan> {
  const rows = await readRegion(regionOfId(target.id)!, () => readMembers(databaseOf(env, target.id), target.id));
  const row = choose(rows, options, target.name);
  requireAccepted("delete-member-lb", target, row, rows, options.acceptOutage);
  return { instanceId: row.member_id, port: row.port };
}

/** @throws Problem("invalid_field_value" | "operation_in_progress" | "outage_not_accepted") */
export async function planStateChange(
  _actor: Actor,
  target: ResourceTarget,
  { options }: Inputs["update-member-state"]["body"],
  env: Env,
): Promise<MemberPlan> {
  const rows = await readRegion(regionOfId(target.id)!, () => readMembers(databaseOf(env, target.id), target.id));
  const row = choose(rows, options, target.name);
  if (memberStateOf(row.state) === options.state) throw wrong("options.state", `${row.name} is ${options.state} already`);
  if (options.state !== "enabled") requireAccepted("update-member-state", target, row, rows, options.acceptOutage);
  return { instanceId: row.member_id, port: row.port };
}

function choose(rows: readonly MemberRow[], { id, port }: { id: number; port?: number | undefined }, balancer: string): MemberRow {
  const found = rows.filter((row) => row.member_id === id && (port === undefined || row.port === port));
  if (found.length === 0) throw wrong("options.id", `it is no member of ${balancer}${port === undefined ? "" : ` by port ${port}`}`);
  if (found.length > 1) throw wrong("options.port", `it is a member by the ports ${found.map((row) => row.port).join(", ")}; name one`);
  const [row] = found as [MemberRow];
  if (memberPhaseList[row.phase] === "ACTIVE") return row;
  throw new Problem("operation_in_progress", { detail: `${row.name} is still being changed.`, change: "Wait until that has ended." });
}

/** @throws Problem("outage_not_accepted") */
function requireAccepted(label: string, target: ResourceTarget, row: MemberRow, rows: readonly MemberRow[], isAccepted: boolean): void {
  const others = rows.filter((other) => other !== row).map(servingOf);
  const outage = outageWithout(servingOf(row), others, target.status);
  if (!outage || isAccepted) return;
  throw new Problem("outage_not_accepted", {
    field: "options.acceptOutage",
    detail: `${label} is not done: ${row.name}: ${outage.says}`,
    change: `Have another member serve first${outage.of === "data-center" ? " in the same data center" : ""}, or repeat the request with acceptOutage: true.`,
    members: { outage: outage.of },
  });
}
