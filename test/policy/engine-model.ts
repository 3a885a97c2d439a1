/**
 * What an engine's verbs need and do, for the simulation: as little as the controller's brain can tell apart. A new verb does not compile until it stands
 * here, and then every label whose steps use it is drawn.
 */
import { isCreation, transitionOf, type ResourceAct } from "../../worker/contract/lifecycle.ts";
import type { Observed } from "../../worker/contract/observed.ts";
import type { Status } from "../../worker/contract/resource-types.ts";
import type { Kind, Verb } from "../../worker/zones/engine.ts";
import { kindOf } from "../../worker/zones/steps.ts";

/** One thing in the zone; null: it is not there. */
export interface Thing {
  power: "on" | "off";
  cpu: number;
  /** A resize waits to be confirmed. */
  resized: boolean;
  /** Snapshots by id. */
  snapshots: readonly number[];
  monitored: boolean;
  /** Names. */
  records: readonly string[];
  /** A load balancer's: a member, that gets no new clients, and a host. */
  member?: boolean;
  host?: boolean;
}

interface Model {
  /** Whether the engine will do it; else it refuses. */
  needs(thing: Thing | null): boolean;
  does(thing: Thing): Thing | null;
}

const SNAPSHOT = 3;
const NAME = "www.cloud.itcare.example";
const fresh: Thing = { power: "off", cpu: 2, resized: false, snapshots: [], monitored: false, records: [] };

/** For what is there: it must be so, and becomes so. */
const on = (needs: (thing: Thing) => boolean, does: (thing: Thing) => Partial<Thing> | null): Model => ({
  needs: (thing) => thing !== null && needs(thing),
  does: (thing) => {
    const changed = does(thing);
    return changed && { ...thing, ...changed };
  },
});
const anew: Model = { needs: (thing) => thing === null, does: () => fresh };
const isOn = ({ power }: Thing) => power === "on";
const isOff = ({ power }: Thing) => power === "off";
const hasSnapshot = ({ snapshots }: Thing) => snapshots.includes(SNAPSHOT);

export const models: Record<Verb, Model> = {
  create: anew,
  start: on(isOff, () => ({ power: "on" })),
  stop: on(isOn, () => ({ power: "off" })),
  reset: on(isOn, () => ({})),
  resize: on(
    ({ resized }) => !resized,
    () => ({ cpu: 4, resized: true }),
  ),
  "confirm-resize": on(
    ({ resized }) => resized,
    () => ({ resized: false }),
  ),
  delete: on(isOff, () => null),
  snapshot: on(
    (thing) => !hasSnapshot(thing),
    ({ snapshots }) => ({ snapshots: [...snapshots, SNAPSHOT] }),
  ),
  restore: on(hasSnapshot, () => ({})),
  "create-balancer": anew,
  "start-balancer": on(isOff, () => ({ power: "on" })),
  "stop-balancer": on(isOn, () => ({ power: "off" })),
  "delete-balancer": on(isOff, () => null),
  "supervise-balancer": on(
    () => true,
    () => ({}),
  ),
  "put-member": on(
    ({ member }) => !member,
    () => ({ member: true }),
  ),
  "drain-member": on(
    ({ member }) => member === true,
    () => ({}),
  ),
  "set-member": on(
    ({ member }) => member === true,
    () => ({}),
  ),
  "remove-member": on(
    ({ member }) => member === true,
    () => ({ member: false }),
  ),
  "put-host": on(
    ({ host }) => !host,
    () => ({ host: true }),
  ),
  "remove-host": on(
    ({ host }) => host === true,
    () => ({ host: false }),
  ),
  "delete-snapshot": on(hasSnapshot, ({ snapshots }) => ({ snapshots: snapshots.filter((id) => id !== SNAPSHOT) })),
  monitor: on(
    () => true,
    () => ({ monitored: true }),
  ),
  unmonitor: on(
    ({ monitored }) => monitored,
    () => ({ monitored: false }),
  ),
  "create-record": on(
    ({ records }) => !records.includes(NAME),
    ({ records }) => ({ records: [...records, NAME] }),
  ),
  "delete-records": on(
    () => true,
    ({ records }) => ({ records: records.filter((name) => name !== NAME) }),
  ),
};

/** What is there before an act, beside the power that its status says. */
const before: Partial<Record<ResourceAct, Partial<Thing>>> = {
  "recover-snapshot": { snapshots: [SNAPSHOT] },
  "delete-snapshot": { snapshots: [2, SNAPSHOT] },
  "disable-monitoring-instance": { monitored: true },
  "delete-dns": { records: [NAME, "other.cloud.itcare.example"] },
  "delete-dns-lb": { records: [NAME, "other.cloud.itcare.example"] },
  "delete-instance": { records: [NAME] },
  "delete-lb": { records: [NAME] },
  "delete-member-lb": { member: true },
  "update-member-state": { member: true },
  "delete-url-lb": { host: true, records: [NAME] },
};

export function thingBefore(label: ResourceAct, status: Status): Thing | null {
  return isCreation(label) ? null : { ...fresh, power: status === "ACTIVE" ? "on" : "off", ...before[label] };
}

/** How a thing of each kind is observed. */
const observations: Record<Kind, (thing: Thing) => Observed> = {
  balancer: ({ power }) => ({
    kind: "balancer",
    resourceId: 1,
    enabled: power === "on",
    supervised: false,
    ipAddress: "10.0.0.250",
    hosts: [],
    members: [],
  }),
  instance: ({ power, cpu, snapshots, monitored }) => ({
    kind: "instance",
    resourceId: 1,
    power,
    cpu,
    ram: 4,
    disks: [40],
    ipAddress: "10.0.0.10",
    fileSystems: [],
    snapshots: snapshots.map((id) => ({ id, size: 4 })),
    backup: null,
    replicated: false,
    monitoring: monitored ? { alerting: false, onCall: false } : null,
  }),
  records: ({ records }) => ({ kind: "records", resourceId: 1, records: records.map((name) => ({ name, address: "10.0.0.10" })) }),
};

export function observed(label: ResourceAct, thing: Thing | null): Observed | null {
  return thing && observations[kindOf(label)](thing);
}

/** What the books must say of it. */
export function truth(label: ResourceAct, thing: Thing | null): Status | "gone" {
  if (thing) return thing.power === "on" ? "ACTIVE" : "INACTIVE";
  return isCreation(label) || transitionOf(label).to === "gone" ? "gone" : "INACTIVE";
}
