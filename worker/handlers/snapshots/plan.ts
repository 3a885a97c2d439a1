import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import type { CreateSnapshot } from "../../contract/shapes/snapshots.ts";
import { fullOfSnapshots, MOST_SNAPSHOTS } from "../../contract/snapshots.ts";
import { readSnapshotFacts } from "../../../db/region/read/snapshots.ts";
import type { Env } from "../../env.ts";
import { lacksState } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";
import { requireQuota } from "../quotas/require.ts";

/** @throws Problem("state_forbids") when the instance has as many as it may have; Problem("quota_exceeded") */
export async function planSnapshot(_actor: Actor, { id, name, cloudId }: ResourceTarget, _body: CreateSnapshot, env: Env): Promise<null> {
  const region = regionOfId(id)!;
  const { count, quotas } = await readRegion(region, () => readSnapshotFacts(databaseOf(env, id), { id, cloudId }));
  const full = fullOfSnapshots(name, count);
  if (full) {
    const missing = lacksState(`${count} snapshots`, [`${MOST_SNAPSHOTS - 1} snapshots`], { kind: "act", label: "delete-snapshot", id });
    throw new Problem("state_forbids", { detail: full.reason, change: full.change, missing: [missing] });
  }
  requireQuota({ snapshots: 1 }, quotas, region);
  return null;
}
