import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import type { Env } from "../../env.ts";
import { lacksState } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import { keptOf } from "../instances/kept.ts";

/** @throws Problem("state_forbids") when it is monitored in just this way already */
export async function planMonitored(
  _actor: Actor,
  { id, monitored }: ResourceTarget,
  { options }: Inputs["enable-monitoring-instance"]["body"],
  env: Env,
): Promise<null> {
  if (!monitored) return null;
  const { alertingEnabled, onCallSupervision } = await keptOf(env, id);
  if (options.alertingEnabled !== alertingEnabled || options.onCallSupervision !== onCallSupervision) return null;
  throw new Problem("state_forbids", {
    detail: "enable-monitoring-instance is not available: it is monitored in just this way already.",
    change: "Ask for another options.alertingEnabled or options.onCallSupervision.",
    missing: [lacksState("monitored like this", ["monitored otherwise"], { kind: "ask-otherwise", field: "options.alertingEnabled" })],
  });
}

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
