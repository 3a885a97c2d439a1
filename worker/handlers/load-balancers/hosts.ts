/**
 * The hosts of URLs: each is served by one load balancer of the whole product. Every region is asked before anybody signs; the commit then holds the host
 * in its own region.
 */
import { AlreadyThere } from "../../../db/commit.ts";
import { isHostTaken } from "../../../db/region/read/url-hosts.ts";
import { regionList } from "../../contract/topology.ts";
import type { Env } from "../../env.ts";
import { Problem } from "../../gate/problem.ts";
import { readRegion, regionDatabase } from "../../routing/regions.ts";

/** It is taken, and by whom is nobody's business. */
function hostTaken(host: string, field: string): Problem {
  return new Problem("name_taken", { field, detail: `The name '${host}' is taken.`, change: "Choose another name." });
}

/** @throws Problem("name_taken"), and ("region_unavailable") while nobody can say */
export async function requireFreeHost(env: Env, host: string, field: string): Promise<void> {
  const taken = await Promise.all(regionList.map((region) => readRegion(region, () => isHostTaken(regionDatabase(env, region), host))));
  if (taken.includes(true)) throw hostTaken(host, field);
}

/** The commit that takes a host. @throws Problem("name_taken") when another was faster */
export async function takingHost<Result>(host: string, field: string, commit: () => Promise<Result>): Promise<Result> {
  try {
    return await commit();
  } catch (error) {
    if (error instanceof AlreadyThere && error.index.includes("url_host.host")) throw hostTaken(host, field);
    throw error;
  }
}
