import { countAside } from "../../../db/directory/read/services.ts";
import { regionList, regions } from "../../contract/topology.ts";
import type { Handler } from "../../gate/context.ts";
import { mailHealth } from "../../mail/send.ts";
import { regionHealth } from "../../routing/regions.ts";

/** For probes: UP as long as this Worker answers; what is down stands beside it, what a region could not take of the directory's, and mails that do not go out. */
export const readHealth: Handler<"read-health"> = async ({ now }, _input, { env }) => {
  const healths = await Promise.all(regionList.map(async (region) => [region, await regionHealth(env, region)] as const));
  const aside = await countAside(env.DIRECTORY).catch(() => null);
  const refused = aside && Object.fromEntries(regionList.map((region) => [region, aside.get(regions[region].code) ?? 0]));
  const mail = await mailHealth(env, now).catch(() => null);
  return Response.json({ status: "UP", regions: Object.fromEntries(healths), feedRefused: refused, mail });
};
