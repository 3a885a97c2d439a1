/** Having an instance monitored, and no longer: why not, and the acts as they are asked. */
import type { Actor } from "../../worker/contract/actor.ts";
import type { MonitoringAct } from "../../worker/contract/lifecycle.ts";
import { can } from "../can.ts";
import { t } from "../messages/index.svelte.ts";
import { refusalWords, type Availability } from "../messages/refusals.ts";
import type { ActRequest } from "./acting.svelte.ts";
import type { Act } from "./ask.ts";

type Instance = ActRequest["instance"];

/** Why not, and what would change it; both null when it is available. */
export function monitoringAvailability(label: MonitoringAct, instance: Instance, actor: Actor): Availability {
  const target = { ...instance, kind: "resource" } as const;
  return refusalWords(can(label, actor, target), label, actor, target) ?? { reason: null, change: null };
}

export function enableMonitoring(
  instance: Instance,
  options: { alertingEnabled: boolean; onCallSupervision: boolean },
): Act<"enable-monitoring-instance"> {
  return { ...commonOf("enable-monitoring-instance", instance), label: "enable-monitoring-instance", body: { options } };
}

export function disableMonitoring(instance: Instance, noMonitoringReason: string | undefined): Act<"disable-monitoring-instance"> {
  return { ...commonOf("disable-monitoring-instance", instance), label: "disable-monitoring-instance", body: { options: { noMonitoringReason } } };
}

function commonOf(label: MonitoringAct, instance: Instance) {
  const words = t().instance;
  const { id, etag, environment, name, cloudName, serviceName } = instance;
  const facts: [string, string][] = [
    [words.cloud, cloudName],
    [words.service, serviceName],
    [words.environment, t().resources.environments[environment] ?? environment],
  ];
  return { params: { instance: id }, etag, on: id, environment, about: { name, facts, effect: words.effects[label] } };
}
