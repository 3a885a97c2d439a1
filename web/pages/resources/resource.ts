/** A resource as lists have it, in words and as a target of acts. */
import { families, type Family } from "../../../worker/contract/resource-types.ts";
import type { Answer } from "../../api/client.ts";
import { t } from "../../messages/index.svelte.ts";

export type Resource = Answer<"list-resources">["content"][number];

/** "Debian", "PostgreSQL": what it is, in one word. */
export function familyName(family: string): string {
  return families[family as Family]?.label ?? family;
}

export function environmentName(environment: string): string {
  return t().resources.environments[environment] ?? environment;
}

export function isInstance(resource: Pick<Resource, "category">): boolean {
  return resource.category === "INSTANCE";
}

/** Service names repeat their Cloud's ("CLOUD - APPLICATION - ENVIRONMENT"); beside the Cloud, or where space is short, the rest says it. */
export function shortServiceName({ serviceName, cloudName }: Pick<Resource, "serviceName" | "cloudName">): string {
  const prefix = `${cloudName} - `;
  return serviceName.toLocaleUpperCase().startsWith(prefix.toLocaleUpperCase()) ? serviceName.slice(prefix.length) : serviceName;
}
