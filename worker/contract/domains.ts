/** The domains in which aliases are made, who may use them, and what an alias may be called. */
import type { OrganizationKind } from "./topology.ts";

/** No domain lies within another: a name has one home. `dnsCreation`: ITCare makes names in it; elsewhere they are made on request. */
export const domains = {
  "cloud.itcare.example": { dnsCreation: true, reservedForGroup: false },
  "health.itcare.example": { dnsCreation: true, reservedForGroup: false },
  "legacy.itcare.example": { dnsCreation: false, reservedForGroup: false },
  "group.itcare.example": { dnsCreation: true, reservedForGroup: true },
} as const satisfies Record<string, { dnsCreation: boolean; reservedForGroup: boolean }>;
export type Domain = keyof typeof domains;

export const domainList = Object.keys(domains) as Domain[];

/** What every domain says of itself: its name servers, one a region, and whom to write to. */
export const nameServers = ["ns-eb.itcare.example", "ns-et.itcare.example"] as const;
export const hostmaster = "hostmaster.itcare.example";

/** How long others may keep an alias's address, or that there is none, in seconds. */
export const ALIAS_TTL = 60;

/** How many a resource has at most. */
export const MOST_ALIASES = 20;

/** How `alias.status` is written, and what the API calls it. */
export const aliasStatuses = { PREPARATION: 0, ACTIVE: 1, DELETION: 2 } as const;
export type AliasStatus = keyof typeof aliasStatuses;
export const aliasStatusList = Object.keys(aliasStatuses) as AliasStatus[];

export function isDomain(text: string): text is Domain {
  return Object.hasOwn(domains, text);
}

/** A domain reserved for the group is never for a customer; the group's own organizations may use every one. */
export function mayUseDomain(kind: OrganizationKind, domain: Domain): boolean {
  return kind === "group" || !domains[domain].reservedForGroup;
}

export function domainsFor(kind: OrganizationKind): Domain[] {
  return domainList.filter((domain) => mayUseDomain(kind, domain));
}

/** Names are alike in upper and lower case, with and without the final dot. */
export function foldName(text: string): string {
  return text.trim().toLowerCase().replace(/\.$/, "");
}

/** What a name must not be; RFC 1035, section 2.3.1, and RFC 1123, section 2.1. */
export const aliasFaults = {
  empty: "a name is needed before the domain",
  elsewhere: "the name must end with the domain",
  apex: "the domain itself cannot be an alias; put a name before it",
  wildcard: "a wildcard cannot be an alias; name every host",
  "not-ascii": "letters, digits and hyphens only; write an internationalized name in its ASCII form, xn--…",
  characters: "letters, digits and hyphens only, with dots between the parts",
  "empty-part": "two dots in a row, or one at the beginning",
  hyphen: "no part begins or ends with a hyphen",
  reserved: "a part with two hyphens in the third and fourth place must begin with xn--",
  "long-part": "a part between two dots has 63 characters at most",
  long: "a whole name has 253 characters at most",
} as const;
export type AliasFault = keyof typeof aliasFaults;

/** Why a full name cannot be an alias in the domain, or null. @param name folded */
export function aliasFault(name: string, domain: string): AliasFault | null {
  if (name === domain) return "apex";
  if (name === "" || name === `.${domain}`) return "empty";
  if (!name.endsWith(`.${domain}`)) return "elsewhere";
  const own = name.slice(0, -domain.length - 1);
  if (own.includes("*")) return "wildcard";
  // oxlint-disable-next-line no-control-regex
  if (/[^\x00-\x7f]/.test(own)) return "not-ascii";
  if (!/^[a-z0-9.-]+$/.test(own)) return "characters";
  const parts = own.split(".");
  if (parts.includes("")) return "empty-part";
  if (parts.some((part) => part.length > 63)) return "long-part";
  if (parts.some((part) => part.startsWith("-") || part.endsWith("-"))) return "hyphen";
  if (parts.some((part) => part.slice(2, 4) === "--" && !/^xn--./.test(part))) return "reserved";
  return name.length > 253 ? "long" : null;
}
