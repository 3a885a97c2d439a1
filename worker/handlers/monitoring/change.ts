import type { Handler } from "../../gate/context.ts";
import { openOperation } from "../resources/open-operation.ts";

/** The zone measures the instance from now on; alerts and calls only where they are asked for. */
export const enableMonitoring: Handler<"enable-monitoring-instance"> = (permit, input, context) => {
  const { alertingEnabled, onCallSupervision } = input.body.options;
  return openOperation(permit, input, { alerting: alertingEnabled, onCall: onCallSupervision }, context);
};

/** The zone no longer measures it, raises no alert and calls nobody. What was measured stays. */
export const disableMonitoring: Handler<"disable-monitoring-instance"> = (permit, input, context) =>
  openOperation(permit, input, { ...input.body.options }, context);
