/** What a zone's engine says is really there. */
import type { Monitoring } from "./protection.ts";
import type { MemberState, MemberStatus } from "./load-balancers.ts";
import type { FileSystem } from "./shapes/instance-attributes.ts";

/** By kind. */
export type Observed = ObservedInstance | ObservedRecords | ObservedBalancer;

export interface ObservedInstance {
  kind: "instance";
  resourceId: number;
  power: "on" | "off";
  cpu: number;
  ram: number;
  disks: number[];
  ipAddress: string;
  fileSystems: FileSystem[];
  snapshots: ObservedSnapshot[];
  /** The policy that it is backed up by; null: none. */
  backup: string | null;
  replicated: boolean;
  /** Null: not monitored. */
  monitoring: Monitoring | null;
}

export interface ObservedSnapshot {
  id: number;
  /** GB that it really takes. */
  size: number;
}

/** The address records of a resource, as the engine keeps them. */
export interface ObservedRecords {
  kind: "records";
  resourceId: number;
  /** Names without the final dot. */
  records: { name: string; address: string }[];
}

/** What a name server says of a name. */
export interface ObservedName {
  /** It, or a name below it, is there. */
  exists: boolean;
  addresses: readonly string[];
  /** Grows with every change of the domain. */
  serial: number;
}
/** A load balancer, and how its members do by its own health monitor. */
export interface ObservedBalancer {
  kind: "balancer";
  resourceId: number;
  enabled: boolean;
  /** Whether the provider's people are told when it fails. */
  supervised: boolean;
  ipAddress: string;
  hosts: string[];
  members: ObservedMember[];
}

export interface ObservedMember {
  instanceId: number;
  port: number;
  /** As the engine was told last. */
  state: MemberState;
  status: MemberStatus;
  /** Clients that it holds now. */
  connections: number;
  /** False: the last probes say something else than the status, which may change soon. */
  isSettled: boolean;
}
