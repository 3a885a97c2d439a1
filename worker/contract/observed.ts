/** What a zone's engine says is really there. */
import type { Monitoring } from "./protection.ts";
import type { FileSystem } from "./shapes/instance-attributes.ts";

/** By kind. */
export type Observed = ObservedInstance | ObservedRecords;

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
