/** What the signing card says of the instance that a plan is for. */
import type { ActRequest } from "../../../actions/acting.svelte.ts";
import { t } from "../../../messages/index.svelte.ts";

export function placeFacts(instance: ActRequest["instance"]): [string, string][] {
  const words = t().instance;
  const facts: [string, string][] = [
    [words.cloud, instance.cloudName],
    [words.service, instance.serviceName],
    [words.environment, t().resources.environments[instance.environment] ?? instance.environment],
  ];
  if (instance.zone) facts.push([words.zone, instance.zone]);
  if (instance.sizing) facts.push([words.sizes.before, instance.sizing]);
  return facts;
}
