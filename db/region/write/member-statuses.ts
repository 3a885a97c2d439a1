/** What is observed of members between acts. It voids no signature, and is told where somebody looks on. */
import { sql } from "drizzle-orm";
import { memberPhases, memberStates, memberStatuses, type MemberState, type MemberStatus } from "../../../worker/contract/load-balancers.ts";
import type { MemberObserved } from "../../../worker/contract/log-entry.ts";
import { commit } from "../../commit.ts";
import { insertOutbox } from "./outbox.ts";

export interface ObservedBalancerRow {
  id: number;
  name: string;
  cloudId: number;
  cloudName: string | null;
  organizationId: number;
}

export interface StatusChange {
  instanceId: number;
  name: string;
  port: number;
  /** As it was when the engine was asked: should something else be wanted since, nothing is written. */
  state: MemberState;
  status: MemberStatus;
}

/** @throws MustHitOne when an act on the balancer has begun since: its end says what is there */
export async function writeStatuses(
  database: D1Database,
  balancer: ObservedBalancerRow,
  changes: readonly StatusChange[],
  now: number,
): Promise<void> {
  const rows = JSON.stringify(changes.map((one) => [one.instanceId, one.port, memberStates[one.state], memberStatuses[one.status]]));
  const event: MemberObserved = {
    kind: "member-observed",
    at: new Date(now).toISOString(),
    cloudId: balancer.cloudId,
    target: { kind: "resource", id: balancer.id },
    members: changes.map(({ instanceId, port, status }) => ({ id: instanceId, port, status })),
  };
  const names: Record<string, string> = { [balancer.id]: balancer.name };
  for (const { instanceId, name } of changes) names[instanceId] = name;
  if (balancer.cloudName !== null) names[balancer.cloudId] = balancer.cloudName;
  await commit(database, [
    {
      query: sql`UPDATE resource SET observation = observation + 1, updated = ${now} WHERE id = ${balancer.id} AND open_operation IS NULL`,
      must: "balancer",
    },
    {
      query: sql`UPDATE balancer_member AS m SET status = seen.value ->> 3, since = ${now} FROM json_each(${rows}) AS seen
        WHERE m.balancer_id = ${balancer.id} AND m.member_id = seen.value ->> 0 AND m.port = seen.value ->> 1 AND m.state = seen.value ->> 2
          AND m.phase = ${memberPhases.ACTIVE}`,
    },
    insertOutbox(balancer.organizationId, { event, names }, now),
  ]);
}
