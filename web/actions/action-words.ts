/** An action of the API in words: its process code back to the label, the label to a sentence. */
import type { Label } from "../../worker/contract/actions.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import { formatNumber, t } from "../messages/index.svelte.ts";

const labels: Readonly<Record<string, Label>> = {
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
  lb_create: "create-lb",
  lb_start: "start-lb",
  lb_stop: "stop-lb",
  lb_delete: "delete-lb",
  lb_enable_monitoring: "enable-monitoring-lb",
  lb_disable_monitoring: "disable-monitoring-lb",
  lb_add_member: "add-member-lb",
  lb_delete_member: "delete-member-lb",
  lb_update_member_state: "update-member-state",
  lb_add_url: "add-url-lb",
  lb_delete_url: "delete-url-lb",
  lb_create_dns: "create-dns-lb",
  lb_delete_dns: "delete-dns-lb",
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
  return labels[process] ?? process;
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
