/** Snapshots that were there before ITCare was: Service Delivery took them before the last update of some production servers. */
import { families } from "../../worker/contract/resource-types.ts";
import type { Region } from "../../worker/contract/topology.ts";
import { DAY, LIFETIME, snapshotStatuses } from "../../worker/contract/snapshots.ts";
import type { Write } from "../commit.ts";
import { insertRows } from "./insert.ts";
import type { Chance } from "./random.ts";
import type { SeededResource, Sequence } from "./resources.ts";

export interface SeededSnapshot {
  id: number;
  resource: SeededResource;
  label: string;
  description: string;
  created: number;
  expires: number;
  /** GB */
  size: number;
}

const reasons = [
  { label: "before the quarterly patches", description: "Everything as it was when the patch party began." },
  { label: "before the upgrade", description: "The application's last release that is known to work." },
] as const;

/** One server in eight has the first, half of those the second too. */
export function makeSnapshots(
  resources: readonly SeededResource[],
  sequences: Record<Region, Sequence>,
  chance: Chance,
  now: number,
): SeededSnapshot[] {
  const servers = resources.filter(
    ({ family, environment, status }) => families[family].category === "INSTANCE" && environment === "PRODUCTION" && status === "ACTIVE",
  );
  return servers.flatMap((resource) => {
    if (!chance.in100(12)) return [];
    return reasons.slice(0, 1 + chance.below(2)).map((reason, place) => {
      const created = now - (9 - 5 * place) * DAY - chance.below(DAY);
      const disks = (resource.attributes as { disks?: number[] }).disks ?? [];
      const size = Math.round((disks.reduce((sum, disk) => sum + disk, 0) * (30 + chance.below(30))) / 100);
      return { id: sequences[resource.region].take(), resource, ...reason, created, expires: created + LIFETIME.longest * DAY, size };
    });
  });
}

export function snapshotWrites(snapshots: readonly SeededSnapshot[]): Write[] {
  return insertRows(
    "snapshot",
    {
      id: (row) => row.id,
      resource_id: (row) => row.resource.id,
      label: (row) => row.label,
      description: (row) => row.description,
      author: () => "Service Delivery",
      status: () => snapshotStatuses.ACTIVE,
      created: (row) => row.created,
      expires: (row) => row.expires,
      due: (row) => row.expires,
      size_gb: (row) => row.size,
    },
    snapshots,
  );
}
