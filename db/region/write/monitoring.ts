import { sql } from "drizzle-orm";
import { isMonitoringAct } from "../../../worker/contract/lifecycle.ts";
import type { Write } from "../../commit.ts";
import type { Ended, Ending } from "./settle.ts";

/** Why an instance goes without monitoring is kept once it does, and forgotten once it is monitored again. What the zone refused changes nothing. */
export function settleMonitoring({ label, parameters, resource_id: id }: Ended, { status }: Ending): Write[] {
  if (status !== "SUCCESS" || !isMonitoringAct(label)) return [];
  const { noMonitoringReason = null } = JSON.parse(parameters) as { noMonitoringReason?: string };
  return [{ query: sql`UPDATE resource SET attributes = json_set(attributes, '$.noMonitoringReason', ${noMonitoringReason}) WHERE id = ${id}` }];
}
