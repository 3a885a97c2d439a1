/** What an instance serves behind: shown with it, told to whoever interrupts it, and in the way of its deletion. */
import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import { memberStateOf, memberStatusOf, outageWithout, type InstanceOutage, type Outage } from "../../contract/load-balancers.ts";
import { statusOfCode } from "../../contract/resource-types.ts";
import type { Membership } from "../../contract/shapes/memberships.ts";
import { readMemberships, servingOf, type MembershipRow } from "../../../db/region/read/balancers.ts";
import type { Env } from "../../env.ts";
import { lacksState } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";

/** As the API names it; the first member's spelling is the API's own. */
export interface Memberships {
  isMemberOFLoadBalancer: boolean;
  loadbalancers: Membership[];
}

export async function membershipsOf(database: D1Database, instanceId: number): Promise<Memberships> {
  const rows = await readMemberships(database, instanceId);
  const loadbalancers = rows.filter(({ member_id: member }) => member === instanceId).map((row) => toMembership(row, rows));
  return { isMemberOFLoadBalancer: loadbalancers.length > 0, loadbalancers };
}

/** The balancers that serve no longer, or from elsewhere only, while the instance does not run; empty for what serves nothing anyway. */
export async function outagesWithout({ id, status }: ResourceTarget, env: Env): Promise<InstanceOutage[]> {
  if (status !== "ACTIVE") return [];
  const rows = await readRegion(regionOfId(id)!, () => readMemberships(databaseOf(env, id), id));
  const mine = rows.filter(({ member_id: member }) => member === id);
  return [...new Map(mine.flatMap((row) => outageEntry(row, rows))).values()];
}

function outageEntry(row: MembershipRow, all: readonly MembershipRow[]): [number, InstanceOutage][] {
  const outage = outageOf(row, all);
  return outage ? [[row.id, { loadbalancer: row.id, name: row.name, of: outage.of, dataCenter: outage.dataCenter }]] : [];
}

/** The instance stops serving by all of its ports at once. */
function outageOf(row: MembershipRow, all: readonly MembershipRow[]): Outage | null {
  const others = all.filter((other) => other.id === row.id && other.member_id !== row.member_id).map(servingOf);
  return outageWithout(servingOf(row), others, statusOfCode(row.balancer_status));
}

/** @throws Problem("state_forbids") while it is a member: a balancer must not send anybody to what is gone */
export async function refuseMember(_actor: Actor, { id, name }: ResourceTarget, _body: unknown, env: Env): Promise<null> {
  const { loadbalancers } = await readRegion(regionOfId(id)!, () => membershipsOf(databaseOf(env, id), id));
  if (loadbalancers.length === 0) return null;
  const where = loadbalancers.map((one) => `${one.name} (port ${one.port})`).join(", ");
  throw new Problem("state_forbids", {
    detail: `delete-instance is not available: ${name} is a member of ${where}.`,
    change: `Remove it from there first (delete_member), then delete it.`,
    missing: [
      lacksState("member", ["no member"], {
        kind: "act",
        label: "delete-member-lb",
        id: loadbalancers[0]!.id,
        options: { id, port: loadbalancers[0]!.port },
      }),
    ],
  });
}

function toMembership(row: MembershipRow, all: readonly MembershipRow[]): Membership {
  return {
    id: row.id,
    name: row.name,
    port: row.port,
    state: memberStateOf(row.state),
    status: memberStatusOf(row.status),
    outage: outageOf(row, all)?.says ?? null,
  };
}
