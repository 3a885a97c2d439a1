/** Acts on a load balancer that is there: its region's own controller runs them. */
import type { Handler } from "../../gate/context.ts";
import { openOperation } from "../resources/open-operation.ts";

/** Whose controller runs it: the region's. */
const byRegion = { by: null };

export const startBalancer: Handler<"start-lb"> = (permit, input, context) => openOperation(permit, input, {}, context, byRegion);
export const stopBalancer: Handler<"stop-lb"> = (permit, input, context) => openOperation(permit, input, {}, context, byRegion);
export const deleteBalancer: Handler<"delete-lb"> = (permit, input, context) =>
  openOperation(permit, input, { hosts: input.prepared.hosts, aliases: input.prepared.aliases }, context, byRegion);

export const enableBalancerMonitoring: Handler<"enable-monitoring-lb"> = (permit, input, context) =>
  openOperation(permit, input, { on: true, ...input.body.options }, context, byRegion);
export const disableBalancerMonitoring: Handler<"disable-monitoring-lb"> = (permit, input, context) =>
  openOperation(permit, input, { on: false, ...input.body.options }, context, byRegion);
