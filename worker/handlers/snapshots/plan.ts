import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import type { CreateSnapshot } from "../../contract/shapes/snapshots.ts";
import { MOST_SNAPSHOTS } from "../../contract/snapshots.ts";
import { countSnapshots } from "../../../db/region/read/snapshots.ts";
import type { Env } from "../../env.ts";
import { Problem } from "../../gate/problem.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";

/** @throws Problem("state_forbids") when the instance has as many as it may have */
export async function planSnapshot(_actor: Actor, { id, name }: ResourceTarget, _body: CreateSnapshot, env: Env): Promise<null> {
  const count = await readRegion(regionOfId(id)!, () => countSnapshots(databaseOf(env, id), id));
  if (count < MOST_SNAPSHOTS) return null;
  throw new Problem("state_forbids", {
    detail: `create-snapshot is not available: ${name} has ${count} snapshots, and ${MOST_SNAPSHOTS} is the most.`,
    change: "Delete a snapshot that is no longer needed, or wait until one expires.",
  });
}
