/** What the instance serves behind, as a plan's items are judged by it. */
import type { PlanMember } from "../../../../worker/contract/plans.ts";
import type { ActRequest } from "../../../actions/acting.svelte.ts";

/** The balancers are of the instance's own Cloud. Whether one is at work just now is the API's to say. */
export function membersOf({ cloudId, memberships }: Pick<ActRequest["instance"], "cloudId" | "memberships">): PlanMember[] {
  return memberships.map(({ id, name, port, state, outage }) => ({
    balancer: { id, name, cloudId, status: "ACTIVE" },
    port,
    state,
    changing: false,
    outage,
  }));
}
