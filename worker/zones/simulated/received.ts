/** What a region's database says of a load balancer, as the embedded engine keeps it. One row whose attributes are incomplete must not keep a region from opening. */
import type { BalancerInventoryRow } from "../../../db/region/read/balancer-inventory.ts";
import type { BalancerAttributes } from "../../contract/shapes/balancer-attributes.ts";
import type { ReceivedBalancer } from "./balancer-rows.ts";

export function toReceived({ id, name, isStarted, attributes, hosts, members }: BalancerInventoryRow): ReceivedBalancer {
  const {
    protocol = "TCP",
    port = 80,
    loadBalancingMode = "round-robin",
    redirectToHttps = false,
    iRules = [],
  } = attributes as Partial<BalancerAttributes>;
  const { persistence = { default: null, fallback: null }, healthcheck, network, ipAddress = null } = attributes as Partial<BalancerAttributes>;
  const { expectedStatus, ...monitor } = healthcheck ?? { type: "TCP", path: null, expectedStatus: null, interval: 5, timeout: 3, rise: 2, fall: 3 };
  return {
    resourceId: id,
    enabled: isStarted,
    address: ipAddress,
    spec: {
      name,
      listener: { protocol, port, mode: loadBalancingMode, persistence, redirect: redirectToHttps, rules: iRules },
      monitor: { ...monitor, expected: expectedStatus },
      networkId: network?.technicalID ?? 0,
      cidr: network?.cidr ?? "10.255.0.0/16",
      hosts,
      members,
    },
  };
}
