/** What a zone's engine says is really there. */
import type { Monitoring } from "./protection.ts";
import type { FileSystem } from "./shapes/instance-attributes.ts";

/** By kind. */
export type Observed = ObservedInstance;

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
