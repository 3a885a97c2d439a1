import { MustHitOne } from "../../../db/commit.ts";
import { PLANNED, toAction, WAITING } from "../../../db/region/read/operations.ts";
import { readPlan } from "../../../db/region/read/plans.ts";
import { mayFreeNames } from "../../../db/region/write/aliases.ts";
import { cancelledPlan, cancelledRow, cancelOperation, cancelPlan } from "../../../db/region/write/cancel.ts";
import { readOpenOperation } from "../../../db/region/write/outcome.ts";
import type { Permit } from "../../contract/permit.ts";
import type { Action } from "../../contract/shapes/common.ts";
import type { Json } from "../../contract/operation.ts";
import type { Handler, Input } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { notifyLog } from "../../log/notify.ts";
import { letFreedGo } from "../../names/reservation.ts";
import { askRegion, databaseOf, regionOfId } from "../../routing/regions.ts";
import { dryRunAnswer, isUnspent, rememberedBy, spent } from "../resources/accepted.ts";

/** Takes back what no zone has begun. Whoever may ask for an act may also cancel it. */
export const cancelAction: Handler<"cancel-action"> = async (permit, input, { env, waitUntil }) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { id, organizationId, label } = permit.target;
  const database = databaseOf(env, id);
  return askRegion(regionOfId(id)!, async () => {
    if (label === "run-plan") {
      const action = await cancelRest(permit, input, database);
      waitUntil(notifyLog(env, organizationId));
      return Response.json(action, { status: 202 });
    }
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
    if (mayFreeNames(open)) waitUntil(letFreedGo(env, regionOfId(id)!, permit.now).catch(() => undefined));
    return Response.json(action, { status: 202 });
  });
};

/** How often a cancellation looks again at a plan that moves on under its eyes. */
const ATTEMPTS = 5;

/** Takes back what has not begun of a plan. */
async function cancelRest(permit: Permit<"cancel-action">, input: Input<"cancel-action">, database: D1Database): Promise<Action> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const rows = await readPlan(database, permit.target.id);
    if (!rows || rows.plan.status !== PLANNED || !rows.items.some(({ status }) => status === WAITING || status === PLANNED)) throw alreadyStarted();
    const after = cancelledPlan(permit, rows);
    const action = toAction({ ...after.plan, items: JSON.stringify(after.items) });
    try {
      await cancelPlan(database, permit, rows, (input.body ?? null) as Json, rememberedBy(input, action));
      return action;
    } catch (error) {
      if (!(error instanceof MustHitOne)) throw error;
      if (!(await isUnspent(permit, database))) throw spent();
    }
  }
  throw alreadyStarted();
}

function alreadyStarted(): Problem {
  return new Problem("already_started", { detail: "Its first step has begun, or it has ended; it can no longer be cancelled." });
}
