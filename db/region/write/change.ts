/** The write of acts on a resource that is there. It demands the permit of its own label, so an unchecked write does not compile. */
import { sql } from "drizzle-orm";
import type { ResourceTarget } from "../../../worker/contract/actor.ts";
import { transitionOf, type ResourceAct } from "../../../worker/contract/lifecycle.ts";
import type { Json } from "../../../worker/contract/operation.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import { statuses } from "../../../worker/contract/resource-types.ts";
import { commit, type Write } from "../../commit.ts";
import type { OperationRow } from "../read/operations.ts";
import { resource } from "../schema/index.ts";
import { opening } from "./opening.ts";
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
 * @param beside what else changes with it, beyond what every opening of its kind writes
 * @throws MustHitOne when the challenge is spent, or the resource is no longer as the permit saw it; AlreadyThere for the idempotency key
 */
export async function changeResource(database: D1Database, permit: Permit<ChangeLabel>, act: Act, beside: readonly Write[] = []): Promise<void> {
  await commit(database, [
    ...spendProof(permit),
    takeResource(permit.target, { id: act.operation.id, label: permit.label }, permit.now),
    ...opening(act.operation, permit.now),
    ...beside,
    insertOperation(act.operation),
    insertAccepted(permit, act.operation, act.parameters),
    ...rememberAnswer(act.remembered, permit.now),
  ]);
}

/** The resource as it was seen, free and in a state that the act permits, is the operation's from now on. Its revision grows: somebody has asked for something. */
export function takeResource({ id, revision }: ResourceTarget, operation: { id: number; label: ChangeLabel }, now: number): Write {
  const { from, during } = transitionOf(operation.label);
  const status = during ? sql`${statuses[during]}` : sql`status`;
  return {
    query: sql`UPDATE ${resource} SET revision = revision + 1, status = ${status}, open_operation = ${operation.id}, open_label = ${operation.label}, updated = ${now}
      WHERE id = ${id} AND revision = ${revision} AND open_operation IS NULL AND status IN (${sql.join(
        from.map((name) => sql`${statuses[name]}`),
        sql`, `,
      )})`,
    must: "resource",
  };
}
