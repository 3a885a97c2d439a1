/** What the directory tells the regions: one row for each region and change, taken in the order of the commits. */

import type { SetQuotas } from "../worker/contract/quotas.ts";

/** A Service as a region's copy has it. */
export interface ServiceCopy {
  id: number;
  cloudId: number;
  name: string;
  /** contract/resource-types.ts */
  environment: number;
  description: string | null;
  version: number;
  closing: boolean;
}

/** A Cloud as a region's copy has it; it comes before its Services. */
export interface CloudCopy {
  id: number;
  organizationId: number;
  name: string;
}

/** A new organization's networks in one region, which owns them from then on. */
export interface NewNetworks {
  organizationId: number;
  /** The organization's id in the region with the sequence 0: what the networks' ids are counted from. */
  base: number;
  networks: readonly { zone: number; name: string; cidr: string; scope: string }[];
}

export type FeedBody =
  | { kind: "networks"; made: NewNetworks }
  | { kind: "cloud"; cloud: CloudCopy }
  /** Those that are set for the region; it has no others. */
  | { kind: "quotas"; cloudId: number; quotas: SetQuotas }
  | { kind: "service"; service: ServiceCopy }
  | { kind: "service-gone"; id: number };

export interface FeedRow {
  number: number;
  /** A `FeedBody`, as JSON text. */
  body: string;
}
