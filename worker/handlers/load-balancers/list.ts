import { statusOfCode } from "../../contract/resource-types.ts";
import type { Handler } from "../../gate/context.ts";
import { resourcePage } from "../resources/page.ts";
import { healthOf } from "./health.ts";

/** The same list, of load balancers alone, and how each of them does. */
export const listBalancers: Handler<"list-lb"> = ({ actor, now }, { query }, { env }) => {
  const { protocols, loadBalancingMode, defaultPersistence, fallbackPersistence, vlan, urls, iRules, ...rest } = query;
  const { monitoringEnabled, onCallSupervision, ...common } = rest;
  const own = { protocols, loadBalancingMode, defaultPersistence, fallbackPersistence, vlan, urls, iRules, monitoringEnabled, onCallSupervision };
  return resourcePage(env, actor, { ...common, resourceType: ["LOAD_BALANCER"], balancers: own }, now, (database, rows) =>
    healthOf(
      database,
      rows.map(({ id, status }) => ({ id, status: statusOfCode(status) })),
    ),
  );
};
