/** What the end of an act on a load balancer settles: its members and URLs become what the engine says is there. */
import { sql } from "drizzle-orm";
import { isBalancerAct } from "../../../worker/contract/lifecycle.ts";
import { memberPhases, memberStates, memberStatuses } from "../../../worker/contract/load-balancers.ts";
import type { ObservedBalancer } from "../../../worker/contract/observed.ts";
import type { Write } from "../../commit.ts";
import { urlsWith, urlsWithout } from "./balancers.ts";
import type { Ended, Ending } from "./settle.ts";
import { freeHosts } from "./url-hosts.ts";

export function settleBalancer({ label, parameters, resource_id: id }: Ended, { status, observed, step }: Ending, now: number): Write[] {
  if (!isBalancerAct(label)) return [];
  if (observed?.kind === "balancer") return [...settleMembers(id, observed, now), ...settleAttributes(label, id, parameters, status, observed)];
  // What the engine has lost before its aliases were taken back stays known, and keeps its hosts until it is deleted.
  if (label === "delete-lb" && observed === null && step === 0)
    return [touchInstances(id), { query: sql`DELETE FROM balancer_member WHERE balancer_id = ${id}` }];
  // Never made, or no longer there.
  if (label === "create-lb" || observed === null) {
    const { host, hosts = [] } = JSON.parse(parameters) as { host?: string; hosts?: string[] | { host: string }[] };
    const names = [...(host === undefined ? [] : [host]), ...hosts.map((one) => (typeof one === "string" ? one : one.host))];
    return [touchInstances(id), { query: sql`DELETE FROM balancer_member WHERE balancer_id = ${id}` }, freeHosts(names, id)];
  }
  // Nothing was done: what was to come does not, everything else is as it was.
  return [
    ...(label === "add-member-lb"
      ? [{ query: sql`DELETE FROM balancer_member WHERE balancer_id = ${id} AND phase = ${memberPhases.PREPARATION}` }]
      : []),
    {
      query: sql`UPDATE balancer_member SET phase = ${memberPhases.ACTIVE} WHERE balancer_id = ${id} AND phase <> ${memberPhases.ACTIVE}`,
    },
    ...settleAttributes(label, id, parameters, status, null),
  ];
}

/** Rows become what was seen. A status that the engine does not know (yet) leaves the one that was known, as long as the same is wanted. */
function settleMembers(id: number, { members }: ObservedBalancer, now: number): Write[] {
  const seen = JSON.stringify(members.map((one) => [one.instanceId, one.port, memberStates[one.state], memberStatuses[one.status]]));
  const status = sql`iif(seen.value ->> 3 = ${memberStatuses.unknown} AND m.state = seen.value ->> 2, m.status, seen.value ->> 3)`;
  return [
    touchInstances(id),
    {
      query: sql`DELETE FROM balancer_member WHERE balancer_id = ${id} AND NOT EXISTS (
        SELECT 1 FROM json_each(${seen}) AS seen WHERE seen.value ->> 0 = balancer_member.member_id AND seen.value ->> 1 = balancer_member.port)`,
    },
    {
      query: sql`UPDATE balancer_member AS m SET state = seen.value ->> 2, status = ${status}, phase = ${memberPhases.ACTIVE},
          since = iif(m.status = ${status}, m.since, ${now})
        FROM json_each(${seen}) AS seen
        WHERE m.balancer_id = ${id} AND m.member_id = seen.value ->> 0 AND m.port = seen.value ->> 1
          AND (m.state <> seen.value ->> 2 OR m.status <> ${status} OR m.phase <> ${memberPhases.ACTIVE})`,
    },
  ];
}

/** Instances show of what they are members: those that come or go have been observed anew. */
function touchInstances(id: number): Write {
  return {
    query: sql`UPDATE resource SET observation = observation + 1 WHERE id IN (
      SELECT member_id FROM balancer_member WHERE balancer_id = ${id} AND phase <> ${memberPhases.ACTIVE})`,
  };
}

function settleAttributes(label: string, id: number, parameters: string, status: "SUCCESS" | "ERROR", observed: ObservedBalancer | null): Write[] {
  const set = (change: ReturnType<typeof sql>) => [{ query: sql`UPDATE resource SET attributes = ${change} WHERE id = ${id}` }];
  const asked = JSON.parse(parameters) as {
    urlId?: number;
    host?: string;
    on?: boolean;
    alertingEnabled?: boolean;
    onCallSupervision?: boolean;
    noMonitoringReason?: string;
  };
  if (label === "create-lb" || label === "add-url-lb" || label === "delete-url-lb") {
    const isThere = observed ? observed.hosts.includes(asked.host!) : label === "delete-url-lb";
    const urls = set(sql`json_set(attributes, '$.urls', ${isThere ? urlsWith(asked.urlId!, "ACTIVE") : urlsWithout(asked.urlId!)})`);
    return isThere ? urls : [...urls, freeHosts([asked.host!], id)];
  }
  if ((label !== "enable-monitoring-lb" && label !== "disable-monitoring-lb") || status !== "SUCCESS") return [];
  const { on = false, alertingEnabled = false, onCallSupervision = false, noMonitoringReason = null } = asked;
  return set(sql`json_set(attributes, '$.monitoringEnabled', json(${String(on)}), '$.alertingEnabled', json(${String(alertingEnabled)}),
    '$.onCallSupervision', json(${String(onCallSupervision)}), '$.noMonitoringReason', ${noMonitoringReason})`);
}
