import { changeResource } from "../../../db/region/write/change.ts";
import { withinQuotas } from "../../../db/region/write/quotas.ts";
import type { Handler } from "../../gate/context.ts";
import { staleRevision } from "../../gate/precondition.ts";
import { quotaOr } from "../quotas/require.ts";
import { openOperation } from "../resources/open-operation.ts";
import { newSnapshot } from "./new-snapshot.ts";

const one = { snapshots: 1 };

/** Keeps what the instance's disks hold; the snapshot has the id of the operation that makes it. */
export const createSnapshot: Handler<"create-snapshot"> = (permit, input, context) =>
  openOperation(permit, input, (id) => newSnapshot(id, input.body), context, {
    write: (database, act) => changeResource(database, permit, act, withinQuotas(permit.target.cloudId, one)),
    lost: () => quotaOr(context.env, permit.target, one, () => staleRevision(permit.target.revision)),
  });
