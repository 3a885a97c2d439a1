/** The quotas of Clouds: the directory's, told to the region that holds them. */
import { sql } from "drizzle-orm";
import type { Permit } from "../../../worker/contract/permit.ts";
import type { SetQuotas } from "../../../worker/contract/quotas.ts";
import type { Region } from "../../../worker/contract/topology.ts";
import { tellRegion } from "./feed.ts";
import { commitGoverned, type GovernedAct } from "./governed.ts";

export interface NewQuotas {
  cloud: { id: number; version: number };
  /** All that are set, by region. */
  quotas: Partial<Record<Region, SetQuotas>>;
  /** Where they change. */
  region: Region;
}

/** @throws MustHitOne when the challenge is spent, or the Cloud has changed since its quotas were read */
export async function setQuotas(
  directory: D1Database,
  permit: Permit<"set-quotas">,
  { cloud, quotas, region }: NewQuotas,
  act: GovernedAct,
): Promise<void> {
  await commitGoverned(directory, permit, act, [
    {
      query: sql`UPDATE cloud SET quotas = ${JSON.stringify(quotas)}, version = version + 1 WHERE id = ${cloud.id} AND version = ${cloud.version} AND state <> 'ended'`,
      must: "the Cloud",
    },
    tellRegion(region, { kind: "quotas", cloudId: cloud.id, quotas: quotas[region] ?? {} }),
  ]);
}
