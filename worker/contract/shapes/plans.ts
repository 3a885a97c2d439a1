/** Plans: several acts on one resource as one ordered list. An item says what the act itself would be asked with. */
import * as z from "zod";
import { LEAST_ITEMS, MOST_ITEMS, type PlanLabel } from "../plans.ts";
import { action, changeReference, id, type Shape } from "./common.ts";
import { resizeOptions } from "./instances.ts";
import { memberChange } from "./load-balancers.ts";
import { monitoringOptions, unmonitoredOptions } from "./monitoring.ts";
import { snapshotOptions } from "./snapshots.ts";

const nothing = z.object({}).strict().optional();
const kept = z.object({ snapshot: z.string().max(40).describe("As the list of snapshots names it: 123-snap-42") }).strict();

/** What is wanted of the instance as a member of one of the load balancers that it serves behind. */
const there = z.object({ loadbalancer: id.describe("The load balancer; the member is the instance that the plan is for"), ...memberChange }).strict();

/** What each act takes as its options: of the body, and what its path would name. */
const optionsOf = {
  "start-instance": nothing,
  "stop-instance": nothing,
  "reset-instance": nothing,
  "resize-compute-instance": resizeOptions,
  "create-snapshot": snapshotOptions.prefault({}),
  "recover-snapshot": kept,
  "delete-snapshot": kept,
  "enable-monitoring-instance": monitoringOptions.prefault({}),
  "disable-monitoring-instance": unmonitoredOptions.prefault({}),
  "delete-instance": nothing,
  "update-member-state": there,
} as const satisfies Record<PlanLabel, z.ZodType>;

const itemOf = <L extends PlanLabel>(label: L) => z.object({ label: z.literal(label), options: optionsOf[label], changeReference }).strict();

const item = z.discriminatedUnion(
  "label",
  [
    itemOf("start-instance"),
    itemOf("stop-instance"),
    itemOf("reset-instance"),
    itemOf("resize-compute-instance"),
    itemOf("create-snapshot"),
    itemOf("recover-snapshot"),
    itemOf("delete-snapshot"),
    itemOf("enable-monitoring-instance"),
    itemOf("disable-monitoring-instance"),
    itemOf("delete-instance"),
    itemOf("update-member-state"),
  ],
  { error: () => `an act that a plan may hold: ${Object.keys(optionsOf).join(", ")}` },
);
export type PlanItem = z.infer<typeof item>;

export const planShapes = {
  "run-plan": {
    body: z
      .object({ items: z.array(item).min(LEAST_ITEMS).max(MOST_ITEMS).describe("Run in this order, until the first failure"), changeReference })
      .strict(),
    answer: action,
    status: 202,
  },
} as const satisfies Record<string, Shape>;
