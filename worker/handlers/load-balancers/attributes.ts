import type { BalancerAttributes, BalancerUrl } from "../../contract/shapes/balancer-attributes.ts";
import type { CreateBalancer } from "../../contract/shapes/load-balancers.ts";
import { labelOfArea } from "../../contract/topology.ts";
import type { BalancerSpec } from "../../zones/engine.ts";
import type { BalancerPlan } from "./plan.ts";

/** What is known of a balancer before its region has made it. @param urlId the operation's */
export function newAttributes(
  { area, network, port, sslProfile, environment }: BalancerPlan,
  body: CreateBalancer,
  urlId: number,
): BalancerAttributes {
  const {
    profileName,
    portMembers,
    redirectToHttps,
    loadBalancingMode,
    persistence,
    healthcheck,
    iRules,
    domain,
    alertingEnabled,
    onCallSupervision,
  } = body;
  const monitoringEnabled = body.monitoringEnabled ?? environment === "PRODUCTION";
  const url: BalancerUrl = {
    id: urlId,
    name: body.url,
    domain,
    sslProfile,
    monitoringEnabled,
    onCallSupervision,
    setUpDNSEnabled: body.setUpDNSEnabled,
    status: "PREPARATION",
  };
  return {
    area,
    labelArea: labelOfArea(area),
    protocol: profileName,
    profileName,
    port,
    portMembers,
    redirectToHttps,
    loadBalancingMode,
    persistence,
    healthcheck,
    iRules,
    domain,
    urls: [url],
    monitoringEnabled,
    alertingEnabled,
    onCallSupervision,
    noMonitoringReason: monitoringEnabled ? null : (body.noMonitoringReason ?? null),
    ipAddress: null,
    network: { technicalID: network.id, name: network.name, cidr: network.cidr, scope: network.scope, ipAddress: null, dns: [] },
    comment: body.comment ?? null,
  };
}

/** What the region's engine is told of it. */
export function specOf(plan: BalancerPlan, body: CreateBalancer): BalancerSpec {
  const { profileName, loadBalancingMode, persistence, redirectToHttps, iRules, healthcheck } = body;
  const { expectedStatus, ...monitor } = healthcheck;
  return {
    name: plan.name,
    listener: { protocol: profileName, port: plan.port, mode: loadBalancingMode, persistence, redirect: redirectToHttps, rules: iRules },
    monitor: { ...monitor, expected: expectedStatus },
    networkId: plan.network.id,
    cidr: plan.network.cidr,
    hosts: [{ host: plan.host, certificate: plan.sslProfile }],
    members: plan.members,
  };
}
