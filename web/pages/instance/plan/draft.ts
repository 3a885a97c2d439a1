/** A plan while it is put together: pure, so that the builder only draws it. */
import type { Actor, ResourceTarget } from "../../../../worker/contract/actor.ts";
import { judgePlan, type PlanFacts, type PlanLabel, type PlanMember, type Verdict } from "../../../../worker/contract/plans.ts";
import type { MemberState } from "../../../../worker/contract/load-balancers.ts";
import type { PlanItem } from "../../../../worker/contract/shapes/plans.ts";
import { LIFETIME } from "../../../../worker/contract/snapshots.ts";

/** One act with what may be chosen for it; what its label does not need is left alone. */
export interface DraftItem {
  /** Tells it from others, wherever it stands. */
  key: number;
  label: PlanLabel;
  sizing: string;
  /** The label of a new snapshot. */
  named: string;
  /** How many days the new one is kept, as it is typed. */
  lifetime: string;
  /** The name of an existing one. */
  snapshot: string;
  reason: string;
  alerting: boolean;
  onCall: boolean;
  /** As which member of which load balancer: `placeOf`. */
  place: string;
  state: MemberState;
  /** That something stops serving with it. */
  accepted: boolean;
  /** The number of a change of its own. */
  reference: string;
}

let made = 0;

export function newItem(label: PlanLabel, more: Partial<DraftItem> = {}): DraftItem {
  return {
    key: ++made,
    label,
    sizing: "",
    named: "",
    lifetime: String(LIFETIME.usual),
    snapshot: "",
    reason: "",
    alerting: false,
    onCall: false,
    place: "",
    state: "disabled",
    accepted: false,
    reference: "",
    ...more,
  };
}

export function placeOf({ balancer, port }: PlanMember): string {
  return `${balancer.id}:${port}`;
}

export const presetIds = ["resize", "restart", "snapshotReset"] as const;
export type PresetId = (typeof presetIds)[number];

/**
 * Proposals for what is done often, fitting the instance as it is. Null: nothing to propose. What serves is taken out of its load balancers first and
 * put back last.
 * @param named how the snapshot is called
 */
export function preset(id: PresetId, running: boolean, named: string, members: readonly PlanMember[] = []): DraftItem[] | null {
  const kept = newItem("create-snapshot", { named });
  const resize = newItem("resize-compute-instance");
  if (id === "resize") {
    if (!running) return [kept, resize, newItem("start-instance")];
    const serving = members.filter(({ state, changing }) => state === "enabled" && !changing).map(placeOf);
    const become = (state: MemberState) => serving.map((place) => newItem("update-member-state", { place, state }));
    return [...become("disabled"), newItem("stop-instance"), kept, resize, newItem("start-instance"), ...become("enabled")];
  }
  if (!running) return null;
  return id === "restart" ? [newItem("stop-instance"), newItem("start-instance")] : [newItem("create-snapshot"), newItem("reset-instance")];
}

/** As the API gets it. */
export function itemOf(draft: DraftItem): PlanItem {
  const reference = draft.reference.trim();
  return { ...actOf(draft), ...(reference && { changeReference: reference }) };
}

function actOf({ label, sizing, named, lifetime, snapshot, reason, alerting, onCall, place, state, accepted }: DraftItem): PlanItem {
  switch (label) {
    case "resize-compute-instance":
      return { label, options: { resourceId: sizing } };
    case "create-snapshot":
      return { label, options: { ...(named.trim() && { label: named.trim() }), lifetime: Number(lifetime.trim() || Number.NaN) } };
    case "recover-snapshot":
    case "delete-snapshot":
      return { label, options: { snapshot } };
    case "enable-monitoring-instance":
      return { label, options: { alertingEnabled: alerting, onCallSupervision: onCall } };
    case "disable-monitoring-instance":
      return { label, options: { ...(reason.trim() && { noMonitoringReason: reason.trim() }) } };
    case "update-member-state": {
      const [loadbalancer = 0, port = 0] = place.split(":").map(Number);
      return { label, options: { loadbalancer, port, state, acceptOutage: accepted } };
    }
    default:
      return { label };
  }
}

/** True when something is still to be chosen. */
export function isUnchosen({ label, sizing, snapshot, place }: DraftItem): boolean {
  if (label === "resize-compute-instance") return sizing === "";
  if (label === "update-member-state") return place === "";
  return (label === "recover-snapshot" || label === "delete-snapshot") && snapshot === "";
}

/** True for a number of days that no snapshot can be kept. */
export function isLifetimeWrong({ label, lifetime }: DraftItem): boolean {
  const days = Number(lifetime.trim() || Number.NaN);
  return label === "create-snapshot" && !(Number.isInteger(days) && days >= 1 && days <= LIFETIME.longest);
}

/** The item at `from` moved by one; the same list at either end. */
export function moved(items: readonly DraftItem[], from: number, by: -1 | 1): DraftItem[] {
  const to = from + by;
  if (to < 0 || to >= items.length) return [...items];
  return items.with(from, items[to]!).with(to, items[from]!);
}

/** What the API would find about each, by the contract's own rules. */
export function judge(items: readonly DraftItem[], actor: Actor, target: ResourceTarget, facts: PlanFacts): Verdict[] {
  return judgePlan(items.map(itemOf), actor, target, facts);
}
