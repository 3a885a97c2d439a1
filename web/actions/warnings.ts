/** What the API tells before an act, and does not have signed: it is observed, and may change at any moment. */
import type { Outage } from "../../worker/contract/load-balancers.ts";
import { t } from "../messages/index.svelte.ts";

export interface Warnings {
  /** Load balancers that lose their last healthy member, or their last one in a data center. */
  outages?: readonly (Pick<Outage, "of" | "dataCenter"> & { loadbalancer: number; name: string })[];
}

/** One sentence each. */
export function warningWords({ outages = [] }: Warnings): string[] {
  const words = t().signing.outages;
  return outages.map(({ of, name, dataCenter }) => (of === "balancer" ? words.balancer(name) : words.dataCenter(name, dataCenter ?? "")));
}
