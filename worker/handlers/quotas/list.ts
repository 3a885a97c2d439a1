/** What Clouds may have and have, region by region. */
import { listClouds } from "../../../db/directory/read/clouds.ts";
import { inUse, readQuotasOf, type QuotaRow } from "../../../db/region/read/quotas.ts";
import type { Actor } from "../../contract/actor.ts";
import { quotaList, quotas, type SetQuotas } from "../../contract/quotas.ts";
import type { CloudQuotas } from "../../contract/shapes/quotas.ts";
import { regionList } from "../../contract/topology.ts";
import type { Env } from "../../env.ts";
import type { Handler } from "../../gate/context.ts";
import { askEvery, mayBePartial } from "../../routing/every-region.ts";
import { regionDatabase } from "../../routing/regions.ts";

interface Named {
  id: number;
  name: string;
}

/** Of the Clouds on which the actor has a profile; the representative sees all of the organization's. */
export const listQuotas: Handler<"list-quotas"> = async ({ actor }, { query }, { env }) => {
  const seen = await visibleTo(actor, env);
  const clouds = query.clouds ? seen.filter(({ id }) => query.clouds!.includes(id)) : seen;
  return answer(env, clouds, mayBePartial(actor, query.partial));
};

export const listCustomerQuotas: Handler<"list-customer-quotas"> = async ({ target }, _input, { env }) =>
  answer(env, await standing(env, target.id), true);

async function visibleTo(actor: Actor, env: Env): Promise<Named[]> {
  if (actor.kind === "person" && actor.duties.includes("security-representative")) return standing(env, actor.organizationId);
  return actor.grants.map(({ cloudId, cloudName }) => ({ id: cloudId, name: cloudName }));
}

async function standing(env: Env, organizationId: number): Promise<Named[]> {
  return (await listClouds(env.DIRECTORY, organizationId)).filter(({ state }) => state !== "ended");
}

async function answer(env: Env, clouds: readonly Named[], partial: boolean): Promise<Response> {
  const ids = clouds.map(({ id }) => id);
  const { answers, missing } = await askEvery(regionList, partial, (region) => readQuotasOf(regionDatabase(env, region), ids));
  const content = clouds.map(({ id, name }): CloudQuotas => ({
    cloudId: id,
    cloudName: name,
    regions: answers.map(({ region, answer: rows }) => ({ region, quotas: itemsOf(rows.find((row) => row.id === id)) })),
  }));
  return Response.json({ content, missingRegions: missing });
}

function itemsOf(row: QuotaRow | undefined): CloudQuotas["regions"][number]["quotas"] {
  const set = JSON.parse(row?.quotas ?? "{}") as SetQuotas;
  const all = inUse(row);
  return quotaList.map((name) => ({ name, unit: quotas[name].unit, ...all[name], usual: set[name] === undefined }));
}
