/**
 * What a region's database keeps of a load balancer beside its columns and its members, in `resource.attributes`, as the API gives it: the stored text
 * is spliced into answers.
 */
import type { DefaultPersistence, FallbackPersistence, HealthcheckType, Mode, Protocol, UrlStatus } from "../load-balancers.ts";
import type { Area } from "../topology.ts";

export interface BalancerAttributes {
  area: Area;
  labelArea: string;
  /** The same as `profileName`: existing clients send one and read the other. */
  protocol: Protocol;
  profileName: Protocol;
  port: number;
  /** What members listen on unless they say otherwise. */
  portMembers: number;
  redirectToHttps: boolean;
  loadBalancingMode: Mode;
  persistence: { default: DefaultPersistence | null; fallback: FallbackPersistence | null };
  healthcheck: Healthcheck;
  iRules: string[];
  domain: string;
  urls: BalancerUrl[];
  monitoringEnabled: boolean;
  alertingEnabled: boolean;
  onCallSupervision: boolean;
  noMonitoringReason: string | null;
  /** Null until the region's engine has given one. */
  ipAddress: string | null;
  network: { technicalID: number; name: string; cidr: string; scope: string; ipAddress: string | null; dns: { alias: string; domain: string }[] };
  comment: string | null;
}

/** How members are probed. `interval` and `timeout` in seconds; so many probes in a row change the verdict. */
export interface Healthcheck {
  type: HealthcheckType;
  path: string | null;
  expectedStatus: number | null;
  interval: number;
  timeout: number;
  rise: number;
  fall: number;
}

/** A URL has the id of the operation that adds it. */
export interface BalancerUrl {
  id: number;
  /** As it was asked for, in lower case. */
  name: string;
  domain: string;
  sslProfile: string | null;
  monitoringEnabled: boolean;
  onCallSupervision: boolean;
  /** Whether its name in DNS was made with it, and goes with it. */
  setUpDNSEnabled: boolean;
  status: UrlStatus;
}
