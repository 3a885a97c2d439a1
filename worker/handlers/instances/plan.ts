/** Where and from what an instance is created: worked out before anybody signs, so that nobody signs what must fail. */
import type { Actor, ServiceTarget } from "../../contract/actor.ts";
import { isOnSale, isProduct, products, sizings, type ProductCode, type SizingCode } from "../../contract/catalogue.ts";
import { chosenProtection, wrongProtection, type ProtectionChosen } from "../../contract/protection-choice.ts";
import type { Wanted } from "../../contract/quotas.ts";
import type { Environment } from "../../contract/resource-types.ts";
import type { CreateInstance } from "../../contract/shapes/instances.ts";
import { areas, mayUseZone, regionOfZone, zoneList, zones, zonesFor, type Area, type Region, type Zone } from "../../contract/topology.ts";
import { readCreationFacts, type NetworkRow } from "../../../db/region/read/creation.ts";
import type { Env } from "../../env.ts";
import { lacksZone } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import { readRegion, regionDatabase } from "../../routing/regions.ts";
import { requireQuota } from "../quotas/require.ts";

export interface InstancePlan {
  region: Region;
  zone: Zone;
  network: NetworkRow;
  product: ProductCode;
  sizing: SizingCode;
  environment: Environment;
  protection: ProtectionChosen;
  /** What it takes of the Cloud's quotas. */
  wanted: Wanted;
  /** The organization's next free sequence number in the region: the ids are made of it. */
  nextSequence: number;
}

/** @throws Problem("zone_reserved" | "invalid_field_value" | "name_taken" | "quota_exceeded" | "region_unavailable") */
export async function planInstance(actor: Actor, service: ServiceTarget, body: CreateInstance, env: Env): Promise<InstancePlan> {
  const zone = chooseZone(actor, body);
  const region = regionOfZone(zone);
  if (!isProduct(body.productCode) || !isOnSale(body.productCode, Date.now()))
    throw wrong("productCode", `no product on sale has the code '${body.productCode}'; GET /itcare/compute/products lists them`);
  const environment = body.environment ?? service.environment;
  const unfit = wrongProtection(body, environment);
  if (unfit) throw wrong(unfit.field, unfit.what);
  const facts = await readRegion(region, () =>
    readCreationFacts(regionDatabase(env, region), {
      organizationId: service.organizationId,
      cloudId: service.cloudId,
      zone: zones[zone].code,
      networkId: body.networkId ?? null,
      name: body.name,
    }),
  );
  if (!facts.network) throw wrong("networkId", `your organization has no such network in ${zone}; GET /itcare/networking/networks lists them`);
  if (facts.nameTaken) throw nameTaken(body.name);
  const sizing = body.resourceId as SizingCode;
  const { cpu, ram } = cpuAndRam(sizing);
  const wanted = { instances: 1, cpus: cpu, ram, storage: body.disks.reduce((sum, size) => sum + size, 0) };
  requireQuota(wanted, facts.quotas, region);
  return {
    region,
    zone,
    network: facts.network,
    product: body.productCode,
    sizing,
    environment,
    protection: chosenProtection(body, environment),
    wanted,
    nextSequence: facts.nextSequence,
  };
}

export function cpuAndRam(sizing: SizingCode): { cpu: number; ram: number } {
  return sizings[sizing];
}

export function familyOfProduct(product: ProductCode) {
  return products[product].family;
}

export function nameTaken(name: string): Problem {
  return new Problem("name_taken", {
    field: "name",
    detail: `A resource of this Cloud has the name '${name}' already.`,
    change: "Choose another name.",
  });
}

function chooseZone(actor: Actor, { az, area }: CreateInstance): Zone {
  if (area && !Object.hasOwn(areas, area)) throw wrong("area", `no area has the name '${area}'; GET /itcare/topology lists them`);
  if (az && area && zones[az].area !== area) throw wrong("area", `${az} is in the area ${zones[az].area}`);
  const zone = az ?? zoneList.find((candidate) => zones[candidate].area === (area as Area));
  if (!zone || !mayUseZone(actor.organizationKind, zone)) throw reserved(actor, zone ?? area!);
  return zone;
}

function reserved(actor: Actor, place: string): Problem {
  const open = zonesFor(actor.organizationKind);
  return new Problem("zone_reserved", {
    field: "az",
    detail: `${place} is reserved for the group; ${actor.organizationName} is a customer.`,
    change: `Choose one of ${open.join(", ")}.`,
    missing: [lacksZone(place, "az", open)],
  });
}

function wrong(field: string, what: string): Problem {
  return new Problem("invalid_field_value", { field, detail: `Error on field '${field}': ${what}.` });
}
