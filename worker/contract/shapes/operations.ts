/** Actions: what was asked of a zone and what became of it; reference: itcare-api.md, "Asynchronous actions". */
import * as z from "zod";
import { action, commaList, id, pageOf, pageQuery, type Shape } from "./common.ts";
import type { DirectAct, ResourceAct } from "../lifecycle.ts";

export const actionStatuses = ["SUCCESS", "IN_PROGRESS", "ERROR"] as const;
export type ActionStatus = (typeof actionStatuses)[number];

/** The API's code of what an operation does. `vm_create_snapshot` and `vm_delete_snapshot` are documented; the others follow their form. */
export const processes = {
  "create-instance": "vm_create",
  "start-instance": "vm_start",
  "stop-instance": "vm_stop",
  "reset-instance": "vm_reset",
  "resize-compute-instance": "vm_resize",
  "delete-instance": "vm_delete",
  "create-snapshot": "vm_create_snapshot",
  "recover-snapshot": "vm_recover_snapshot",
  "delete-snapshot": "vm_delete_snapshot",
  "enable-monitoring-instance": "vm_enable_monitoring",
  "disable-monitoring-instance": "vm_disable_monitoring",
  "create-dns": "vm_create_dns",
  "delete-dns": "vm_delete_dns",
  "run-plan": "run_plan",
  "create-service": "service_create",
  "update-service": "service_update",
  "delete-service": "service_delete",
  "move-resource": "resource_move",
  "update-tags": "resource_update_tags",
  "update-resource": "resource_update",
  "create-lb": "lb_create",
  "start-lb": "lb_start",
  "stop-lb": "lb_stop",
  "delete-lb": "lb_delete",
  "enable-monitoring-lb": "lb_enable_monitoring",
  "disable-monitoring-lb": "lb_disable_monitoring",
  "add-member-lb": "lb_add_member",
  "delete-member-lb": "lb_delete_member",
  "update-member-state": "lb_update_member_state",
  "add-url-lb": "lb_add_url",
  "delete-url-lb": "lb_delete_url",
  "create-dns-lb": "lb_create_dns",
  "delete-dns-lb": "lb_delete_dns",
} as const satisfies Record<ResourceAct | DirectAct | "run-plan", string>;

const listActions = z
  .object({
    resourceName: z.string().trim().min(1).max(253).optional().describe("The resource's whole name; upper and lower case are alike"),
    resourceId: z.coerce.number().pipe(id).optional(),
    serviceId: z.coerce.number().pipe(id).optional(),
    statuses: commaList.pipe(z.array(z.enum(actionStatuses))).optional(),
    requestId: z.coerce.number().pipe(id).optional().describe("The action's own id"),
    size: z.coerce.number().int().min(1).max(200).default(100).describe("How many at most, the newest first"),
    partial: z.stringbool().default(false).describe("Answer without the regions that are away, which `ITCare-Missing-Regions` names, instead of 503"),
  })
  .strict();
export type ListActions = z.infer<typeof listActions>;

const history = z.object({
  ...pageQuery,
  size: z.coerce.number().int().min(1).max(200).default(20),
  sort: z.literal("submittedAt,desc").optional().describe("The newest first; there is no other order"),
});

const historyItem = action.extend({ duration: z.int().nullable().describe("Seconds from the asking to the end; null while it runs") });
export type HistoryItem = z.infer<typeof historyItem>;

export const operationShapes = {
  "read-history": {
    query: history.strict(),
    answer: pageOf(historyItem).extend({
      totalIsLowerBound: z
        .literal(true)
        .optional()
        .describe("Present when there are more than `totalElements`, and counting all would cost too much"),
    }),
    status: 200,
  },
  "list-actions": { query: listActions, answer: z.array(action), status: 200 },
  "read-action": { answer: action, status: 200 },
  "cancel-action": {
    body: z.object({ operation: z.literal("cancel"), options: z.object({}).strict().optional() }).strict(),
    answer: action,
    status: 202,
  },
} as const satisfies Record<string, Shape>;
