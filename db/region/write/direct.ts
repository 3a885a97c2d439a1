/** The writes of acts on a resource that no zone takes part in: the change, and its operation already ended. Each demands the permit of its own label. */
import { sql, type SQL } from "drizzle-orm";
import { grantOn } from "../../../worker/contract/actor.ts";
import type { Label } from "../../../worker/contract/actions.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import type { Reasons } from "../../../worker/contract/protection-choice.ts";
import { environments, type Environment } from "../../../worker/contract/resource-types.ts";
import type { TagPair } from "../../../worker/contract/tags.ts";
import { commit, type Write } from "../../commit.ts";
import { resource } from "../schema/index.ts";
import { insertAccepted, insertOperation, rememberAnswer, spendProof } from "../../act.ts";
import type { Act } from "./change.ts";
import { insertEnded } from "./outcome.ts";
import { linkTags, unlinkTags } from "./tags.ts";

/**
 * What such an act commits around its own change.
 * @param names of further ids in the parameters, for the log
 */
export function endedAct(
  permit: Permit<Label>,
  { operation, parameters, remembered }: Act,
  change: readonly Write[],
  names: Record<string, string> = {},
): Write[] {
  const cloudName = grantOn(permit.actor!, operation.cloud_id)?.cloudName ?? null;
  return [
    ...spendProof(permit),
    ...change,
    insertOperation(operation),
    insertAccepted(permit, operation, parameters, names),
    insertEnded({ ...operation, cloud_name: cloudName }, { status: "SUCCESS", recorded: null }, permit.now),
    ...rememberAnswer(remembered, permit.now),
  ];
}

type DirectLabel = "move-resource" | "update-tags" | "update-resource";

/** Its revision grows: what was read or signed before is about another one. */
function changed({ target, now }: Permit<DirectLabel>, columns: SQL, condition: SQL = sql`true`): Write {
  return {
    query: sql`UPDATE ${resource} SET ${columns}, revision = revision + 1, updated = ${now} WHERE id = ${target.id} AND revision = ${target.revision} AND ${condition}`,
    must: "resource",
  };
}

/** @throws MustHitOne when the challenge is spent, the resource is no longer as the permit saw it, or the Service takes nothing any more */
export async function moveResource(
  database: D1Database,
  permit: Permit<"move-resource">,
  services: { from: { id: number; name: string }; to: { id: number; name: string } },
  act: Act,
): Promise<void> {
  const { from, to } = services;
  await commit(database, endedAct(permit, act, [changed(permit, sql`service_id = ${to.id}`)], { [from.id]: from.name, [to.id]: to.name }));
}

/** @param tags before, as of the permit's revision, and after */
export async function updateTags(
  database: D1Database,
  permit: Permit<"update-tags">,
  tags: { before: readonly TagPair[]; after: readonly TagPair[] },
  act: Act,
): Promise<void> {
  const has = (list: readonly TagPair[], { key, value }: TagPair) => list.some((one) => one.key === key && one.value === value);
  const { before, after } = tags;
  await commit(
    database,
    endedAct(permit, act, [
      changed(permit, sql`tags = ${JSON.stringify(after)}`),
      ...linkTags(
        permit.target,
        after.filter((tag) => !has(before, tag)),
      ),
      ...unlinkTags(
        permit.target,
        before.filter((tag) => !has(after, tag)),
      ),
    ]),
  );
}

/** An environment waits for its turn: nothing that was asked for under another one runs under it. */
export async function updateResource(
  database: D1Database,
  permit: Permit<"update-resource">,
  { environment, ...kept }: { environment?: Environment; comment?: string | null } & Reasons,
  act: Act,
): Promise<void> {
  const columns: SQL[] = [];
  if (environment) columns.push(sql`environment = ${environments[environment]}`);
  const paths = Object.entries(kept).filter(([, value]) => value !== undefined);
  if (paths.length > 0) {
    const values = paths.map(([name, value]) => sql`, ${`$.${name}`}, ${value}`);
    columns.push(sql`attributes = json_set(attributes${sql.join(values)})`);
  }
  await commit(database, endedAct(permit, act, [changed(permit, sql.join(columns, sql`, `), sql`open_operation IS NULL`)]));
}
