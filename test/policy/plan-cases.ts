/** The plans that are simulated, and their operations as they are committed. */
import type { OperationRow } from "../../db/region/read/operations.ts";
import { isElsewhere, type PlanLabel } from "../../worker/contract/plans.ts";
import type { Progress } from "../../worker/zones/progress.ts";

const PLAN = 1;

/** Each can be done in its turn, while nothing comes in between. */
export const plans: readonly PlanLabel[][] = [
  ["update-member-state", "stop-instance", "create-snapshot", "resize-compute-instance", "start-instance", "update-member-state"],
  ["update-member-state", "reset-instance", "update-member-state"],
  ["stop-instance", "start-instance", "update-member-state", "stop-instance"],
  ["create-snapshot", "resize-compute-instance", "enable-monitoring-instance", "delete-snapshot"],
  ["stop-instance", "delete-instance"],
  ["recover-snapshot", "update-member-state", "disable-monitoring-instance", "update-member-state"],
];

export function rowOf(position: number, label: string, status: number, deadline: number): OperationRow {
  return {
    id: PLAN + position,
    organization_id: 1,
    cloud_id: 1,
    service_id: 1,
    resource_id: isElsewhere(label) ? 2 : 1,
    resource_name: "it",
    resource_type: 1,
    zone: isElsewhere(label) ? 0 : 1,
    label,
    status,
    message: null,
    parameters: "{}",
    change_reference: null,
    actor_kind: "person",
    actor_id: 1,
    actor_name: "Odile",
    created: 0,
    updated: 0,
    completed: null,
    deadline,
    fence: 0,
    step: 0,
    plan_id: position === 0 ? null : PLAN,
    position: position === 0 ? null : position,
  };
}

/** What the engine was asked to do for an item. */
export interface PlanEffect {
  item: number;
  verb: string;
  state: "running" | "done" | "refused";
  performed: number;
}

/** A controller at work on an item. */
export interface Hand {
  name: string;
  at: number;
  fence: number;
  dead: boolean;
  progress: Progress;
}
