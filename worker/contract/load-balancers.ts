/** What is agreed about load balancers: their vocabulary, how URLs are named, how many of what there are, and when a member is the last one that serves. */
import type { Status } from "./resource-types.ts";
import type { DataCenter } from "./topology.ts";

/** What it speaks on the outside, and the port that it listens on unless said otherwise; null: must be said. */
export const usualPorts = { HTTP: 80, HTTPS: 443, TCP: null, MYSQL: 3306 } as const;
export type Protocol = keyof typeof usualPorts;
export const protocolList = Object.keys(usualPorts) as Protocol[];

export const modes = ["round-robin", "least-connections-node"] as const;
export type Mode = (typeof modes)[number];

/** How a client is kept at one member, and how when that cannot be told. */
export const persistences = { default: ["cookie", "hash", "source_addr"], fallback: ["dest_addr", "source_addr"] } as const;
export type DefaultPersistence = (typeof persistences.default)[number];
export type FallbackPersistence = (typeof persistences.fallback)[number];

export const healthcheckTypes = ["HTTP", "HTTPS", "TCP"] as const;
export type HealthcheckType = (typeof healthcheckTypes)[number];

/**
 * What is wanted of a member, and how `balancer_member.state` is written. `disabled`: it keeps the connections that it has and gets no new ones;
 * `offline`: it gets nothing at all.
 */
export const memberStates = { enabled: 1, disabled: 2, offline: 3 } as const;
export type MemberState = keyof typeof memberStates;
export const memberStateList = Object.keys(memberStates) as MemberState[];

/**
 * What is observed of a member, and how `balancer_member.status` is written. `user_down`: it serves nothing because that is wanted. `unknown`: not
 * observed yet, or the region's engine does not answer.
 */
export const memberStatuses = { unknown: 0, up: 1, down: 2, user_down: 3 } as const;
export type MemberStatus = keyof typeof memberStatuses;
export const memberStatusList = Object.keys(memberStatuses) as MemberStatus[];

/** How far the engine is with a member, and how `balancer_member.phase` is written. */
export const memberPhases = { PREPARATION: 0, ACTIVE: 1, CHANGE: 2, DELETION: 3 } as const;
export type MemberPhase = keyof typeof memberPhases;
export const memberPhaseList = Object.keys(memberPhases) as MemberPhase[];

export const urlStatuses = ["PREPARATION", "ACTIVE", "DELETION"] as const;
export type UrlStatus = (typeof urlStatuses)[number];

export function memberStateOf(code: number): MemberState {
  return memberStateList[code - 1]!;
}

export function memberStatusOf(code: number): MemberStatus {
  return memberStatusList[code]!;
}

/** How many one balancer has at most. */
export const MOST_MEMBERS = 32;
export const MOST_URLS = 20;

/** The API's own pattern: with or without a scheme. */
export const urlPattern = /^(https?:\/\/)?(www\.)?[a-zA-Z][a-zA-Z0-9.-]{2,63}$/;

/** The host of a URL's name, in lower case: what is unique, and what DNS knows. */
export function hostOf(url: string): string {
  return url.toLowerCase().replace(/^https?:\/\//, "");
}

/** True for a host that DNS can hold and that lies in the domain. */
export function isHostIn(host: string, domain: string): boolean {
  const labels = host.split(".");
  return host.endsWith(`.${domain.toLowerCase()}`) && labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
}

/** The certificate that a domain's URLs are served with unless another is named. */
export function usualSslProfile(domain: string): string {
  return `profile_wildcard.${domain}_secure`;
}

export interface Serving {
  state: MemberState;
  status: MemberStatus;
  dataCenter: DataCenter | null;
}

/** Serves now: wanted, and found well. */
export function isHealthy({ state, status }: Serving): boolean {
  return state === "enabled" && status === "up";
}

export interface Outage {
  /** `balancer`: nothing is left that serves. `data-center`: nothing is left in this member's data center. */
  of: "balancer" | "data-center";
  /** The data center in which nothing is left; null: nothing is left anywhere. */
  dataCenter: DataCenter | null;
  /** As a sentence. */
  says: string;
}

/** What a load balancer loses with one of its members' instances, as whoever interrupts it is told. */
export interface InstanceOutage extends Pick<Outage, "of" | "dataCenter"> {
  loadbalancer: number;
  name: string;
}

/**
 * What stops serving when this member does; null: enough is left. A balancer that is stopped serves nothing anyway.
 * @param others the other members of the same balancer
 */
export function outageWithout(member: Serving, others: readonly Serving[], balancer: Status): Outage | null {
  if (balancer !== "ACTIVE" || !isHealthy(member)) return null;
  const healthy = others.filter(isHealthy);
  if (healthy.length === 0)
    return { of: "balancer", dataCenter: null, says: "It is the last healthy member: without it the load balancer serves nothing." };
  if (healthy.some(({ dataCenter }) => dataCenter === member.dataCenter)) return null;
  return {
    of: "data-center",
    dataCenter: member.dataCenter,
    says: `It is the last healthy member in ${member.dataCenter}: without it the load balancer serves from elsewhere only.`,
  };
}

/** How a balancer does as a whole; Octavia's words. */
export const operatingStatuses = ["ONLINE", "DEGRADED", "ERROR", "OFFLINE", "NO_MONITOR"] as const;
export type OperatingStatus = (typeof operatingStatuses)[number];

/** `OFFLINE`: stopped. `NO_MONITOR`: no member is wanted, or nothing is known of those that are. @param known how many are wanted and known */
export function operatingStatus(balancer: Status, { known, up }: { known: number; up: number }): OperatingStatus {
  if (balancer !== "ACTIVE") return "OFFLINE";
  if (known === 0) return "NO_MONITOR";
  return up === 0 ? "ERROR" : up === known ? "ONLINE" : "DEGRADED";
}
