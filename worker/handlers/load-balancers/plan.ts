/** Where and how a load balancer is created: worked out before anybody signs, so that nobody signs what must fail. */
import type { Actor, ServiceTarget } from "../../contract/actor.ts";
import type { Domain } from "../../contract/domains.ts";
import { hostOf, isHostIn, usualPorts, usualSslProfile, type Protocol } from "../../contract/load-balancers.ts";
import type { Wanted } from "../../contract/quotas.ts";
import type { Environment } from "../../contract/resource-types.ts";
import type { CreateBalancer } from "../../contract/shapes/load-balancers.ts";
import { areas, mayUseZone, zoneList, zoneOfCode, zones, type Area, type Region } from "../../contract/topology.ts";
import { readBalancerFacts } from "../../../db/region/read/balancer-creation.ts";
import type { NetworkRow } from "../../../db/region/read/networks.ts";
import type { Env } from "../../env.ts";
import { lacksZone } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import { readRegion, regionDatabase } from "../../routing/regions.ts";
import { requireQuota } from "../quotas/require.ts";
import { nameTaken } from "../instances/plan.ts";
import { planMember, wrong, type PlannedMember } from "./candidates.ts";
import { planHostInDns, requireFreeHost } from "./hosts.ts";

export interface BalancerPlan {
  region: Region;
  area: Area;
  name: string;
  host: string;
  /** The domain in which the host is made a name in DNS; null: it is not. */
  dns: Domain | null;
  network: NetworkRow;
  port: number;
  sslProfile: string | null;
  environment: Environment;
  members: PlannedMember[];
  /** What it takes of the Cloud's quotas. */
  wanted: Wanted;
  /** The organization's next free sequence number in the region: the ids are made of it. */
  nextSequence: number;
}

/** @throws Problem("zone_reserved" | "invalid_field_value" | "state_forbids" | "name_taken" | "quota_exceeded" | "region_unavailable") */
export async function planBalancer(actor: Actor, service: ServiceTarget, body: CreateBalancer, env: Env): Promise<BalancerPlan> {
  const { area } = body;
  const region = chooseRegion(actor, body);
  const host = requireHost(body.url, body.domain, body.profileName);
  const port = body.port ?? usualPorts[body.profileName];
  if (port === null) throw wrong("port", `${body.profileName} has no usual port; name one`);
  requireWeb(body);
  const environment = body.environment ?? service.environment;
  requireReason(environment, body);
  const name = body.name ?? host;
  const facts = await readRegion(region, () =>
    readBalancerFacts(regionDatabase(env, region), {
      organizationId: service.organizationId,
      cloudId: service.cloudId,
      networkId: body.networkId,
      name,
      instanceIds: body.members.map(({ id }) => id),
    }),
  );
  const zone = facts.network && zoneOfCode(facts.network.zone);
  if (!zone || zones[zone].area !== area)
    throw wrong("networkId", `your organization has no such network in ${area}; GET /itcare/networking/networks lists them`);
  if (facts.nameTaken) throw nameTaken(name);
  const members = body.members.map(({ id, port: own = body.portMembers, state }, index) =>
    planMember(`members.${index}.id`, { id, port: own, state }, facts.candidates, { cloudId: service.cloudId, area }),
  );
  await requireFreeHost(env, host, "url", null);
  const dns = body.setUpDNSEnabled ? await planHostInDns(env, actor, host, "url", null) : null;
  const wanted = { loadBalancers: 1, dnsAliases: dns ? 1 : 0 };
  requireQuota(wanted, facts.quotas, region);
  return {
    region,
    area,
    name,
    host,
    dns,
    network: facts.network!,
    port,
    sslProfile: sslProfileOf(body.profileName, body.domain, body.sslProfile),
    environment,
    members,
    wanted,
    nextSequence: facts.nextSequence,
  };
}

/** @throws Problem("invalid_field_value") */
export function sslProfileOf(protocol: Protocol, domain: string, asked: string | undefined): string | null {
  if (protocol === "HTTPS") return asked ?? usualSslProfile(domain);
  if (asked === undefined) return null;
  throw wrong("sslProfile", `${protocol} carries no certificate; HTTPS does`);
}

/** @throws Problem("invalid_field_value") for a host outside the domain, and a scheme that the balancer does not speak */
export function requireHost(url: string, domain: string, protocol: Protocol, field = "url"): string {
  const host = hostOf(url);
  if (!isHostIn(host, domain)) throw wrong(field, `${host} is no host name in ${domain}`);
  const scheme = /^(https?):\/\//.exec(url)?.[1]?.toUpperCase();
  if (scheme && scheme !== protocol) throw wrong(field, `it begins with ${scheme.toLowerCase()}://, and the load balancer speaks ${protocol}`);
  return host;
}

function chooseRegion(actor: Actor, { area, region }: CreateBalancer): Region {
  const own = areas[area].region;
  if (region && region !== own) throw wrong("region", `${area} is in ${own}`);
  const usable = (candidate: Area) => zoneList.some((zone) => zones[zone].area === candidate && mayUseZone(actor.organizationKind, zone));
  if (usable(area)) return own;
  const open = (Object.keys(areas) as Area[]).filter(usable);
  throw new Problem("zone_reserved", {
    field: "area",
    detail: `${area} is reserved for the group; ${actor.organizationName} is a customer.`,
    change: `Choose one of ${open.join(", ")}.`,
    missing: [lacksZone(area, "area", open)],
  });
}

/** What only the web's protocols have. @throws Problem("invalid_field_value") */
function requireWeb({ profileName, redirectToHttps, persistence }: CreateBalancer): void {
  if (redirectToHttps && profileName !== "HTTPS") throw wrong("redirectToHttps", `${profileName} has nowhere to redirect to; HTTPS has`);
  if (persistence.default === "cookie" && !profileName.startsWith("HTTP")) throw wrong("persistence", `${profileName} carries no cookies`);
  if (persistence.fallback && !persistence.default) throw wrong("persistence", "a fallback needs a default that it stands in for");
}

/** @throws Problem("invalid_field_value") when PRODUCTION would go without monitoring and nobody says why */
function requireReason(environment: Environment, { monitoringEnabled, noMonitoringReason }: CreateBalancer): void {
  if (environment === "PRODUCTION" && monitoringEnabled === false && !noMonitoringReason)
    throw wrong("noMonitoringReason", "PRODUCTION goes without monitoring only for a stated reason");
}
