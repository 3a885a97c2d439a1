import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import { Problem } from "../../gate/problem.ts";

/** @throws Problem("invalid_field_value") when a PRODUCTION resource would go without monitoring and nobody says why */
export async function planUnmonitored(
  _actor: Actor,
  { environment }: ResourceTarget,
  { options }: Inputs["disable-monitoring-instance" | "disable-monitoring-lb"]["body"],
): Promise<null> {
  if (environment !== "PRODUCTION" || options.noMonitoringReason) return null;
  const field = "options.noMonitoringReason";
  throw new Problem("invalid_field_value", {
    field,
    detail: `Error on field '${field}': a PRODUCTION resource goes without monitoring only for a stated reason.`,
    change: "Say why in options.noMonitoringReason.",
  });
}
