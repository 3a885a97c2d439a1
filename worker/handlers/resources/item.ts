/** A resource as the API gives it, as JSON text. `tags` and `attributes` are spliced in as they are stored: parsing them would cost more than all else. */
import type { ResourceRow } from "../../../db/region/read/resources.ts";
import type { ResourceItem } from "../../contract/shapes/resources.ts";
import { productOf } from "../../contract/catalogue.ts";
import { serviceKeyOf } from "../../contract/ids.ts";
import { supportLevelOf, supportPhaseOf, type SupportDates } from "../../contract/support.ts";
import { isProtectedBy } from "../../contract/protection.ts";
import { environmentOfCode, families, familyOfCode, statusOfCode } from "../../contract/resource-types.ts";
import { dataCenters, labelOfArea, regions, zoneOfCode, zones, type Region } from "../../contract/topology.ts";
import { rowOf, type Label } from "../../contract/actions.ts";

/** The area of a balancer, which has no zone, stands among its attributes. */
type Head = Omit<ResourceItem, "tags" | "productCode" | "productName" | "comment" | "area" | "labelArea">;

/** @param beside what is not kept with it: what the actor can do to it, its members */
export function resourceJson(row: ResourceRow, region: Region, cloudNames: ReadonlyMap<number, string>, now: number, beside: object = {}): string {
  const head = JSON.stringify({ ...headOf(row, region, cloudNames, now), ...beside });
  const attributes = row.attributes.trim().slice(1, -1).trim();
  return `${head.slice(0, -1)},"tags":${row.tags}${attributes ? `,${attributes}` : ""}}`;
}

function headOf(row: ResourceRow, region: Region, cloudNames: ReadonlyMap<number, string>, now: number): Head {
  const family = familyOfCode(row.type);
  const { category, type, label, path } = families[family];
  const zone = zoneOfCode(row.zone);
  const place = zone && zones[zone];
  const building = place && `${place.dataCenter} ${dataCenters[place.dataCenter].name}`;
  return {
    id: row.id,
    internalResourceId: row.id,
    name: row.name,
    label,
    prettyLabel: `${row.name} (${label})`,
    path,
    status: statusOfCode(row.status),
    environment: environmentOfCode(row.environment),
    category,
    type,
    family,
    resourceType: category,
    internalType: family,
    serviceId: row.service_id,
    serviceKey: serviceKeyOf(row.service_id),
    serviceName: row.service_name ?? "",
    cloudId: row.cloud_id,
    cloudName: cloudNames.get(row.cloud_id) ?? "",
    region,
    availabilityZone: zone,
    labelRegion: `${region} (${regions[region].name})`,
    ...(family === "LOAD_BALANCER" ? {} : { area: place && place.area, labelArea: place && labelOfArea(place.area) }),
    labelDatacenter: building,
    labelDataCenter: building,
    labelAvailabilityZone: zone,
    creationTime: new Date(row.created).toISOString(),
    creationUser: row.created_by,
    backupStatus: isProtectedBy(row.protection, "backup"),
    replicationStatus: isProtectedBy(row.protection, "replication"),
    ...supportOf(row.product, now),
    revision: row.revision,
    observation: row.observation,
    actionsInProgress: row.open_operation === null ? [] : [inProgress(row.open_operation, row.open_label as Label)],
  };
}

/** Of what is made of a product of the catalogue. */
function supportOf(code: string | null, now: number): Pick<ResourceItem, "supportLevel" | "supportPhase" | keyof SupportDates> {
  const product = productOf(code);
  if (!product) return { supportLevel: null, supportPhase: null, endOfSale: null, endOfSupport: null, endOfExtendedSupport: null };
  const supportPhase = supportPhaseOf(product, now);
  const { endOfSale, endOfSupport, endOfExtendedSupport } = product;
  return { supportLevel: supportLevelOf(supportPhase), supportPhase, endOfSale, endOfSupport, endOfExtendedSupport };
}

function inProgress(id: number, label: Label) {
  return { id, internalId: id, operation: operationOf(label), label, status: "IN_PROGRESS" as const };
}

/** What a caller sends to ask for it: the PATCH body's `operation`; creation and deletion are calls of their own, and so is what is created in it. */
export function operationOf(label: Label): string {
  const { operation, on } = rowOf(label);
  return operation ?? (/^POST .*\/:/.test(on) ? label.replaceAll("-", "_") : label.split("-")[0]!);
}
