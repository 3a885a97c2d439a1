/** Deciding what becomes of everything that is known more: signed, one commit, and the region is open again for the organization. */
import { MustHitOne } from "../../../db/commit.ts";
import { readRestoration } from "../../../db/region/read/restoration.ts";
import { settleRestoration as settle } from "../../../db/region/write/restoration.ts";
import type { Actor, OrganizationTarget } from "../../contract/actor.ts";
import type { Json } from "../../contract/operation.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import { isRegion, type Region } from "../../contract/topology.ts";
import type { Env } from "../../env.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { notifyLog } from "../../log/notify.ts";
import { goneServices, holdNames, keepRestored, takeActual } from "../../restoration/settle.ts";
import { survey, type Item, type Survey } from "../../restoration/survey.ts";
import { askRegion, readRegion, regionDatabase } from "../../routing/regions.ts";
import { dryRunAnswer, isUnspent, spent } from "../resources/accepted.ts";

export interface SettlementPlan {
  region: Region;
  found: Survey;
  actual: Item[];
  restored: Item[];
  signed: Json;
}

/** @throws Problem("not_found" | "state_forbids" | "invalid_field_value" | "unavailable") */
export async function planSettlement(
  _actor: Actor,
  { id: organizationId }: OrganizationTarget,
  { options }: Inputs["settle-restoration"]["body"],
  env: Env,
  params: Record<string, string>,
): Promise<SettlementPlan> {
  const region = params["region"]!;
  if (!isRegion(region)) throw new Problem("not_found", { detail: "There is no such region." });
  const restoration = await readRegion(region, () => readRestoration(regionDatabase(env, region), organizationId));
  if (!restoration) throw settledAlready(region);
  const found = await survey(env, region, restoration);
  const { facts, except } = options;
  const stranger = except.find((id) => !found.items.some((item) => item.id === id));
  if (stranger !== undefined)
    throw new Problem("invalid_field_value", { field: "options.except", detail: `${stranger} is nothing that is to be decided about.` });
  const chosen = (which: typeof facts) => found.items.filter(({ id }) => except.includes(id) === (facts !== which));
  const actual = chosen("actual");
  const away = actual.find(({ difference }) => difference === "unknown");
  if (away)
    throw new Problem("unavailable", {
      detail: `${away.zone ?? region} does not answer: nobody knows what became of ${away.name}.`,
      change: "Repeat the request later, or let the restored facts of it stand.",
    });
  const ids = (items: readonly Item[]) => items.map(({ id }) => id);
  const restored = chosen("restored");
  return { region, found, actual, restored, signed: { region, actual: ids(actual), restored: ids(restored) } };
}

export const settleRestoration: Handler<"settle-restoration"> = async (permit, { prepared, idempotency }, { env, waitUntil }) => {
  if (permit.dryRun) return dryRunAnswer(permit, { consequences: prepared.signed });
  const { region, found, actual, restored, signed } = prepared;
  const { organizationId, organizationName: name } = permit.actor;
  const database = regionDatabase(env, region);
  const askAgain = actual.filter((item) => item.askAgain.length > 0).map(({ id, askAgain: labels }) => ({ id, labels }));
  const answer = JSON.stringify({ ...(signed as object), askAgain });
  await askRegion(region, async () => {
    const kept = restored.flatMap((item) => keepRestored(item, organizationId));
    const taken = (await Promise.all(actual.map((item) => takeActual(env, region, item, found, permit.now)))).flat();
    try {
      await settle(database, permit, {
        organizationId,
        name,
        facts: [...kept, ...taken],
        underWay: found.underWay.map(({ id }) => id),
        busy: found.underWay.map(({ resourceId }) => resourceId),
        lostNames: found.lostNames,
        goneServices: await goneServices(env, region, organizationId),
        highest: found.highest,
        parameters: signed,
        remembered: idempotency && { ...idempotency, status: 200, answer },
      });
    } catch (error) {
      if (!(error instanceof MustHitOne)) throw error;
      throw (await isUnspent(permit, database)) ? settledAlready(region) : spent();
    }
  });
  waitUntil(Promise.all([holdNames(env, region, organizationId), notifyLog(env, organizationId)]).catch(() => undefined));
  return new Response(answer, { headers: { "content-type": "application/json" } });
};

function settledAlready(region: Region): Problem {
  return new Problem("state_forbids", {
    detail: `settle-restoration is not available: nothing of your organization is held in ${region}.`,
    change: "Nothing has to be decided: everything can be asked of it.",
  });
}
