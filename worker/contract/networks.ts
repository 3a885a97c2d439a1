/** The networks that an organization starts with: in each zone that it may use, one that the outside may reach and one that it may not. Pure. */
import { regionOfZone, zones, zonesFor, type OrganizationKind, type Region, type Zone } from "./topology.ts";

export interface FirstNetwork {
  zone: Zone;
  /** The VLAN's, as EB_1125_DMZ8: no other organization has the number. */
  name: string;
  /** Addresses of the organization's own: those of others never meet them, so they may recur. */
  cidr: string;
  scope: "DMZ" | "LAN";
}

const scopes = ["DMZ", "LAN"] as const;
/** How many VLAN numbers an organization has. */
const VLANS = 125;

/** In the order of the zones' list. A zone reserved for the group is never a customer's. */
export function firstNetworks(organizationId: number, kind: OrganizationKind): FirstNetwork[] {
  return zonesFor(kind).flatMap((zone) =>
    scopes.map((scope, index) => {
      const { code } = zones[zone];
      const vlan = 1000 + organizationId * VLANS + code * 2 + index;
      return {
        zone,
        name: `${regionOfZone(zone)}_${vlan}_${scope}${code}`,
        cidr: `10.${(10 + organizationId) % 256}.${code * 10 + index}.0/24`,
        scope,
      };
    }),
  );
}

export function firstNetworksIn(region: Region, organizationId: number, kind: OrganizationKind): FirstNetwork[] {
  return firstNetworks(organizationId, kind).filter(({ zone }) => regionOfZone(zone) === region);
}
