/** Regions, data centers and availability zones, as the specification's section of that name has them. */

export type OrganizationKind = "customer" | "group";

export const regions = {
  EB: { code: 1, name: "Paris area" },
  ET: { code: 2, name: "Toulouse area" },
} as const;
export type Region = keyof typeof regions;

export const dataCenters = {
  EB4: { region: "EB", name: "Boulogne-Billancourt" },
  EB5: { region: "EB", name: "Magny-les-Hameaux" },
  ET1: { region: "ET", name: "Labège" },
  ET2: { region: "ET", name: "Balma" },
} as const satisfies Record<string, { region: Region; name: string }>;
export type DataCenter = keyof typeof dataCenters;

/** An area isolates tenants within a region; its zones are one low-latency network. */
export const areas = {
  "EB-HDS": { region: "EB", default: true },
  "EB-EMEA": { region: "EB", default: false },
  "ET-HDS": { region: "ET", default: true },
  "ET-EMEA": { region: "ET", default: false },
} as const satisfies Record<string, { region: Region; default: boolean }>;
export type Area = keyof typeof areas;

/** `code` is how a region's database writes the zone; 0 there means a resource without a zone. Codes are never reused. */
export const zones = {
  "EB-HDS-A": { code: 1, dataCenter: "EB4", area: "EB-HDS", reservedForGroup: false },
  "EB-HDS-B": { code: 2, dataCenter: "EB4", area: "EB-HDS", reservedForGroup: false },
  "EB-HDS-C": { code: 3, dataCenter: "EB5", area: "EB-HDS", reservedForGroup: false },
  "EB-A": { code: 4, dataCenter: "EB4", area: "EB-EMEA", reservedForGroup: true },
  "EB-B": { code: 5, dataCenter: "EB4", area: "EB-EMEA", reservedForGroup: true },
  "EB-C": { code: 6, dataCenter: "EB5", area: "EB-EMEA", reservedForGroup: true },
  "ET-HDS-A": { code: 7, dataCenter: "ET1", area: "ET-HDS", reservedForGroup: false },
  "ET-HDS-B": { code: 8, dataCenter: "ET1", area: "ET-HDS", reservedForGroup: false },
  "ET-A": { code: 9, dataCenter: "ET1", area: "ET-EMEA", reservedForGroup: true },
  "ET-B": { code: 10, dataCenter: "ET1", area: "ET-EMEA", reservedForGroup: true },
} as const satisfies Record<string, { code: number; dataCenter: DataCenter; area: Area; reservedForGroup: boolean }>;
export type Zone = keyof typeof zones;

export const regionList = Object.keys(regions) as Region[];
export const dataCenterList = Object.keys(dataCenters) as DataCenter[];
export const zoneList = Object.keys(zones) as Zone[];

const zoneByCode = new Map<number, Zone>(zoneList.map((zone) => [zones[zone].code, zone]));
const regionByCode = new Map<number, Region>(regionList.map((region) => [regions[region].code, region]));

export function isZone(text: string): text is Zone {
  return Object.hasOwn(zones, text);
}

export function isRegion(text: string): text is Region {
  return Object.hasOwn(regions, text);
}

/** The zone that a database code stands for, or null for 0: a resource without a zone. */
export function zoneOfCode(code: number): Zone | null {
  return zoneByCode.get(code) ?? null;
}

export function regionOfCode(code: number): Region | null {
  return regionByCode.get(code) ?? null;
}

/** How an area is shown. */
export function labelOfArea(area: Area): string {
  return `${area}${areas[area].default ? " (default)" : ""}`;
}

export function isArea(text: string): text is Area {
  return Object.hasOwn(areas, text);
}

export function regionOfZone(zone: Zone): Region {
  return dataCenters[zones[zone].dataCenter].region;
}

/** Where a replica of what is in the zone is kept: every region has two buildings. */
export function otherDataCenter(zone: Zone): DataCenter {
  const { dataCenter } = zones[zone];
  return dataCenterList.find((other) => other !== dataCenter && dataCenters[other].region === dataCenters[dataCenter].region)!;
}

/** A zone reserved for the group is never for a customer; the group's own organizations may use every zone. */
export function mayUseZone(kind: OrganizationKind, zone: Zone): boolean {
  return kind === "group" || !zones[zone].reservedForGroup;
}

export function zonesFor(kind: OrganizationKind): Zone[] {
  return zoneList.filter((zone) => mayUseZone(kind, zone));
}
