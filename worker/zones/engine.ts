/**
 * What the product asks of an availability zone's infrastructure. An engine never decides rights. Effects are asked with an idempotency key: asking
 * twice is one effect. They carry a fencing token: a lower one than the engine has seen for the same operation is refused, so a controller that was
 * thought dead cannot act. Real engines (OpenStack, Incus) stand behind the same interface.
 */
export type Verb = "create" | "start" | "stop" | "reset" | "resize" | "confirm-resize" | "delete";

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
}

export interface Effect {
  /** The same for every attempt of the same step: `<operation id>/<step>`. */
  key: string;
  fence: number;
  verb: Verb;
  instanceId: number;
  /** `create`: the whole instance. `resize`: the new `cpu` and `ram`. Otherwise absent. */
  spec?: InstanceSpec | { cpu: number; ram: number };
}

export type EffectState =
  | { state: "running" }
  | { state: "done"; instance: ObservedInstance | null }
  /** The engine will not do it, and nothing happened; the reason is for people. */
  | { state: "refused"; reason: string }
  /** The engine knows no effect with this key. */
  | { state: "absent" };

export interface FileSystem {
  mountingPoint: string;
  type: string;
  /** GB */
  size: number;
  free: number;
}

export interface ObservedInstance {
  instanceId: number;
  power: "on" | "off";
  cpu: number;
  ram: number;
  disks: number[];
  ipAddress: string;
  fileSystems: FileSystem[];
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
  poll(key: string): Promise<EffectState>;
  /** What is really there; null: no such instance. @throws EngineUnreachable */
  observe(instanceId: number): Promise<ObservedInstance | null>;
  /** @throws EngineUnreachable */
  health(): Promise<{ healthy: boolean; instances: number }>;
}
