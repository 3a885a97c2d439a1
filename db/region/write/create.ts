/** The write of new resources: it demands the permit of its own label. */
import { sql } from "drizzle-orm";
import { transitionOf } from "../../../worker/contract/lifecycle.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import { environments, statuses, type Environment } from "../../../worker/contract/resource-types.ts";
import { commit, type Write } from "../../commit.ts";
import { insert } from "../../statement.ts";
import { resource, sequence } from "../schema/index.ts";
import { insertAccepted, insertOperation, rememberAnswer, spendProof } from "../../act.ts";
import type { Act } from "./change.ts";
import { keySetOf, knowKeys, linkTags } from "./tags.ts";

export interface NewResource {
  id: number;
  cloudId: number;
  serviceId: number;
  type: number;
  environment: Environment;
  zone: number;
  name: string;
  createdBy: string;
  tags: readonly { key: string; value: string }[];
  /** What the family keeps (contract/shapes/*-attributes.ts), as JSON text. */
  attributes: string;
}

/**
 * Inserts the resource in PREPARATION and the operation that creates it.
 * @param nextSequence what the organization's sequence was when the ids were chosen; another creation in between fails the commit
 * @param beside what comes into being with it
 * @throws MustHitOne when the challenge is spent, the sequence has moved, or the Service takes nothing any more; AlreadyThere for the name or the idempotency key
 */
export async function createResource(
  database: D1Database,
  permit: Permit<"create-instance" | "create-lb">,
  made: NewResource,
  nextSequence: number,
  act: Act,
  beside: readonly Write[] = [],
): Promise<void> {
  const { organizationId } = permit.target;
  const { during } = transitionOf(permit.label);
  await commit(database, [
    ...spendProof(permit),
    {
      query: sql`INSERT INTO ${sequence} (organization_id, next) VALUES (${organizationId}, ${nextSequence + 2})
        ON CONFLICT DO UPDATE SET next = next + 2 WHERE next = ${nextSequence}`,
      must: "sequence",
    },
    knowKeys({ organizationId }, made.tags),
    {
      query: insert(resource, {
        ...made,
        status: statuses[during!],
        environment: environments[made.environment],
        openOperation: act.operation.id,
        openLabel: permit.label,
        created: permit.now,
        updated: permit.now,
        tags: JSON.stringify(made.tags),
        keySet: keySetOf({ organizationId }, made.tags),
      }),
    },
    ...linkTags({ id: made.id, organizationId }, made.tags),
    ...beside,
    insertOperation(act.operation),
    insertAccepted(permit, act.operation, act.parameters),
    ...rememberAnswer(act.remembered, permit.now),
  ]);
}
