import { MustHitOne } from "../../../db/commit.ts";
import { toAction } from "../../../db/region/read/operations.ts";
import { cancelOperation, cancelledRow } from "../../../db/region/write/cancel.ts";
import { readOpenOperation } from "../../../db/region/write/outcome.ts";
import type { Json } from "../../contract/operation.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { notifyLog } from "../../log/notify.ts";
import { askRegion, databaseOf, regionOfId } from "../../routing/regions.ts";
import { dryRunAnswer, isUnspent, rememberedBy, spent } from "../resources/accepted.ts";

/** Takes back what no zone has begun. Whoever may ask for an act may also cancel it. */
export const cancelAction: Handler<"cancel-action"> = async (permit, input, { env, waitUntil }) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { id, organizationId } = permit.target;
  const database = databaseOf(env, id);
  return askRegion(regionOfId(id)!, async () => {
    const open = await readOpenOperation(database, id);
    if (!open) throw alreadyStarted();
    const action = toAction(cancelledRow(permit, open));
    try {
      await cancelOperation(database, permit, open, (input.body ?? null) as Json, rememberedBy(input, action));
    } catch (error) {
      if (error instanceof MustHitOne) throw (await isUnspent(permit, database)) ? alreadyStarted() : spent();
      throw error;
    }
    waitUntil(notifyLog(env, organizationId));
    return Response.json(action, { status: 202 });
  });
};

function alreadyStarted(): Problem {
  return new Problem("already_started", { detail: "Its first step has begun, or it has ended; it can no longer be cancelled." });
}
