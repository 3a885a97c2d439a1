/** A zone as the picture shows it: how it goes there, and what of it is mine. */
import { statusList, type Status } from "../../../worker/contract/resource-types.ts";
import type { Zone } from "../../../worker/contract/topology.ts";
import type { Topology } from "../../../worker/contract/shapes/resources.ts";
import { formatList, formatNumber, type t } from "../../messages/index.svelte.ts";
import { to } from "../../paths.ts";

export interface ZoneView {
  zone: Zone;
  health: "up" | "down" | "unknown";
  /** Reserved for others: drawn closed. */
  closed: boolean;
  mine: Record<Status, number>;
  total: number;
  /** False when its region is away: what stands there cannot be counted now. */
  counted: boolean;
  /** The list of what is mine there. */
  href: string;
}

/** @param cloud only this Cloud was chosen: the way to the list keeps it */
export function zoneViews({ regions }: Topology, cloud: number | null): Record<string, ZoneView> {
  const views: Record<string, ZoneView> = {};
  for (const { dataCenters } of regions) {
    for (const { availabilityZone: zone, mayUse, health, resources } of dataCenters.flatMap(({ availabilityZones }) => availabilityZones)) {
      const mine = { ACTIVE: resources?.ACTIVE ?? 0, PREPARATION: resources?.PREPARATION ?? 0, INACTIVE: resources?.INACTIVE ?? 0 };
      views[zone] = {
        zone,
        health: health === "UP" ? "up" : "down",
        closed: !mayUse,
        mine,
        total: resources?.total ?? 0,
        counted: resources !== null,
        href: to("resources", { az: zone, cloud }),
      };
    }
  }
  return views;
}

/** "EB-HDS-A: answering; 12 resources of yours (9 ACTIVE, 3 INACTIVE)" */
export function zoneSentence(view: ZoneView, words: ReturnType<typeof t>["topology"]): string {
  if (view.closed) return words.zoneClosed(view.zone);
  if (!view.counted) return words.zoneUnseen(view.zone, words.health[view.health]);
  const parts = statusList.filter((status) => view.mine[status] > 0).map((status) => `${formatNumber(view.mine[status])} ${status}`);
  return words.zone(view.zone, words.health[view.health], view.total, formatList(parts));
}
