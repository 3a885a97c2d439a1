/** The write of acts on a resource that is there. It demands the permit of its own label, so an unchecked write does not compile. */
import { sql } from "drizzle-orm";
import { transitionOf, type ResourceAct } from "../../../worker/contract/lifecycle.ts";
import type { Json } from "../../../worker/contract/operation.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import { statuses } from "../../../worker/contract/resource-types.ts";
import { commit, type Write } from "../../commit.ts";
import type { OperationRow } from "../read/operations.ts";
import { resource } from "../schema/index.ts";
import { insertAccepted, insertOperation, rememberAnswer, spendProof, type Remembered } from "./act.ts";

/** What is committed beside the resource itself. */
export interface Act {
  operation: OperationRow;
  /** The request as it was understood: what the log tells. */
  parameters: Json;
  remembered: Remembered | null;
}

export type ChangeLabel = Exclude<ResourceAct, "create-instance">;

/**
 * Opens an operation on a resource: its revision grows, and nothing else can be asked of it until the zone has answered.
 * @param beside what else changes with it
 * @throws MustHitOne when the challenge is spent, or the resource is no longer as the permit saw it; AlreadyThere for the idempotency key
 */
export async function changeResource(database: D1Database, permit: Permit<ChangeLabel>, act: Act, beside: readonly Write[] = []): Promise<void> {
  const { id, revision } = permit.target;
  const { from, during } = transitionOf(permit.label);
  const status = during ? sql`${statuses[during]}` : sql`status`;
  await commit(database, [
    ...spendProof(permit),
    {
      query: sql`UPDATE ${resource} SET revision = revision + 1, status = ${status}, open_operation = ${act.operation.id}, open_label = ${permit.label}, updated = ${permit.now}
        WHERE id = ${id} AND revision = ${revision} AND open_operation IS NULL AND status IN (${sql.join(
          from.map((name) => sql`${statuses[name]}`),
          sql`, `,
        )})`,
      must: "resource",
    },
    ...beside,
    insertOperation(act.operation),
    insertAccepted(permit, act.operation, act.parameters),
    ...rememberAnswer(act.remembered, permit.now),
  ]);
}
