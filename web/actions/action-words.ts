/** An action of the API in words: its process code back to the label, the label to a sentence. */
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { processes } from "../../worker/contract/shapes/operations.ts";
import { formatNumber, t } from "../messages/index.svelte.ts";

/** Types only from the shapes: their validators stay out of the console. */
const labels: { [Act in keyof typeof processes as (typeof processes)[Act]]: Act } = {
  vm_create: "create-instance",
  vm_start: "start-instance",
  vm_stop: "stop-instance",
  vm_reset: "reset-instance",
  vm_resize: "resize-compute-instance",
  vm_delete: "delete-instance",
  vm_create_snapshot: "create-snapshot",
  vm_recover_snapshot: "recover-snapshot",
  vm_delete_snapshot: "delete-snapshot",
  vm_create_dns: "create-dns",
  vm_delete_dns: "delete-dns",
  vm_enable_monitoring: "enable-monitoring-instance",
  vm_disable_monitoring: "disable-monitoring-instance",
  run_plan: "run-plan",
  service_create: "create-service",
  service_update: "update-service",
  service_delete: "delete-service",
  resource_move: "move-resource",
  resource_update_tags: "update-tags",
  resource_update: "update-resource",
};

/** The matrix's label; a process that this console does not know is its own name. */
export function labelOf({ process }: Pick<Action, "process">): string {
  return (labels as Record<string, string>)[process] ?? process;
}

/** "Stop srv-web-01" */
export function actWords(action: Pick<Action, "process" | "resourceName">): string {
  const label = labelOf(action);
  return t().signing.acts[label]?.(action.resourceName) ?? `${label} · ${action.resourceName}`;
}

/** "12 s", "3 min 20 s" */
export function durationWords(from: string, until: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(until) - Date.parse(from)) / 1000));
  const rest = `${formatNumber(seconds % 60)}\u00a0s`;
  return seconds < 60 ? rest : `${formatNumber(Math.floor(seconds / 60))}\u00a0min\u00a0${rest}`;
}
