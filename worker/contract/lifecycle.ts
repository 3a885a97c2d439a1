/** Which states permit which act on a resource, where it leads, and the sentence that says why not. */
import type { Label } from "./actions.ts";
import type { Status } from "./resource-types.ts";

export interface Transition {
  /** The statuses from which the act may be asked. */
  from: readonly Status[];
  /** The status while the zone works; absent: unchanged until the outcome. */
  during?: Status;
  /** The status after success; `same`: as before; `gone`: the resource no longer exists. */
  to: Status | "same" | "gone";
  /** True: the resource must be monitored. */
  monitored?: true;
  /** Does not touch the resource itself, and so runs beside whatever else does; only its creation and its deletion keep it away. */
  beside?: true;
}

export const transitions = {
  "create-instance": { from: [], during: "PREPARATION", to: "ACTIVE" },
  "start-instance": { from: ["INACTIVE"], to: "ACTIVE" },
  "stop-instance": { from: ["ACTIVE"], to: "INACTIVE" },
  "reset-instance": { from: ["ACTIVE"], to: "same" },
  "resize-compute-instance": { from: ["ACTIVE", "INACTIVE"], to: "same" },
  "delete-instance": { from: ["INACTIVE"], to: "gone" },
  // What a snapshot holds are the disks, not the memory: a running instance's are as after a power failure. Recovering rewrites the disks under the
  // instance's feet, so the engine stops it first and starts it again afterwards (nova's rebuild, Incus' restore): it keeps the power it had.
  "create-snapshot": { from: ["ACTIVE", "INACTIVE"], to: "same" },
  "recover-snapshot": { from: ["ACTIVE", "INACTIVE"], to: "same" },
  "delete-snapshot": { from: ["ACTIVE", "INACTIVE"], to: "same" },
  // What is monitored already is monitored otherwise from then on.
  "enable-monitoring-instance": { from: ["ACTIVE", "INACTIVE"], to: "same" },
  "disable-monitoring-instance": { from: ["ACTIVE", "INACTIVE"], to: "same", monitored: true },
  // A name is made by the region, not by the zone: it can be led away from an instance whose zone is away in the middle of something.
  "create-dns": { from: ["ACTIVE", "INACTIVE"], to: "same", beside: true },
  "delete-dns": { from: ["ACTIVE", "INACTIVE"], to: "same", beside: true },
  "create-lb": { from: [], during: "PREPARATION", to: "ACTIVE" },
  "start-lb": { from: ["INACTIVE"], to: "ACTIVE" },
  "stop-lb": { from: ["ACTIVE"], to: "INACTIVE" },
  "delete-lb": { from: ["INACTIVE"], to: "gone" },
  "enable-monitoring-lb": { from: ["ACTIVE", "INACTIVE"], to: "same" },
  "disable-monitoring-lb": { from: ["ACTIVE", "INACTIVE"], to: "same" },
  "add-member-lb": { from: ["ACTIVE", "INACTIVE"], to: "same" },
  "delete-member-lb": { from: ["ACTIVE", "INACTIVE"], to: "same" },
  "update-member-state": { from: ["ACTIVE", "INACTIVE"], to: "same" },
  "add-url-lb": { from: ["ACTIVE", "INACTIVE"], to: "same" },
  "delete-url-lb": { from: ["ACTIVE", "INACTIVE"], to: "same" },
  "create-dns-lb": { from: ["ACTIVE", "INACTIVE"], to: "same", beside: true },
  "delete-dns-lb": { from: ["ACTIVE", "INACTIVE"], to: "same", beside: true },
} as const satisfies Partial<Record<Label, Transition>>;

export type ResourceAct = keyof typeof transitions;

/**
 * Acts that no zone takes part in. Tags and Service are nothing that a running operation looks at, so they change while one runs. The environment
 * waits: what was asked for under one environment, with the proof that it needs, runs under that one.
 */
export const directActs = [
  "create-service",
  "update-service",
  "delete-service",
  "move-resource",
  "update-tags",
  "update-resource",
] as const satisfies Label[];
export type DirectAct = (typeof directActs)[number];
const waitsForItsTurn: readonly Label[] = ["update-resource"];

/** Acts on an instance's snapshots: the instance is taken by them, and stays what it is. */
export const snapshotActs = ["create-snapshot", "recover-snapshot", "delete-snapshot"] as const satisfies ResourceAct[];
export type SnapshotAct = (typeof snapshotActs)[number];

/** Acts that say whether an instance is monitored. */
export const monitoringActs = ["enable-monitoring-instance", "disable-monitoring-instance"] as const satisfies ResourceAct[];
export type MonitoringAct = (typeof monitoringActs)[number];

export function isMonitoringAct(label: string): label is MonitoringAct {
  return (monitoringActs as readonly string[]).includes(label);
}

export function isSnapshotAct(label: string): label is SnapshotAct {
  return (snapshotActs as readonly string[]).includes(label);
}

/** Acts on a resource's aliases, which its region runs. */
export const aliasActs = ["create-dns", "delete-dns", "create-dns-lb", "delete-dns-lb"] as const satisfies ResourceAct[];
export type AliasAct = (typeof aliasActs)[number];

export function isAliasAct(label: string): label is AliasAct {
  return (aliasActs as readonly string[]).includes(label);
}

/** Acts that take a resource's aliases back before they take the resource: no name is ever left pointing at an address that is free again. */
export function takesAliases(label: string): boolean {
  return label === "delete-instance" || label === "delete-lb";
}

/** Acts that take or free the host of a URL, and its name in DNS with it. */
export function movesNames(label: string): boolean {
  return label === "create-lb" || label === "add-url-lb" || label === "delete-url-lb" || label === "delete-lb";
}

/** Acts on load balancers, which their region runs. */
export const balancerActs = [
  "create-lb",
  "start-lb",
  "stop-lb",
  "delete-lb",
  "enable-monitoring-lb",
  "disable-monitoring-lb",
  "add-member-lb",
  "delete-member-lb",
  "update-member-state",
  "add-url-lb",
  "delete-url-lb",
] as const satisfies ResourceAct[];
export type BalancerAct = (typeof balancerActs)[number];

export function isBalancerAct(label: string): label is BalancerAct {
  return (balancerActs as readonly string[]).includes(label);
}

export function isResourceAct(label: Label): label is ResourceAct {
  return label in transitions;
}

export function transitionOf(label: ResourceAct): Transition {
  return transitions[label];
}

/** True for acts that leave the resource to whatever else runs on it. */
export function runsBeside(label: string): boolean {
  return isResourceAct(label as Label) && transitionOf(label as ResourceAct).beside === true;
}

/** Acts beside which nothing runs: they make the resource, or take it away. */
export const exclusive = Object.keys(transitions).filter((label) => {
  const { from, to } = transitionOf(label as ResourceAct);
  return from.length === 0 || to === "gone";
});

/** True for acts that make the resource itself: undone, they leave nothing behind. */
export function isCreation(label: ResourceAct): boolean {
  return transitionOf(label).from.length === 0;
}

export interface LifecycleState {
  status: Status;
  monitored: boolean;
  /** The label of the operation that is open on the resource, if any. */
  openOperation: string | null;
}

export interface Unavailability {
  code: "state_forbids" | "operation_in_progress";
  cause: string;
}

/** Why the state forbids an act right now, or null when it permits it. */
export function unavailability(label: Label, state: LifecycleState): Unavailability | null {
  if (!isResourceAct(label) && label !== "run-plan" && !waitsForItsTurn.includes(label)) return null;
  const mayRunBeside = runsBeside(label) && state.openOperation && !exclusive.includes(state.openOperation);
  if (state.openOperation && !mayRunBeside)
    return { code: "operation_in_progress", cause: `${state.openOperation} is still running; wait until it has ended` };
  // A plan's items are each judged in the state that they will find.
  if (!isResourceAct(label)) return null;
  const { from, monitored } = transitionOf(label);
  if (!from.includes(state.status)) return { code: "state_forbids", cause: `the status is ${state.status}; ${label} needs ${from.join(" or ")}` };
  return monitored && !state.monitored ? { code: "state_forbids", cause: "it is not monitored" } : null;
}
