/** What can be done to a load balancer and to its members, as the calls that are made. */
import type { MemberState } from "../../../worker/contract/load-balancers.ts";
import type { Act } from "../../actions/ask.ts";
import type { IconName } from "../../ui/Icon.svelte";
import { commonOf, type Balancer, type Member, type ReadBalancer } from "./balancer.ts";

const whole = ["start-lb", "stop-lb", "enable-monitoring-lb", "disable-monitoring-lb", "delete-lb"] as const;
export type WholeAct = (typeof whole)[number];
export type MemberAct = "add-member-lb" | "update-member-state" | "delete-member-lb";
export type BalancerAct = WholeAct | MemberAct;

/** The act whose dialog is open. */
export type BalancerRequest =
  | { label: WholeAct | "add-member-lb" }
  | { label: "delete-member-lb"; member: Member }
  | { label: "update-member-state"; member: Member; state: MemberState };

/** Those that have a button on its page: of the two about monitoring the one that would change something. */
export function actsOn({ monitoringEnabled }: Balancer): WholeAct[] {
  return whole.filter((label) => label !== (monitoringEnabled ? "enable-monitoring-lb" : "disable-monitoring-lb"));
}

const icons: Record<BalancerAct, IconName> = {
  "start-lb": "power",
  "stop-lb": "power",
  "enable-monitoring-lb": "eye",
  "disable-monitoring-lb": "hidden",
  "delete-lb": "trash",
  "add-member-lb": "plus",
  "update-member-state": "refresh",
  "delete-member-lb": "trash",
};
export const iconOf = (label: BalancerAct): IconName => icons[label];

/** The act with what a dialog has added; without it, the call as an example. @param member its name, for the signing card */
export function actOf(label: BalancerAct, read: ReadBalancer, options: Readonly<Record<string, unknown>> = {}, member?: string): Act<BalancerAct> {
  const common = commonOf(label, read, member);
  if (label === "delete-lb") return { ...common, label };
  return { ...common, label, body: Object.keys(options).length > 0 || !whole.includes(label as WholeAct) ? { options } : {} } as Act<BalancerAct>;
}
