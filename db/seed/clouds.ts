/** The demo's Clouds, with quotas as they are agreed with customers: some room beyond what a Cloud has. What nobody has agreed on is as for every Cloud. */
import type { SetQuotas } from "../../worker/contract/quotas.ts";
import { families } from "../../worker/contract/resource-types.ts";
import { regionList, type Region } from "../../worker/contract/topology.ts";
import type { Write } from "../commit.ts";
import type { SeedOrganization } from "./company.ts";
import { insertRows } from "./insert.ts";
import type { SeededResource } from "./resources.ts";

export interface SeededCloud {
  id: number;
  name: string;
  organization: SeedOrganization;
  /** Those that were agreed. */
  quotas: Partial<Record<Region, SetQuotas>>;
}

/** The first Cloud of each organization has grown close to what was agreed; the others are as every Cloud is. */
export function agreedQuotas(cloud: SeededCloud, resources: readonly SeededResource[]): Partial<Record<Region, SetQuotas>> {
  if (cloud.name !== cloud.organization.clouds[0]!.name) return {};
  return Object.fromEntries(
    regionList.flatMap((region) => {
      const own = resources.filter((resource) => resource.cloudId === cloud.id && resource.region === region);
      const instances = own.filter(({ family }) => families[family].category === "INSTANCE");
      if (instances.length === 0) return [];
      const storage = instances.reduce((sum, { attributes }) => sum + Number((attributes as { storage?: number }).storage ?? 0), 0);
      const balancers = own.filter(({ family }) => family === "LOAD_BALANCER").length;
      return [[region, { instances: upTo(5, instances.length * 1.18), storage: upTo(1_000, storage * 1.4), loadBalancers: upTo(5, balancers + 3) }]];
    }),
  ) as Partial<Record<Region, SetQuotas>>;
}

export function cloudWrites(clouds: readonly SeededCloud[], created: number): Write[] {
  const columns = { ...named, created: () => created, quotas: (row: SeededCloud) => JSON.stringify(row.quotas) };
  return insertRows("cloud", columns, clouds);
}

export function cloudCopyWrites(clouds: readonly SeededCloud[], region: Region): Write[] {
  return insertRows("cloud", { ...named, quotas: (row: SeededCloud) => JSON.stringify(row.quotas[region] ?? {}) }, clouds);
}

const named = {
  id: (row: SeededCloud) => row.id,
  organization_id: (row: SeededCloud) => row.organization.id,
  name: (row: SeededCloud) => row.name,
};

function upTo(step: number, count: number): number {
  return Math.ceil(count / step) * step;
}
