/** The writes of new instances. */
import { sql } from "drizzle-orm";
import { transitionOf } from "../../../worker/contract/lifecycle.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import { environments, statuses, type Environment } from "../../../worker/contract/resource-types.ts";
import { commit } from "../../commit.ts";
import { insert } from "../../statement.ts";
import { resource, sequence } from "../schema/index.ts";
import { insertAccepted, insertOperation, rememberAnswer, spendProof } from "./act.ts";
import type { Act } from "./change.ts";
import { linkTags } from "./tags.ts";

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
 * @throws MustHitOne when the challenge is spent, the sequence has moved, or the Service takes nothing any more; AlreadyThere for the name or the idempotency key
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
    ...linkTags({ id: instance.id, organizationId }, instance.tags),
    insertOperation(act.operation),
    insertAccepted(permit, act.operation, act.parameters),
    ...rememberAnswer(act.remembered, permit.now),
  ]);
}
