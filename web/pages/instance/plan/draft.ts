/** A plan while it is put together: pure, so that the builder only draws it. */
import type { Actor, ResourceTarget } from "../../../../worker/contract/actor.ts";
import { judgePlan, type PlanFacts, type PlanLabel, type Verdict } from "../../../../worker/contract/plans.ts";
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
  /** The name of an existing one. */
  snapshot: string;
  reason: string;
}

let made = 0;

export function newItem(label: PlanLabel, more: Partial<DraftItem> = {}): DraftItem {
  return { key: ++made, label, sizing: "", named: "", snapshot: "", reason: "", ...more };
}

export const presetIds = ["resize", "restart", "snapshotReset"] as const;
export type PresetId = (typeof presetIds)[number];

/** Proposals for what is done often, fitting the instance as it is. Null: nothing to propose. @param named how the snapshot is called */
export function preset(id: PresetId, running: boolean, named: string): DraftItem[] | null {
  const kept = newItem("create-snapshot", { named });
  const resize = newItem("resize-compute-instance");
  if (id === "resize")
    return running ? [newItem("stop-instance"), kept, resize, newItem("start-instance")] : [kept, resize, newItem("start-instance")];
  if (!running) return null;
  return id === "restart" ? [newItem("stop-instance"), newItem("start-instance")] : [newItem("create-snapshot"), newItem("reset-instance")];
}

/** As the API gets it. */
export function itemOf({ label, sizing, named, snapshot, reason }: DraftItem): PlanItem {
  switch (label) {
    case "resize-compute-instance":
      return { label, options: { resourceId: sizing } };
    case "create-snapshot":
      return { label, options: { ...(named.trim() && { label: named.trim() }), lifetime: LIFETIME.usual } };
    case "recover-snapshot":
    case "delete-snapshot":
      return { label, options: { snapshot } };
    case "enable-monitoring-instance":
      return { label, options: { alertingEnabled: false, onCallSupervision: false } };
    case "disable-monitoring-instance":
      return { label, options: { ...(reason.trim() && { noMonitoringReason: reason.trim() }) } };
    default:
      return { label };
  }
}

/** True when something is still to be chosen. */
export function isUnchosen({ label, sizing, snapshot }: DraftItem): boolean {
  if (label === "resize-compute-instance") return sizing === "";
  return (label === "recover-snapshot" || label === "delete-snapshot") && snapshot === "";
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
