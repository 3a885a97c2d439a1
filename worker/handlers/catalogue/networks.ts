import { readNetworks } from "../../../db/region/read/networks.ts";
import { regionList, regionOfZone, zoneOfCode, zones, mayUseZone } from "../../contract/topology.ts";
import type { Handler } from "../../gate/context.ts";
import { askEvery, mayBePartial, missingHeader } from "../../routing/every-region.ts";
import { regionDatabase } from "../../routing/regions.ts";

/** The organization's networks in the zones that it may use: what a creation names by `networkId`. */
export const listNetworks: Handler<"list-networks"> = async ({ actor }, { query }, { env }) => {
  const { az } = query;
  const regions = az ? [regionOfZone(az)] : regionList;
  const { answers, missing } = await askEvery(regions, mayBePartial(actor, query.partial), (region) =>
    readNetworks(regionDatabase(env, region), actor.organizationId, az ? zones[az].code : null),
  );
  const networks = answers.flatMap(({ region, answer }) =>
    answer.flatMap(({ zone: code, ...network }) => {
      const zone = zoneOfCode(code);
      return zone && mayUseZone(actor.organizationKind, zone) ? [{ ...network, availabilityZone: zone, area: zones[zone].area, region }] : [];
    }),
  );
  return Response.json(networks, { headers: missingHeader(missing) });
};
