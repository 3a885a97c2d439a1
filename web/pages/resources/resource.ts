/** A resource as lists have it, in words and as a target of acts. */
import { families, type Family } from "../../../worker/contract/resource-types.ts";
import type { Answer } from "../../api/client.ts";
import type { ActRequest } from "../../actions/acting.svelte.ts";
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

export type ActedInstance = ActRequest["instance"];
