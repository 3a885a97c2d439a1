/** What can be done to a load balancer, to its members and to its URLs, as the calls that are made. */
import type { MemberState } from "../../../worker/contract/load-balancers.ts";
import type { Act } from "../../actions/ask.ts";
import type { EquivalentCall } from "../../actions/curl.ts";
import type { Body } from "../../api/client.ts";
import { t } from "../../messages/index.svelte.ts";
import type { IconName } from "../../ui/Icon.svelte";
import { commonOf, type Balancer, type Member, type ReadBalancer, type Url } from "./balancer.ts";

const whole = ["start-lb", "stop-lb", "enable-monitoring-lb", "disable-monitoring-lb", "delete-lb"] as const;
export type WholeAct = (typeof whole)[number];
export type MemberAct = "add-member-lb" | "update-member-state" | "delete-member-lb";
export type UrlAct = "add-url-lb" | "delete-url-lb";
export type BalancerAct = WholeAct | MemberAct | UrlAct;
/** Those that bring something new, by a form of their own. */
export const additionActs = ["add-member-lb", "add-url-lb"] as const;
export type AdditionAct = (typeof additionActs)[number];
/** Those that concern a part of it. */
export const partActs = ["add-member-lb", "update-member-state", "delete-member-lb", "add-url-lb", "delete-url-lb"] as const;

/** The act whose dialog is open. */
export type BalancerRequest =
  | { label: WholeAct | AdditionAct }
  | { label: "delete-member-lb"; member: Member }
  | { label: "update-member-state"; member: Member; state: MemberState }
  | { label: "delete-url-lb"; url: Url };

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
  "add-url-lb": "plus",
  "delete-url-lb": "trash",
};
export const iconOf = (label: BalancerAct): IconName => icons[label];

/** The act with what a dialog has added; without it, the call as an example. @param member its name, for the signing card */
export function actOf(
  label: WholeAct | MemberAct,
  read: ReadBalancer,
  options: Readonly<Record<string, unknown>> = {},
  member?: string,
): Act<WholeAct | MemberAct> {
  const common = commonOf(label, read, member === undefined ? [] : [[t().balancers.members.about, member]]);
  if (label === "delete-lb") return { ...common, label };
  return { ...common, label, body: Object.keys(options).length > 0 || !whole.includes(label as WholeAct) ? { options } : {} } as Act<
    WholeAct | MemberAct
  >;
}

export function addUrl(read: ReadBalancer, body: Body<"add-url-lb">): Act<"add-url-lb"> {
  return { ...commonOf("add-url-lb", read), label: "add-url-lb", body };
}

export function deleteUrl(read: ReadBalancer, { id, name }: Pick<Url, "id" | "name">): Act<"delete-url-lb"> {
  const { params, ...common } = commonOf("delete-url-lb", read, [[t().balancers.url, name]]);
  return { ...common, params: { ...params, url: id }, label: "delete-url-lb" };
}

/** The call as an example, for whoever wants to repeat it by hand. */
export function exampleOf(label: BalancerAct, read: ReadBalancer): EquivalentCall {
  if (label === "add-url-lb") return addUrl(read, { name: `www.${read.balancer.domain}` });
  if (label === "delete-url-lb") return deleteUrl(read, read.balancer.urls.at(-1) ?? { id: 0, name: "" });
  return actOf(label, read);
}
