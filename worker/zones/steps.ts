/** What a zone's engine is asked for, one step after the other, to run an operation. Pure. */
import { isSnapshotAct, type ResourceAct } from "../contract/lifecycle.ts";
import type { Effect, InstanceSpec, Verb } from "./engine.ts";

export interface Step {
  verb: Verb;
  /** Part of the step before, which is half done without it: begun even when the operation's time is over. */
  completes?: true;
}

export const steps = {
  "create-instance": [{ verb: "create" }, { verb: "start" }],
  "start-instance": [{ verb: "start" }],
  "stop-instance": [{ verb: "stop" }],
  "reset-instance": [{ verb: "reset" }],
  "resize-compute-instance": [{ verb: "resize" }, { verb: "confirm-resize", completes: true }],
  "delete-instance": [{ verb: "delete" }],
  "create-snapshot": [{ verb: "snapshot" }],
  "recover-snapshot": [{ verb: "restore" }],
  "delete-snapshot": [{ verb: "delete-snapshot" }],
} as const satisfies Record<ResourceAct, readonly Step[]>;

export function stepsOf(label: ResourceAct): readonly Step[] {
  return steps[label];
}

/** The idempotency key of a step: the same for every attempt, and whoever makes it. */
export function keyOf(operationId: number, step: number): string {
  return `${operationId}/${step}`;
}

/**
 * The effect of one step.
 * @param parameters the operation's own: for `create-instance` the whole instance, for `resize-compute-instance` the new `cpu` and `ram`, for the acts on
 *   snapshots the id of the one, as `snapshot`
 */
export function effectOf(
  operation: { id: number; label: ResourceAct; instanceId: number; parameters: unknown },
  step: number,
  fence: number,
): Effect {
  const { verb } = stepsOf(operation.label)[step]!;
  const effect: Effect = { key: keyOf(operation.id, step), fence, verb, instanceId: operation.instanceId };
  if (verb === "create") return { ...effect, spec: operation.parameters as InstanceSpec };
  if (verb === "resize") {
    const { cpu, ram } = operation.parameters as { cpu: number; ram: number };
    return { ...effect, spec: { cpu, ram } };
  }
  if (isSnapshotAct(operation.label)) return { ...effect, spec: { snapshotId: (operation.parameters as { snapshot: number }).snapshot } };
  return effect;
}
