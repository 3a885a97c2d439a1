/** Names under which the demo company's servers are known: some in each region, so that looking one up is the first thing that works. */
import { aliasStatuses, type Domain } from "../../worker/contract/domains.ts";
import { families } from "../../worker/contract/resource-types.ts";
import { regionList, type Region } from "../../worker/contract/topology.ts";
import type { Write } from "../commit.ts";
import type { SeedOrganization } from "./company.ts";
import { insertRows } from "./insert.ts";
import type { SeededResource, Sequence } from "./resources.ts";

export interface SeededAlias {
  id: number;
  resource: SeededResource;
  name: string;
  domain: Domain;
  address: string;
}

/** By organization and region: the first part of the name, and its domain. */
const wanted: Record<string, Record<Region, readonly (readonly [string, Domain])[]>> = {
  asclepia: {
    EB: [
      ["portal", "cloud.itcare.example"],
      ["imaging", "health.itcare.example"],
      ["api.imaging", "health.itcare.example"],
    ],
    ET: [["results", "health.itcare.example"]],
  },
  borealis: { EB: [["quotes", "cloud.itcare.example"]], ET: [["claims", "cloud.itcare.example"]] },
  meridian: { EB: [["intranet", "group.itcare.example"]], ET: [["payroll", "group.itcare.example"]] },
};

/** Each name leads to another running server. */
export function makeAliases(
  organization: SeedOrganization,
  resources: readonly SeededResource[],
  sequences: Record<Region, Sequence>,
): SeededAlias[] {
  return regionList.flatMap((region) => {
    const servers = resources.filter((one) => one.region === region && one.status === "ACTIVE" && families[one.family].category === "INSTANCE");
    return (wanted[organization.slug]?.[region] ?? []).flatMap(([host, domain], index) => {
      const resource = servers[index];
      const address = resource && (resource.attributes as { ipAddress?: string }).ipAddress;
      return resource && address ? [{ id: sequences[region].take(), resource, name: `${host}.${domain}`, domain, address }] : [];
    });
  });
}

export function aliasWrites(aliases: readonly SeededAlias[]): Write[] {
  return insertRows(
    "alias",
    {
      id: (row) => row.id,
      resource_id: (row) => row.resource.id,
      name: (row) => row.name,
      domain: (row) => row.domain,
      address: (row) => row.address,
      author: () => "Service Delivery",
      status: () => aliasStatuses.ACTIVE,
      created: (row) => row.resource.created,
    },
    aliases,
  );
}

/** What the directory holds of them: that the names are taken. */
export function aliasNameWrites(aliases: readonly SeededAlias[]): Write[] {
  return insertRows("alias_name", { name: (row) => row.name, holder: (row) => row.resource.id, token: () => "seed" }, aliases);
}
