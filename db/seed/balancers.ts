/** The seeded load balancers: each with a URL, and members of its own Cloud and area. Pure. */
import { families } from "../../worker/contract/resource-types.ts";
import { hostOf, isHostIn, memberPhases, memberStates, memberStatuses } from "../../worker/contract/load-balancers.ts";
import type { BalancerAttributes } from "../../worker/contract/shapes/balancer-attributes.ts";
import { zones } from "../../worker/contract/topology.ts";
import type { Write } from "../commit.ts";
import { insertRows } from "./insert.ts";
import type { SeededResource } from "./resources.ts";

export interface SeededMember {
  balancer: SeededResource;
  instance: SeededResource;
  port: number;
  state: keyof typeof memberStates;
  status: keyof typeof memberStatuses;
}

const MOST = 4;

/** A resource as the seed has drawn it, as a balancer: it serves a whole area, and has no zone of its own. */
export function asBalancer(resource: SeededResource, domain: string): SeededResource {
  const attributes = resource.attributes as BalancerAttributes;
  const host = `${resource.name}.${domain}`.toLowerCase();
  if (!isHostIn(host, domain)) throw new RangeError(`${host} is no host of ${domain}.`);
  const secure = attributes.protocol === "HTTPS";
  const url = {
    id: resource.id,
    name: host,
    domain,
    sslProfile: secure ? `profile_wildcard.${domain}_secure` : null,
    monitoringEnabled: resource.environment === "PRODUCTION",
    onCallSupervision: false,
    setUpDNSEnabled: false,
    status: "ACTIVE" as const,
  };
  const monitored = resource.environment === "PRODUCTION";
  return { ...resource, zone: null, attributes: { ...attributes, domain, urls: [url], monitoringEnabled: monitored } };
}

/** Up to four of the instances that belong with it: of its Service rather than of another of the Cloud, those of different zones first. */
export function membersOf(balancer: SeededResource, all: readonly SeededResource[]): SeededMember[] {
  const { area, portMembers } = balancer.attributes as BalancerAttributes;
  const eligible = all.filter(
    ({ family, zone, cloudId, environment, status }) =>
      families[family].category === "INSTANCE" &&
      zone !== null &&
      zones[zone].area === area &&
      cloudId === balancer.cloudId &&
      environment === balancer.environment &&
      status !== "PREPARATION",
  );
  const ours = eligible.filter(({ service }) => service.id === balancer.service.id);
  const spread = [...ours, ...eligible.filter((instance) => !ours.includes(instance))].map((instance, index, list) => ({
    instance,
    round: list.slice(0, index).filter(({ zone }) => zone === instance.zone).length,
  }));
  return spread
    .sort((left, right) => left.round - right.round)
    .slice(0, MOST)
    .map(({ instance }) => {
      const up = instance.status === "ACTIVE";
      return { balancer, instance, port: portMembers, state: "enabled", status: up ? "up" : "down" };
    });
}

export function memberWrites(members: readonly SeededMember[]): Write[] {
  return insertRows<SeededMember>(
    "balancer_member",
    {
      balancer_id: (row) => row.balancer.id,
      member_id: (row) => row.instance.id,
      port: (row) => row.port,
      state: (row) => memberStates[row.state],
      status: (row) => memberStatuses[row.status],
      since: (row) => row.instance.updated,
      phase: () => memberPhases.ACTIVE,
    },
    members,
  );
}

/** The hosts that balancers serve. */
export function hostWrites(resources: readonly SeededResource[]): Write[] {
  return insertRows("url_host", { host: (row) => row.host, balancer_id: (row) => row.id, held: () => 1 }, hostsOf(resources));
}

/** What the directory holds of them: that they are taken. */
export function hostNameWrites(resources: readonly SeededResource[]): Write[] {
  return insertRows("url_host_name", { name: (row) => row.host, holder: (row) => row.id, token: () => "seed" }, hostsOf(resources));
}

function hostsOf(resources: readonly SeededResource[]): { id: number; host: string }[] {
  return resources
    .filter(({ family }) => family === "LOAD_BALANCER")
    .flatMap(({ id, attributes }) => (attributes as BalancerAttributes).urls.map(({ name }) => ({ id, host: hostOf(name) })));
}
