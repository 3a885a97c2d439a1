import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import type { CreateSnapshot } from "../../contract/shapes/snapshots.ts";
import { fullOfSnapshots } from "../../contract/snapshots.ts";
import { countSnapshots } from "../../../db/region/read/snapshots.ts";
import type { Env } from "../../env.ts";
import { Problem } from "../../gate/problem.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";

/** @throws Problem("state_forbids") when the instance has as many as it may have */
export async function planSnapshot(_actor: Actor, { id, name }: ResourceTarget, _body: CreateSnapshot, env: Env): Promise<null> {
  const count = await readRegion(regionOfId(id)!, () => countSnapshots(databaseOf(env, id), id));
  const full = fullOfSnapshots(name, count);
  if (full) throw new Problem("state_forbids", { detail: full.reason, change: full.change });
  return null;
}
