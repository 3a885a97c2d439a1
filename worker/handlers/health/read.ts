import { countAside } from "../../../db/directory/read/services.ts";
import { regionList, regions } from "../../contract/topology.ts";
import type { Handler } from "../../gate/context.ts";
import { regionHealth } from "../../routing/regions.ts";

/** For probes: UP as long as this Worker answers; what is down stands beside it, and what a region could not take of the directory's. */
export const readHealth: Handler<"read-health"> = async (_permit, _input, { env }) => {
  const healths = await Promise.all(regionList.map(async (region) => [region, await regionHealth(env, region)] as const));
  const aside = await countAside(env.DIRECTORY).catch(() => null);
  const refused = aside && Object.fromEntries(regionList.map((region) => [region, aside.get(regions[region].code) ?? 0]));
  return Response.json({ status: "UP", regions: Object.fromEntries(healths), feedRefused: refused });
};
