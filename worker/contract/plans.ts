/**
 * Plans: several acts on one resource, signed once as an ordered list, run in order, stopped at the first failure. Each item is decided by its own row,
 * in the state to which the items before it lead. Pure: the gate, the console's builder and the tests judge a plan by the same function.
 */
import type { Actor, ResourceTarget } from "./actor.ts";
import { rowOf } from "./actions.ts";
import { decideRight, decideState, type Decision, type Refusal } from "./decide.ts";
import { transitionOf, type ResourceAct } from "./lifecycle.ts";
import type { MemberState } from "./load-balancers.ts";
import type { Status } from "./resource-types.ts";
import type { PlanItem } from "./shapes/plans.ts";
import { MOST_SNAPSHOTS } from "./snapshots.ts";

/** One act alone is asked for by itself. */
export const LEAST_ITEMS = 2;
export const MOST_ITEMS = 50;

/** The acts that a plan may hold: all on the instance itself, but for those on the load balancers that it serves behind. */
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
  "update-member-state",
] as const satisfies ResourceAct[];
export type PlanLabel = (typeof planLabels)[number];

/** The act of an item that is about another thing than its plan. It takes this thing only when its turn has come, and waits until it is free. */
export const ELSEWHERE = "update-member-state" satisfies PlanLabel;

export function isElsewhere(label: string): boolean {
  return label === ELSEWHERE;
}

/** The instance as a member of one load balancer. */
export interface PlanMember {
  balancer: { id: number; name: string; cloudId: number; status: Status };
  port: number;
  state: MemberState;
  /** Whether it is being added, changed or removed at this moment. */
  changing: boolean;
  /** What stops serving there without the instance, as a sentence; null: enough is left. */
  outage: string | null;
}

/** What is known of the resource beside its columns, and that items depend on. */
export interface PlanFacts<Member extends PlanMember = PlanMember> {
  sizing: string | null;
  /** The names of the snapshots that are there. */
  snapshots: readonly string[];
  /** Its names, which would go with it. */
  aliases: readonly string[];
  /** What it serves behind: one for each balancer and port. */
  members: readonly Member[];
}

/** What is found about one item. */
export interface Verdict<Member extends PlanMember = PlanMember> {
  decision: Decision;
  /** The field of the item that is wrong, when it is one: `options.resourceId`. */
  field: string | null;
  /** The resource as the item will find it. */
  target: ResourceTarget;
  /** Of an item on a load balancer: as which member of it. */
  member: Member | null;
}

interface Foreseen {
  status: Status | "gone";
  monitored: boolean;
  sizing: string | null;
  snapshots: ReadonlySet<string>;
  /** How many snapshots there are, those of the plan included. */
  count: number;
  /** What is wanted of it as a member. */
  states: ReadonlyMap<PlanMember, MemberState>;
}

/** One verdict for each item, in order. Whether the resource is free now is the plan's own question, not an item's. */
export function judgePlan<Member extends PlanMember>(
  items: readonly PlanItem[],
  actor: Actor,
  target: ResourceTarget,
  facts: PlanFacts<Member>,
): Verdict<Member>[] {
  const { status, monitored } = target;
  let foreseen: Foreseen = {
    status,
    monitored,
    sizing: facts.sizing,
    snapshots: new Set(facts.snapshots),
    count: facts.snapshots.length,
    states: new Map(facts.members.map((member) => [member, member.state])),
  };
  return items.map((item) => {
    const itself: ResourceTarget = {
      ...target,
      status: foreseen.status === "gone" ? target.status : foreseen.status,
      monitored: foreseen.monitored,
      openOperation: null,
    };
    const named = membersNamed(item, facts.members);
    const member = named.length === 1 ? named[0]! : null;
    const then = member ? balancerOf(member, itself) : itself;
    const right = decideRight(item.label, actor, then);
    const found = wrong(item, itself, foreseen, facts) ?? wrongThere(item, itself, then, named, foreseen);
    // What somebody else may is judged on: the items after it stand or fall by themselves.
    if (!found) foreseen = after(item, foreseen, member);
    const decision = right.allow ? (found?.decision ?? right) : right;
    return { decision, field: right.allow ? (found?.field ?? null) : null, target: then, member };
  });
}

/** As which members the item names the instance: by several ports when it names none. */
function membersNamed<Member extends PlanMember>(item: PlanItem, members: readonly Member[]): Member[] {
  if (item.label !== "update-member-state") return [];
  const { loadbalancer, port = null } = item.options;
  return members.filter((member) => member.balancer.id === loadbalancer && (port === null || member.port === port));
}

function balancerOf({ balancer }: PlanMember, instance: ResourceTarget): ResourceTarget {
  return { ...instance, ...balancer, family: "LOAD_BALANCER", category: "LOAD_BALANCER", zone: null };
}

interface Wrong {
  decision: Refusal;
  field: string | null;
}

/** Why the item cannot be done in that state, or null. */
function wrong(item: PlanItem, target: ResourceTarget, foreseen: Foreseen, { aliases, members }: PlanFacts): Wrong | null {
  const { label } = item;
  const category = isElsewhere(label) ? "INSTANCE" : rowOf(label).category;
  if (category !== target.category) return refuse("invalid_field_value", `${label} is no act on a resource of this category`, "label");
  if (foreseen.status === "gone") return refuse("state_forbids", `${label} is not available: the plan has deleted ${target.name} by then`);
  const state = isElsewhere(label) ? null : decideState(label, target);
  if (state && !state.allow) return { decision: state, field: null };
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
      if (members.length > 0) {
        return refuse(
          "state_forbids",
          `delete-instance is not available: ${target.name} is a member of ${members.map(({ balancer, port }) => `${balancer.name} (port ${port})`).join(", ")}`,
          null,
          "Remove it from there first (delete_member), then delete it.",
        );
      }
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

/** Why what an item wants of the instance as a member cannot be had, or null. */
function wrongThere(
  item: PlanItem,
  instance: ResourceTarget,
  balancer: ResourceTarget,
  named: readonly PlanMember[],
  foreseen: Foreseen,
): Wrong | null {
  if (item.label !== "update-member-state") return null;
  const { port, state, acceptOutage } = item.options;
  const [member] = named;
  const by = port === undefined ? "" : ` by port ${port}`;
  if (!member) return refuse("invalid_field_value", `${instance.name} is no member of this load balancer${by}`, "options.loadbalancer");
  if (named.length > 1) {
    const ports = named.map((one) => one.port).join(", ");
    return refuse("invalid_field_value", `${instance.name} is a member of ${member.balancer.name} by the ports ${ports}; name one`, "options.port");
  }
  const allowed = decideState(item.label, balancer);
  if (!allowed.allow) return { decision: allowed, field: null };
  if (member.changing) {
    const what = `${instance.name} is still being changed as a member of ${balancer.name}`;
    return refuse("operation_in_progress", what, null, "Wait until that has ended.");
  }
  if (foreseen.states.get(member) === state)
    return refuse("invalid_field_value", `${instance.name} is ${state} at ${balancer.name} already by then`, "options.state");
  if (state === "enabled" || !member.outage || acceptOutage || servesOtherwise(member, foreseen)) return null;
  return refuse(
    "outage_not_accepted",
    `${instance.name} at ${balancer.name}: ${member.outage.replace(/\.$/, "")}`,
    "options.acceptOutage",
    "Have another member serve first, or say acceptOutage: true in the item's options.",
  );
}

/** By another port the instance still serves there then. */
function servesOtherwise(member: PlanMember, { states }: Foreseen): boolean {
  return [...states].some(
    ([other, state]) => other !== member && other.balancer.id === member.balancer.id && other.outage !== null && state === "enabled",
  );
}

function refuse(code: Refusal["code"], what: string, field: string | null = null, change?: string): Wrong {
  return { decision: { allow: false, code, reason: `${what}.`, ...(change && { change }) }, field };
}

/** The state to which an item leads when it succeeds. */
function after(item: PlanItem, before: Foreseen, member: PlanMember | null): Foreseen {
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
    case "update-member-state":
      return { ...before, states: new Map(before.states).set(member!, item.options.state) };
    default:
      return { ...before, status };
  }
}
