import { readResourceRow } from "../../../db/region/read/resource.ts";
import type { ResourceRow } from "../../../db/region/read/resources.ts";
import { productOf } from "../../contract/catalogue.ts";
import { supportPhaseOf } from "../../contract/support.ts";
import { etagOf } from "../../gate/precondition.ts";
import type { Handler } from "../../gate/context.ts";
import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import { Problem } from "../../gate/problem.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";
import type { Env } from "../../env.ts";
import { availableActions } from "./available-actions.ts";
import { resourceJson } from "./item.ts";

/** A resource of any family, with what the actor can do to it now. */
export const readResource: Handler<"read-resource"> = ({ actor, target, now }, _input, { env, request }) =>
  resourceAnswer(env, actor, target, request, now);

/**
 * The ETag is of the resource alone, as If-Match wants it: who holds another profile since must read without If-None-Match to see other actions.
 * @param beside what the family shows beside the resource itself; whoever changes it moves the resource's observation
 * @param within what the family tells of it that no database keeps
 */
export async function resourceAnswer(
  env: Env,
  actor: Actor,
  target: ResourceTarget,
  request: Request,
  now: number,
  beside: (database: D1Database, id: number) => Promise<object> = async () => ({}),
  within: (row: ResourceRow) => Promise<Within> = async () => ({ members: {}, version: [] }),
): Promise<Response> {
  const region = regionOfId(target.id)!;
  const database = databaseOf(env, target.id);
  const [row, more] = await readRegion(region, () => Promise.all([readResourceRow(database, target.id), beside(database, target.id)]));
  if (!row) throw new Problem("not_found");
  const { members, version } = await within(row);
  const etag = etagOf(row.revision, row.observation, ...phaseIn(row, now), ...version);
  const headers = { etag, "cache-control": "private, no-cache", vary: "Authorization, Cookie" };
  if (isKnown(request.headers.get("if-none-match"), etag)) return new Response(null, { status: 304, headers });
  const cloudNames = new Map(actor.grants.map(({ cloudId, cloudName }) => [cloudId, cloudName]));
  const actions = availableActions(actor, target, now, aliasesIn(row.attributes));
  const json = resourceJson(row, region, cloudNames, now, { ...more, ...members, availableActions: actions });
  return new Response(json, { headers: { ...headers, "content-type": "application/json" } });
}

export interface Within {
  members: object;
  /** What tells this answer from another to the same revision and observation. */
  version: readonly string[];
}

/** The time alone moves what is made of a product from one phase to the next. */
function phaseIn({ product: code }: ResourceRow, now: number): string[] {
  const product = productOf(code);
  const phase = product && supportPhaseOf(product, now);
  return phase === null || phase === "STANDARD" ? [] : [phase];
}

/** RFC 9110, section 13.1.2: weak comparison, for reading. */
function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.trim() === "*" || ifNoneMatch.split(",").some((known) => known.trim().replace(/^W\//, "") === etag);
}

/** Instances and load balancers have them in their network. */
function aliasesIn(attributes: string): string[] {
  const { network } = JSON.parse(attributes) as { network?: { dns?: { alias: string }[] } };
  return (network?.dns ?? []).map(({ alias }) => alias);
}
