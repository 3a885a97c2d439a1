/** Service Delivery's: how much a customer's Cloud may have in a region. What is there already stays, whatever the limit. */
import { readCloudQuotas } from "../../../db/directory/read/clouds.ts";
import { setQuotas as write } from "../../../db/directory/write/quotas.ts";
import type { Actor, CustomerTarget } from "../../contract/actor.ts";
import { parseId } from "../../contract/ids.ts";
import type { SetQuotas } from "../../contract/quotas.ts";
import type { SetQuotasBody } from "../../contract/shapes/quotas.ts";
import type { Region } from "../../contract/topology.ts";
import type { Env } from "../../env.ts";
import type { Handler } from "../../gate/context.ts";
import { staleRevision } from "../../gate/precondition.ts";
import { Problem } from "../../gate/problem.ts";
import { govern } from "../governed.ts";
import { dryRunAnswer } from "../resources/accepted.ts";
import { fed } from "../services/write.ts";

export interface QuotasPlan {
  cloud: { id: number; name: string; version: number };
  /** All that are set, by region, as they will be. */
  quotas: Partial<Record<Region, SetQuotas>>;
}

/** @throws Problem("not_found") for a Cloud of another organization; Problem("state_forbids") for one that has ended */
export async function planQuotas(
  _actor: Actor,
  { id: organizationId }: CustomerTarget,
  { options }: SetQuotasBody,
  env: Env,
  params: Record<string, string>,
): Promise<QuotasPlan> {
  const id = parseId(params["cloud"]!);
  const cloud = id === null ? null : await readCloudQuotas(env.DIRECTORY, id);
  if (!cloud || cloud.organizationId !== organizationId) throw new Problem("not_found");
  if (cloud.state === "ended") throw new Problem("state_forbids", { detail: `set-quotas is not available: ${cloud.name} is ended.` });
  const { region, quotas: changes, usual } = options;
  const before = JSON.parse(cloud.quotas) as QuotasPlan["quotas"];
  const after: SetQuotas = { ...before[region], ...changes };
  for (const name of usual) delete after[name];
  return { cloud, quotas: { ...before, [region]: after } };
}

export const setQuotas: Handler<"set-quotas"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { cloud, quotas } = input.prepared;
  const { region } = input.body.options;
  const answer = await govern(permit, input, context, {
    organizationId: permit.target.id,
    subject: cloud,
    told: { cloudId: cloud.id },
    write: (directory, act) => write(directory, permit, { cloud, quotas, region }, act),
    unchanged: () => staleRevision(cloud.version),
  });
  return fed(answer, context);
};
