/** A look at one load balancer: what its engine's health monitor says of its members, written down where it has changed, and told. */
import { MustHitOne } from "../../db/commit.ts";
import { readMembers, readWatched } from "../../db/region/read/balancers.ts";
import { writeStatuses, type StatusChange } from "../../db/region/write/member-statuses.ts";
import { memberPhases, memberStateOf, memberStatusOf, type MemberStatus } from "../contract/load-balancers.ts";
import { readId } from "../contract/ids.ts";
import type { ObservedBalancer } from "../contract/observed.ts";
import type { Region } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { notifyLog } from "../log/notify.ts";
import { regionDatabase } from "../routing/regions.ts";
import { EngineUnreachable } from "./engine.ts";
import { engineFor } from "./engines.ts";

/** @returns whether a further look may soon see something else. @throws when the region's database does not answer */
export async function observeBalancer(env: Env, region: Region, id: number, now: number): Promise<boolean> {
  const database = regionDatabase(env, region);
  const [balancer, rows] = await Promise.all([readWatched(database, id), readMembers(database, id)]);
  // What runs on it ends with a look of its own.
  if (!balancer || balancer.busy || rows.length === 0) return Boolean(balancer?.busy);
  const observed = await look(env, region, id);
  const changes = rows.flatMap((row): StatusChange[] => {
    if (row.phase !== memberPhases.ACTIVE) return [];
    const state = memberStateOf(row.state);
    const status = state === "enabled" ? statusIn(observed, row.member_id, row.port) : "user_down";
    return status === memberStatusOf(row.status) ? [] : [{ instanceId: row.member_id, name: row.name, port: row.port, state, status }];
  });
  if (changes.length > 0 && !(await written(env, region, { ...balancer, id }, changes, now))) return true;
  return observed === "unreachable" || (observed?.members.some(({ isSettled }) => !isSettled) ?? false);
}

async function look(env: Env, region: Region, id: number): Promise<ObservedBalancer | null | "unreachable"> {
  try {
    const observed = await engineFor(env, region).observe(id, "balancer");
    return observed?.kind === "balancer" ? observed : null;
  } catch (error) {
    if (error instanceof EngineUnreachable) return "unreachable";
    throw error;
  }
}

/** Of an engine that does not answer nothing is known; what an engine has lost serves nobody. */
function statusIn(observed: ObservedBalancer | null | "unreachable", instanceId: number, port: number): MemberStatus {
  if (observed === "unreachable") return "unknown";
  return observed?.members.find((member) => member.instanceId === instanceId && member.port === port)?.status ?? "down";
}

async function written(
  env: Env,
  region: Region,
  balancer: { id: number; name: string; cloudId: number; cloudName: string | null },
  changes: readonly StatusChange[],
  now: number,
): Promise<boolean> {
  const organizationId = readId(balancer.id)!.organization;
  try {
    await writeStatuses(regionDatabase(env, region), { ...balancer, organizationId }, changes, now);
  } catch (error) {
    if (error instanceof MustHitOne) return false;
    throw error;
  }
  await notifyLog(env, organizationId);
  return true;
}
