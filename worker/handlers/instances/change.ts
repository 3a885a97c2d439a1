/** Starting, stopping, resetting, resizing and deleting are one thing here: an operation is opened on the instance; the zone does the rest. */
import type { Handler } from "../../gate/context.ts";
import { openOperation } from "../resources/open-operation.ts";

export const startInstance: Handler<"start-instance"> = (permit, input, context) => openOperation(permit, input, {}, context);
export const stopInstance: Handler<"stop-instance"> = (permit, input, context) => openOperation(permit, input, {}, context);
export const resetInstance: Handler<"reset-instance"> = (permit, input, context) => openOperation(permit, input, {}, context);
export const resizeInstance: Handler<"resize-compute-instance"> = (permit, input, context) =>
  openOperation(permit, input, { ...input.prepared }, context);

export const deleteInstance: Handler<"delete-instance"> = (permit, input, context) =>
  openOperation(permit, input, { aliases: input.prepared.aliases }, context);
