/**
 * What the product asks of an availability zone's infrastructure. An engine never decides rights. Effects are asked with an idempotency key: asking
 * twice is one effect. Effects and polls carry a fencing token: the engine remembers the highest for every operation and does nothing for a lower
 * one, so neither a controller that was thought dead nor a request that comes late can act. Real engines (OpenStack, Incus) stand behind the same
 * interface.
 */
import type { Domain } from "../contract/domains.ts";
import type { Observed, ObservedName } from "../contract/observed.ts";
import type { MemberState, Mode, Protocol } from "../contract/load-balancers.ts";
import type { Zone } from "../contract/topology.ts";
import type { Monitoring } from "../contract/protection.ts";

/** What an engine can be asked to do, and the kind of thing it does it to. */
export const verbs = {
  create: "instance",
  start: "instance",
  stop: "instance",
  reset: "instance",
  resize: "instance",
  "confirm-resize": "instance",
  delete: "instance",
  snapshot: "instance",
  restore: "instance",
  "delete-snapshot": "instance",
  monitor: "instance",
  unmonitor: "instance",
  "create-record": "records",
  "delete-records": "records",
  "create-balancer": "balancer",
  "start-balancer": "balancer",
  "stop-balancer": "balancer",
  "delete-balancer": "balancer",
  "supervise-balancer": "balancer",
  "put-member": "balancer",
  "drain-member": "balancer",
  "set-member": "balancer",
  "remove-member": "balancer",
  "put-host": "balancer",
  "remove-host": "balancer",
} as const;
export type Verb = keyof typeof verbs;
export type Kind = (typeof verbs)[Verb];

export interface InstanceSpec {
  name: string;
  productCode: string;
  cpu: number;
  /** GB */
  ram: number;
  /** GB, by disk; the first holds the system. */
  disks: number[];
  networkId: number;
  cidr: string;
  sshKeys: string[];
  /** The policy that it is backed up by; null: none. */
  backup: string | null;
  /** Whether a replica is kept in the other building of the region. */
  replicated: boolean;
  /** Null: not monitored. */
  monitoring: Monitoring | null;
}

export interface BalancerSpec {
  name: string;
  listener: {
    protocol: Protocol;
    port: number;
    mode: Mode;
    persistence: { default: string | null; fallback: string | null };
    redirect: boolean;
    rules: readonly string[];
  };
  monitor: { type: string; path: string | null; expected: number | null; interval: number; timeout: number; rise: number; fall: number };
  networkId: number;
  cidr: string;
  hosts: readonly HostSpec[];
  members: readonly MemberSpec[];
}

/** A name that it serves, and with which certificate. */
export interface HostSpec {
  host: string;
  certificate: string | null;
}

export interface MemberSpec extends WhichMember {
  zone: Zone;
  address: string;
  state: MemberState;
}

export interface WhichMember {
  instanceId: number;
  port: number;
}

/** A question about an effect. Its fence counts: after it, no request with a lower one does anything. */
export interface Question {
  /** The same for every attempt of the same step: `<operation id>/<step>`. */
  key: string;
  fence: number;
}

export interface Effect extends Question {
  verb: Verb;
  /** The resource that it is done to. */
  resourceId: number;
  /**
   * `create`: the whole instance. `resize`: the new `cpu` and `ram`. `snapshot`, `restore`, `delete-snapshot`: which one. `monitor`: how. Otherwise absent.
   * `create-record`: the record. `delete-records`: the names of those that are to go, or all of the resource's; one that is not there is gone already.
   * `create-balancer`: the whole balancer, stopped. `supervise-balancer`: whether. `put-member`: the member. `drain-member`: which one gets no new
   * clients, and is waited for until those that it has are gone, or a while has passed; `set-member`: what is wanted of it from now on. `put-host`,
   * `remove-host`: a name that it serves.
   * `restore` brings every disk back to what the snapshot holds; a running instance is stopped for it and started again.
   */
  spec?: Spec;
}

export type Spec =
  | InstanceSpec
  | { cpu: number; ram: number }
  | { snapshotId: number }
  | Monitoring
  | RecordSpec
  | { names: readonly string[] | "all" }
  | BalancerSpec
  | MemberSpec
  | WhichMember
  | (WhichMember & { state: MemberState })
  | HostSpec
  | { host: string }
  | { on: boolean };

/** An address record. Names end with a dot, as name servers have them. */
export interface RecordSpec {
  name: string;
  domain: Domain;
  address: string;
  /** In seconds. */
  ttl: number;
}

export type EffectState =
  | { state: "running" }
  | { state: "done"; observed: Observed | null }
  /** The engine will not do it, and nothing happened; the reason is for people. */
  | { state: "refused"; reason: string }
  /** The engine knows no effect with this key. */
  | { state: "absent" }
  /** Another has asked about this operation with a higher fence; nothing happened. */
  | { state: "fenced" };

/** What engines measure of an instance: percent of all its cores; bytes. */
export type Measure = "cpu" | "memory-used" | "memory";

/** As a range query of a metrics store asks: so many points, evenly over the time. */
export interface MetricsQuestion {
  resourceId: number;
  measures: readonly Measure[];
  /** ms since 1970 */
  from: number;
  to: number;
  points: number;
}

/** `at`, in ms since 1970, and the mean from there to the next one. Moments at which nothing was measured are not in it. */
export type Series = { at: number; value: number }[];

/** What an engine's backup system has kept of an instance. */
export interface Backups {
  system: string;
  /** The last one of each frequency of the policy. */
  last: readonly Backup[];
}

export interface Backup {
  /** As the policy names it. */
  frequency: string;
  /** ms since 1970 */
  at: number;
  /** GB */
  size: number;
}

/** The engine did not answer: whether the effect happened is unknown. Poll with the same key, or ask again. */
export class EngineUnreachable extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EngineUnreachable";
  }
}

export interface ZoneEngine {
  /** @throws EngineUnreachable */
  apply(effect: Effect): Promise<EffectState>;
  /** @throws EngineUnreachable */
  poll(question: Question): Promise<EffectState>;
  /** What is really there; null: no such thing. @throws EngineUnreachable */
  observe(resourceId: number, kind: Kind): Promise<Observed | null>;
  /** What was measured of a resource while it ran and was monitored; null: no such thing. @throws EngineUnreachable */
  metrics(question: MetricsQuestion): Promise<Partial<Record<Measure, Series>> | null>;
  /** What is kept of an instance by its backups; null: no such thing, or it is not backed up. @throws EngineUnreachable */
  backups(resourceId: number): Promise<Backups | null>;
  /** @throws EngineUnreachable */
  health(): Promise<{ healthy: boolean; instances: number }>;
}

/** The name server of a region: what it answers, which follows what its engine was asked for with a delay of its own. */
export interface NameServer {
  /** @throws EngineUnreachable */
  resolve(name: string, domain: Domain): Promise<ObservedName>;
}
