import { readZoneCounts, type ZoneCounts } from "../../../db/region/read/zone-counts.ts";
import { statuses } from "../../contract/resource-types.ts";
import type { Topology } from "../../contract/shapes/resources.ts";
import {
  areas,
  dataCenterList,
  dataCenters,
  mayUseZone,
  regionList,
  regions,
  zoneList,
  zones,
  type Area,
  type OrganizationKind,
  type Region,
  type Zone,
} from "../../contract/topology.ts";
import type { Handler } from "../../gate/context.ts";
import { askEvery } from "../../routing/every-region.ts";
import { isAway, regionDatabase } from "../../routing/regions.ts";
import { zoneHealth } from "../../zones/health.ts";

/** Where everything stands: regions, data centers and zones with their health, who may use them, and how much of mine is there. */
export const readTopology: Handler<"read-topology"> = async ({ actor }, _input, { env }) => {
  const clouds = actor.grants.map(({ cloudId }) => cloudId);
  const countsOf = async (region: Region): Promise<ZoneCounts | null> => {
    try {
      const { answers } = await askEvery([region], false, () => readZoneCounts(regionDatabase(env, region), clouds));
      return answers[0]!.answer;
    } catch (error) {
      if (isAway(error)) return null;
      throw error;
    }
  };
  const [counts, healths] = await Promise.all([
    Promise.all(regionList.map(async (region) => [region, await countsOf(region)] as const)),
    Promise.all(zoneList.map((zone) => zoneHealth(env, zone))),
  ]);
  const healthy = new Set(healths.filter((one) => one.healthy).map(({ zone }) => zone));
  const byRegion = new Map(counts);
  return Response.json({
    regions: regionList.map((region) => describeRegion(region, actor.organizationKind, byRegion.get(region) ?? null, healthy)),
  } satisfies Topology);
};

function describeRegion(region: Region, kind: OrganizationKind, counts: ZoneCounts | null, healthy: ReadonlySet<Zone>): Topology["regions"][number] {
  return {
    region,
    name: regions[region].name,
    health: counts ? "UP" : "DOWN",
    areas: (Object.keys(areas) as Area[]).filter((area) => areas[area].region === region).map((area) => ({ area, default: areas[area].default })),
    dataCenters: dataCenterList
      .filter((dataCenter) => dataCenters[dataCenter].region === region)
      .map((dataCenter) => ({
        dataCenter,
        name: dataCenters[dataCenter].name,
        availabilityZones: zoneList
          .filter((zone) => zones[zone].dataCenter === dataCenter)
          .map((zone) => ({
            availabilityZone: zone,
            area: zones[zone].area,
            reservedForGroup: zones[zone].reservedForGroup,
            mayUse: mayUseZone(kind, zone),
            health: healthy.has(zone) ? ("UP" as const) : ("DOWN" as const),
            resources: counts && resourcesIn(counts, zone),
          })),
      })),
  };
}

function resourcesIn(counts: ZoneCounts, zone: Zone) {
  const own = counts.get(zones[zone].code);
  const of = (status: keyof typeof statuses) => own?.get(statuses[status]) ?? 0;
  const [ACTIVE, PREPARATION, INACTIVE] = [of("ACTIVE"), of("PREPARATION"), of("INACTIVE")];
  return { total: ACTIVE + PREPARATION + INACTIVE, ACTIVE, PREPARATION, INACTIVE };
}
