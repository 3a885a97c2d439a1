/** The write of acts on a resource that is there. It demands the permit of its own label, so an unchecked write does not compile. */
import { sql, type SQL } from "drizzle-orm";
import { aliasStatuses } from "../../../worker/contract/domains.ts";
import type { ResourceTarget } from "../../../worker/contract/actor.ts";
import { exclusive, runsBeside, takesAliases, transitionOf, type ResourceAct } from "../../../worker/contract/lifecycle.ts";
import type { Json } from "../../../worker/contract/operation.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import { statuses } from "../../../worker/contract/resource-types.ts";
import { commit, type Write } from "../../commit.ts";
import type { OperationRow } from "../read/operations.ts";
import { resource } from "../schema/index.ts";
import { opening } from "./opening.ts";
import { insertAccepted, insertOperation, rememberAnswer, spendProof, type Remembered } from "../../act.ts";

/** What is committed beside the resource itself. */
export interface Act {
  operation: OperationRow;
  /** The request as it was understood: what the log tells. */
  parameters: Json;
  remembered: Remembered | null;
}

export type ChangeLabel = Exclude<ResourceAct, "create-instance" | "create-lb">;

/**
 * Opens an operation on a resource: its revision grows, and nothing else can be asked of it until the zone has answered, unless the act runs beside.
 * @param beside what else changes with it, beyond what every opening of its kind writes
 * @throws MustHitOne when the challenge is spent, or the resource is no longer as the permit saw it; AlreadyThere for the idempotency key
 */
export async function changeResource(database: D1Database, permit: Permit<ChangeLabel>, act: Act, beside: readonly Write[] = []): Promise<void> {
  await commit(database, [
    ...spendProof(permit),
    takeResource(permit.target, { ...act.operation, label: permit.label }, permit.now),
    ...opening(act.operation, permit.now),
    ...beside,
    insertOperation(act.operation),
    insertAccepted(permit, act.operation, act.parameters),
    ...rememberAnswer(act.remembered, permit.now),
  ]);
}

/** The resource as it was seen, free and in a state that the act permits, is the operation's from now on. Its revision grows: somebody has asked for something. */
export function takeResource({ id, revision }: ResourceTarget, operation: OperationRow & { label: ChangeLabel }, now: number): Write {
  const { from, during } = transitionOf(operation.label);
  const status = during ? sql`, status = ${statuses[during]}` : sql``;
  const isIn = sql`status IN (${sql.join(
    from.map((name) => sql`${statuses[name]}`),
    sql`, `,
  )})`;
  const [changes, isFree] = runsBeside(operation.label)
    ? [sql``, sql`(open_label IS NULL OR open_label NOT IN (SELECT value FROM json_each(${JSON.stringify(exclusive)})))`]
    : [sql`${status}, open_operation = ${operation.id}, open_label = ${operation.label}`, sql`open_operation IS NULL`];
  return {
    query: sql`UPDATE ${resource} SET revision = revision + 1, updated = ${now} ${changes}
      WHERE id = ${id} AND revision = ${revision} AND ${isFree} AND ${isIn} ${onlyTheseAliases(operation)}`,
    must: "resource",
  };
}

/**
 * What takes the aliases along takes those that were told and signed: none is being made or deleted at that moment, and none has come since. A plan's
 * item is signed long before its turn.
 */
export function onlyTheseAliases(operation: Pick<OperationRow, "label" | "parameters"> | null): SQL {
  if (!operation || !takesAliases(operation.label)) return sql``;
  const { aliases = [] } = JSON.parse(operation.parameters) as { aliases?: string[] };
  return sql`AND NOT EXISTS (SELECT 1 FROM alias INDEXED BY alias_resource WHERE alias.resource_id = resource.id
    AND (alias.status <> ${aliasStatuses.ACTIVE} OR alias.name NOT IN (SELECT value FROM json_each(${JSON.stringify(aliases)}))))`;
}
