/** What the API tells before an act, and does not have signed: it is observed, and may change at any moment. */
import type { InstanceOutage } from "../../worker/contract/load-balancers.ts";
import { formatList, t } from "../messages/index.svelte.ts";

export interface Warnings {
  /** Load balancers that lose their last healthy member, or their last one in a data center. */
  outages?: readonly InstanceOutage[];
}

/** One sentence for all that lose the same. */
export function warningWords({ outages = [] }: Warnings): string[] {
  const words = t().signing.outages;
  const alike = Map.groupBy(outages, ({ dataCenter }) => dataCenter);
  return [...alike].map(([center, lost]) => {
    const names = formatList(lost.map(({ name }) => name));
    return center === null ? words.balancer(names) : words.dataCenter(names, center);
  });
}
