/** Whether what an act would take still fits into the Cloud's quotas: asked before anybody signs, and again to say why a commit came to nothing. */
import type { ResourceTarget } from "../../contract/actor.ts";
import { exceededBy, quotaWords, type QuotasInUse, type Wanted } from "../../contract/quotas.ts";
import { lacksQuota } from "../../contract/missing.ts";
import type { Region } from "../../contract/topology.ts";
import { readQuotas } from "../../../db/region/read/quotas.ts";
import type { Env } from "../../env.ts";
import { Problem } from "../../gate/problem.ts";
import { readRegion, regionDatabase, regionOfId } from "../../routing/regions.ts";

/** @throws Problem("quota_exceeded") with the numbers, and what would change it */
export function requireQuota(wanted: Wanted, inUse: QuotasInUse, region: Region): void {
  const refused = beyondQuota(wanted, inUse, region);
  if (refused) throw refused;
}

/** Why a commit that takes more came to nothing: the quota, when that is what is in its way now; else whatever else it is. */
export async function quotaOr(
  env: Env,
  { id, cloudId }: Pick<ResourceTarget, "id" | "cloudId">,
  wanted: Wanted,
  other: () => Problem,
): Promise<Problem> {
  const region = regionOfId(id)!;
  const inUse = await readRegion(region, () => readQuotas(regionDatabase(env, region), cloudId));
  return beyondQuota(wanted, inUse, region) ?? other();
}

function beyondQuota(wanted: Wanted, inUse: QuotasInUse, region: Region): Problem | null {
  const exceeded = exceededBy(wanted, inUse);
  if (!exceeded) return null;
  const { reason, change } = quotaWords(exceeded, region);
  const { name, used, limit } = exceeded;
  return new Problem("quota_exceeded", {
    detail: reason,
    change,
    missing: [lacksQuota(name, used + exceeded.wanted, limit)],
    members: { quota: { region, ...exceeded } },
  });
}
