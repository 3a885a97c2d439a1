/** The turn of a plan's item that is about a load balancer: nobody knew, when the plan was signed, what would be there by now. */
import { readTurn } from "../../db/region/read/plans.ts";
import { takeForItem } from "../../db/region/write/balancers.ts";
import type { OpenOperation } from "../../db/region/write/outcome.ts";
import type { Write } from "../../db/commit.ts";
import { unavailability } from "../contract/lifecycle.ts";
import { outageWithout, type MemberState } from "../contract/load-balancers.ts";
import { ELSEWHERE } from "../contract/plans.ts";
import { statusOfCode } from "../contract/resource-types.ts";
import { servingOf } from "../../db/region/read/balancers.ts";
import type { Right } from "./right.ts";

export type Turn = { may: true; taking: Write[] } | Extract<Right, { may: false }>;

interface Wanted {
  instanceId: number;
  port: number;
  state: MemberState;
  acceptOutage: boolean;
}

/** What the item takes with its claim, or why it cannot be done any more. A balancer that is at work makes the claim hit nothing: the item waits. */
export async function turnOf(database: D1Database, item: OpenOperation, now: number): Promise<Turn> {
  const { instanceId, port, state, acceptOutage } = JSON.parse(item.parameters) as Wanted;
  const { balancer, members } = await readTurn(database, item.resource_id);
  if (!balancer) return not("not_found", `${item.resource_name} is no longer there.`);
  const status = statusOfCode(balancer.status);
  const cause = unavailability(ELSEWHERE, { status, monitored: false, openOperation: null })?.cause;
  if (cause) return not("state_forbids", `${ELSEWHERE} is not available: ${cause}.`);
  const member = members.find((row) => row.member_id === instanceId && row.port === port);
  if (!member) return not("state_forbids", `the instance is no longer a member of ${item.resource_name} by port ${port}.`);
  const others = members.filter((row) => row !== member).map(servingOf);
  const outage = state === "enabled" || acceptOutage ? null : outageWithout(servingOf(member), others, status);
  if (outage) return not("outage_not_accepted", `${member.name}: ${outage.says}`);
  return { may: true, taking: takeForItem(item, { instanceId, port }, balancer, now) };
}

function not(code: string, reason: string): Turn {
  return { may: false, code, reason };
}
