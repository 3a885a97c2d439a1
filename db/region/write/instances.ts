/** The writes of instances. Each demands the permit of its own label, so an unchecked write does not compile. */
import { sql } from "drizzle-orm";
import { transitionOf, type ResourceAct } from "../../../worker/contract/lifecycle.ts";
import type { Json } from "../../../worker/contract/operation.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import { environments, statuses, type Environment } from "../../../worker/contract/resource-types.ts";
import { commit, type Write } from "../../commit.ts";
import { insert } from "../../statement.ts";
import type { OperationRow } from "../read/operations.ts";
import { resource, sequence, tag } from "../schema/index.ts";
import { insertAccepted, insertOperation, rememberAnswer, spendProof, type Remembered } from "./act.ts";

/** What both writes commit beside the resource itself. */
export interface Act {
  operation: OperationRow;
  /** The request as it was understood: what the log tells. */
  parameters: Json;
  remembered: Remembered | null;
}

export interface NewInstance {
  id: number;
  cloudId: number;
  serviceId: number;
  type: number;
  environment: Environment;
  zone: number;
  name: string;
  createdBy: string;
  tags: readonly { key: string; value: string }[];
  /** contract/shapes/instance-attributes.ts, as JSON text. */
  attributes: string;
}

/**
 * Inserts the instance in PREPARATION and the operation that creates it.
 * @param nextSequence what the organization's sequence was when the ids were chosen; another creation in between fails the commit
 * @throws MustHitOne when the challenge is spent or the sequence has moved; AlreadyThere for the name or the idempotency key
 */
export async function createInstance(
  database: D1Database,
  permit: Permit<"create-instance">,
  instance: NewInstance,
  nextSequence: number,
  act: Act,
): Promise<void> {
  const { organizationId } = permit.target;
  const { during } = transitionOf("create-instance");
  await commit(database, [
    ...spendProof(permit),
    {
      query: sql`INSERT INTO ${sequence} (organization_id, next) VALUES (${organizationId}, ${nextSequence + 2})
        ON CONFLICT DO UPDATE SET next = next + 2 WHERE next = ${nextSequence}`,
      must: "sequence",
    },
    {
      query: insert(resource, {
        ...instance,
        status: statuses[during!],
        environment: environments[instance.environment],
        openOperation: act.operation.id,
        openLabel: permit.label,
        created: permit.now,
        updated: permit.now,
        tags: JSON.stringify(instance.tags),
      }),
    },
    ...tagWrites(organizationId, instance),
    insertOperation(act.operation),
    insertAccepted(permit, act.operation, act.parameters),
    ...rememberAnswer(act.remembered, permit.now),
  ]);
}

export type ChangeLabel = Exclude<ResourceAct, "create-instance">;

/**
 * Opens an operation on an instance: its revision grows, and nothing else can be asked of it until the zone has answered.
 * @param beside what else changes with it
 * @throws MustHitOne when the challenge is spent, or the instance is no longer as the permit saw it; AlreadyThere for the idempotency key
 */
export async function changeInstance(database: D1Database, permit: Permit<ChangeLabel>, act: Act, beside: readonly Write[] = []): Promise<void> {
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

/** Tags join the organization's dictionary first; a resource without tags writes none. */
function tagWrites(organizationId: number, instance: NewInstance): Write[] {
  if (instance.tags.length === 0) return [];
  const pairs = JSON.stringify(instance.tags);
  return [
    {
      query: sql`INSERT INTO ${tag} (organization_id, key, value)
        SELECT CAST(${organizationId} AS INTEGER), value ->> 'key', value ->> 'value' FROM json_each(${pairs}) WHERE true ON CONFLICT DO NOTHING`,
    },
    {
      query: sql`INSERT INTO resource_tag (tag_id, cloud_id, name, resource_id)
        SELECT tag.id, resource.cloud_id, resource.name, resource.id FROM json_each(${pairs}) AS pair
        CROSS JOIN tag ON tag.organization_id = CAST(${organizationId} AS INTEGER) AND tag.key = pair.value ->> 'key' AND tag.value = pair.value ->> 'value'
        CROSS JOIN resource ON resource.id = CAST(${instance.id} AS INTEGER)`,
    },
  ];
}
