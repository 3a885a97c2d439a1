import type { Region } from "../worker/contract/topology.ts";
import type { Env } from "../worker/env.ts";

/** The same environment with a region taken away: whatever asks its database fails as D1 does when it cannot be reached. */
export function withoutRegion<Some extends Env>(env: Some, region: Region): Some {
  const lost = (): never => {
    throw new Error("D1_ERROR: Network connection lost.");
  };
  const away = { prepare: lost, batch: lost, exec: lost, withSession: lost, dump: lost } as unknown as D1Database;
  return { ...env, [`REGION_${region}`]: away };
}

/** The same environment with the directory taken away. */
export function withoutDirectory<Some extends Env>(env: Some): Some {
  return { ...env, DIRECTORY: withoutRegion(env, "EB").REGION_EB };
}
