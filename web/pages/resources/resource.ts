/** A resource as lists have it, in words and as a target of acts. */
import { families, type Family } from "../../../worker/contract/resource-types.ts";
import { regions, type Region } from "../../../worker/contract/topology.ts";
import type { Answer } from "../../api/client.ts";
import { to } from "../../paths.ts";
import { t } from "../../messages/index.svelte.ts";

export type Resource = Answer<"list-resources">["content"][number];

/** "Debian", "PostgreSQL": what it is, in a word or two. */
export function familyName(family: string): string {
  return t().resources.families[family] ?? families[family as Family]?.label ?? family;
}

/** For columns: what everybody in the field abbreviates. */
export function shortFamilyName(family: string): string {
  return family === "RHEL" ? family : familyName(family);
}

/** "Paris area" */
export function regionName(region: Region): string {
  return t().resources.regions[region] ?? regions[region].name;
}

export function environmentName(environment: string): string {
  return t().resources.environments[environment] ?? environment;
}

/** Where it is shown. */
export function pageOf({ id, category }: Pick<Resource, "id" | "category">): string {
  return category === "LOAD_BALANCER" ? to("balancer", { balancer: id }) : to("instance", { instance: id });
}

export function isInstance(resource: Pick<Resource, "category">): boolean {
  return resource.category === "INSTANCE";
}

/** Service names are of the form CLOUD - APPLICATION - ENVIRONMENT; in a row that says Cloud and environment anyway, the middle tells them apart. */
export function shortServiceName({ serviceName, cloudName, environment }: Pick<Resource, "serviceName" | "cloudName" | "environment">): string {
  const parts = serviceName.split(" - ");
  if (parts.length > 1 && parts[0]!.toUpperCase() === cloudName.toUpperCase()) parts.shift();
  if (parts.length > 1 && parts.at(-1)!.toUpperCase() === environment) parts.pop();
  return parts.join(" - ");
}

/** A tag filter in words: "application:imaging", "application: any value", "application: not there". */
export function tagWords(tag: string): string {
  const { key, value } = partsOfTag(tag);
  return tag.endsWith(":") || tag.startsWith("!") ? `${key}: ${value}` : tag;
}

export function partsOfTag(tag: string): { key: string; value: string } {
  const words = t().resources;
  const [, turned, key = "", value = ""] = /^(!?)([^:]*):(.*)$/s.exec(tag) ?? [];
  if (value) return turned ? { key, value: words.notValue(value) } : { key, value };
  return { key, value: turned ? words.noSuchTag : words.anyValue };
}
