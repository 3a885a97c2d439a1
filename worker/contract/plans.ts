/**
 * Plans: several acts on one resource, signed once as an ordered list, run in order, stopped at the first failure. Each item is decided by its own row,
 * in the state to which the items before it lead. Pure: the gate, the console's builder and the tests judge a plan by the same function.
 */
import type { Actor, ResourceTarget } from "./actor.ts";
import { rowOf } from "./actions.ts";
import { decideRight, decideState, type Decision, type Refusal } from "./decide.ts";
import { transitionOf, type ResourceAct } from "./lifecycle.ts";
import type { Status } from "./resource-types.ts";
import type { PlanItem } from "./shapes/plans.ts";
import { MOST_SNAPSHOTS } from "./snapshots.ts";

/** One act alone is asked for by itself. */
export const LEAST_ITEMS = 2;
export const MOST_ITEMS = 50;

/** The acts that a plan may hold: all on a resource that exists. */
export const planLabels = [
  "start-instance",
  "stop-instance",
  "reset-instance",
  "resize-compute-instance",
  "create-snapshot",
  "recover-snapshot",
  "delete-snapshot",
  "enable-monitoring-instance",
  "disable-monitoring-instance",
  "delete-instance",
] as const satisfies ResourceAct[];
export type PlanLabel = (typeof planLabels)[number];

/** What is known of the resource beside its columns, and that items depend on. */
export interface PlanFacts {
  sizing: string | null;
  /** The names of the snapshots that are there. */
  snapshots: readonly string[];
  /** Its names, which would go with it. */
  aliases: readonly string[];
}

/** What is found about one item. */
export interface Verdict {
  decision: Decision;
  /** The field of the item that is wrong, when it is one: `options.resourceId`. */
  field: string | null;
  /** The resource as the item will find it. */
  target: ResourceTarget;
}

interface Foreseen {
  status: Status | "gone";
  monitored: boolean;
  sizing: string | null;
  snapshots: ReadonlySet<string>;
  /** How many snapshots there are, those of the plan included. */
  count: number;
}

/** One verdict for each item, in order. Whether the resource is free now is the plan's own question, not an item's. */
export function judgePlan(items: readonly PlanItem[], actor: Actor, target: ResourceTarget, facts: PlanFacts): Verdict[] {
  const { status, monitored } = target;
  let foreseen: Foreseen = { status, monitored, sizing: facts.sizing, snapshots: new Set(facts.snapshots), count: facts.snapshots.length };
  return items.map((item) => {
    const then: ResourceTarget = {
      ...target,
      status: foreseen.status === "gone" ? target.status : foreseen.status,
      monitored: foreseen.monitored,
      openOperation: null,
    };
    const right = decideRight(item.label, actor, then);
    const found = wrong(item, then, foreseen, facts.aliases);
    // What somebody else may is judged on: the items after it stand or fall by themselves.
    if (!found) foreseen = after(item, foreseen);
    const decision = right.allow ? (found?.decision ?? right) : right;
    return { decision, field: right.allow ? (found?.field ?? null) : null, target: then };
  });
}

interface Wrong {
  decision: Refusal;
  field: string | null;
}

/** Why the item cannot be done in that state, or null. */
function wrong(item: PlanItem, target: ResourceTarget, foreseen: Foreseen, aliases: readonly string[]): Wrong | null {
  const { label } = item;
  if (rowOf(label).category !== target.category) return refuse("invalid_field_value", `${label} is no act on a resource of this category`, "label");
  if (foreseen.status === "gone") return refuse("state_forbids", `${label} is not available: the plan has deleted ${target.name} by then`);
  const state = decideState(label, target);
  if (!state.allow) return { decision: state, field: null };
  switch (label) {
    case "resize-compute-instance":
      if (item.options.resourceId !== foreseen.sizing) return null;
      return refuse("invalid_field_value", `the instance has the size ${foreseen.sizing} already by then`, "options.resourceId");
    case "create-snapshot":
      if (foreseen.count < MOST_SNAPSHOTS) return null;
      return refuse(
        "state_forbids",
        `create-snapshot is not available: ${target.name} has ${foreseen.count} snapshots by then, and ${MOST_SNAPSHOTS} is the most`,
        null,
        "Delete a snapshot that is no longer needed, or wait until one expires.",
      );
    case "disable-monitoring-instance":
      if (target.environment !== "PRODUCTION" || item.options.noMonitoringReason) return null;
      return refuse(
        "invalid_field_value",
        "a PRODUCTION instance goes without monitoring only for a stated reason",
        "options.noMonitoringReason",
        "Say why in options.noMonitoringReason.",
      );
    case "recover-snapshot":
    case "delete-snapshot":
      if (foreseen.snapshots.has(item.options.snapshot)) return null;
      return refuse("invalid_field_value", `the instance has no snapshot ${item.options.snapshot} by then`, "options.snapshot");
    case "delete-instance":
      if (aliases.length === 0) return null;
      return refuse(
        "state_forbids",
        `delete-instance is not available in a plan: ${aliases.join(", ")} would go with ${target.name}, which is signed by itself`,
        null,
        "Delete the aliases first, or delete the instance by itself: what is signed then names them.",
      );
    default:
      return null;
  }
}

function refuse(code: Refusal["code"], what: string, field: string | null = null, change?: string): Wrong {
  return { decision: { allow: false, code, reason: `${what}.`, ...(change && { change }) }, field };
}

/** The state to which an item leads when it succeeds. */
function after(item: PlanItem, before: Foreseen): Foreseen {
  const { to } = transitionOf(item.label);
  const status = to === "same" ? before.status : to;
  switch (item.label) {
    case "resize-compute-instance":
      return { ...before, status, sizing: item.options.resourceId };
    case "enable-monitoring-instance":
    case "disable-monitoring-instance":
      return { ...before, status, monitored: item.label === "enable-monitoring-instance" };
    case "create-snapshot":
      return { ...before, status, count: before.count + 1 };
    case "delete-snapshot":
      return {
        ...before,
        status,
        count: before.count - 1,
        snapshots: new Set([...before.snapshots].filter((name) => name !== item.options.snapshot)),
      };
    default:
      return { ...before, status };
  }
}
