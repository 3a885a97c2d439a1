/** Starting, stopping, resetting, resizing and deleting are one thing here: an operation is opened on the instance; the zone does the rest. */
import { changeResource } from "../../../db/region/write/change.ts";
import { claim, withinQuotas } from "../../../db/region/write/quotas.ts";
import type { Handler } from "../../gate/context.ts";
import { staleRevision } from "../../gate/precondition.ts";
import { quotaOr } from "../quotas/require.ts";
import { openOperation } from "../resources/open-operation.ts";

export const startInstance: Handler<"start-instance"> = (permit, input, context) => openOperation(permit, input, {}, context);
export const stopInstance: Handler<"stop-instance"> = (permit, input, context) => openOperation(permit, input, {}, context);
export const resetInstance: Handler<"reset-instance"> = (permit, input, context) => openOperation(permit, input, {}, context);

/** While it is resized it counts as the larger of its two sizes; one that becomes no larger claims nothing. */
export const resizeInstance: Handler<"resize-compute-instance"> = (permit, input, context) => {
  const { wanted, ...size } = input.prepared;
  const { id, cloudId, revision } = permit.target;
  const within = withinQuotas(cloudId, wanted);
  const claims = within.length > 0 ? [claim(id, { cpu: size.cpu, ram: size.ram }), ...within] : [];
  return openOperation(permit, input, size, context, {
    write: (database, act) => changeResource(database, permit, act, claims),
    lost: () => quotaOr(context.env, permit.target, wanted, () => staleRevision(revision)),
  });
};

export const deleteInstance: Handler<"delete-instance"> = (permit, input, context) =>
  openOperation(permit, input, { aliases: input.prepared.aliases }, context);
