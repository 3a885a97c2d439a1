/** Resources as real shops have them, made up from chance: every family in every zone that the organization may use. Pure. */
import { makeId } from "../../worker/contract/ids.ts";
import { firstNetworks } from "../../worker/contract/networks.ts";
import { families, familyList, type Environment, type Family, type Status } from "../../worker/contract/resource-types.ts";
import { areas, regionOfZone, regions, zones, zonesFor, type Region, type Zone } from "../../worker/contract/topology.ts";
import { attributesOf } from "./attributes.ts";
import { serviceName, type SeedCloud, type SeedOrganization } from "./company.ts";
import type { Chance } from "./random.ts";

const DAY = 24 * 60 * 60_000;

export interface SeededService {
  id: number;
  cloudId: number;
  cloud: SeedCloud;
  application: string;
  team: string;
  name: string;
  environment: Environment;
  description: string | null;
}

export interface SeededNetwork {
  id: number;
  organizationId: number;
  region: Region;
  zone: Zone;
  name: string;
  cidr: string;
  scope: string;
  /** The last octet of the next free address. */
  nextHost: number;
}

export interface SeededResource {
  id: number;
  organizationId: number;
  cloudId: number;
  service: SeededService;
  region: Region;
  /** Null: the region as a whole, as for object stores. */
  zone: Zone | null;
  family: Family;
  status: Status;
  environment: Environment;
  name: string;
  created: number;
  updated: number;
  tags: readonly { key: string; value: string }[];
  attributes: object;
  /** The sum of worker/contract/protection.ts. */
  protection: number;
}

/** Counts an organization's ids in one place: the directory (region 0) or a region. */
export class Sequence {
  next = 1;
  readonly #region: number;
  readonly #organization: number;

  constructor(region: number, organization: number) {
    this.#region = region;
    this.#organization = organization;
  }

  take(): number {
    return makeId({ region: this.#region, organization: this.#organization, sequence: this.next++ });
  }
}

/** What a resource of the family is called between the Cloud's prefix and the environment, and how many of them a zone gets. */
// oxfmt-ignore
const shapes: Record<Family, { roles: readonly string[]; perZone: number; regional?: true }> = {
  DEBIAN:        { roles: ["web", "api"],   perZone: 4 },
  UBUNTU:        { roles: ["app", "batch"], perZone: 3 },
  RHEL:          { roles: ["app", "db"],    perZone: 3 },
  CENTOS:        { roles: ["ftp"],          perZone: 1 },
  ORACLE:        { roles: ["ora"],          perZone: 1 },
  WINDOWS:       { roles: ["iis", "rds"],   perZone: 2 },
  AIX:           { roles: ["aix"],          perZone: 1 },
  TOMCAT:        { roles: ["tomcat"],       perZone: 1 },
  WILDFLY:       { roles: ["wildfly"],      perZone: 1 },
  KUBERNETES:    { roles: ["k8s"],          perZone: 1 },
  LOAD_BALANCER: { roles: ["lb"],           perZone: 2 },
  MARIADB:       { roles: ["mariadb"],      perZone: 1 },
  OPENSEARCH:    { roles: ["search"],       perZone: 1 },
  POSTGRESQL:    { roles: ["pg"],           perZone: 2 },
  REDIS:         { roles: ["cache"],        perZone: 1 },
  SQL_SERVER:    { roles: ["mssql"],        perZone: 1 },
  KAFKA:         { roles: ["kafka"],        perZone: 1 },
  RABBITMQ:      { roles: ["mq"],           perZone: 1 },
  GLUSTERFS:     { roles: ["gluster"],      perZone: 1 },
  OBJECT_STORE:  { roles: ["store"],        perZone: 1, regional: true },
  OVERDRIVE:     { roles: ["drive"],        perZone: 1 },
  MATOMO:        { roles: ["matomo"],       perZone: 1 },
};

const short: Record<Environment, string> = { PRODUCTION: "prd", PREPRODUCTION: "pre", QA: "qa", TEST: "tst", DEVELOPMENT: "dev" };
const tiers: Partial<Record<string, string>> = {
  INSTANCE: "compute",
  LOAD_BALANCER: "edge",
  MANAGED_DATABASE: "data",
  MESSAGE_BROKER: "messaging",
  STORAGE: "data",
};

export type Size = "small" | "whole";

export function makeNetworks(organization: SeedOrganization, sequences: Record<Region, Sequence>): SeededNetwork[] {
  return firstNetworks(organization.id, organization.kind).map((network) => {
    const region = regionOfZone(network.zone);
    return { ...network, id: sequences[region].take(), organizationId: organization.id, region, nextHost: 10 };
  });
}

interface Making {
  organization: SeedOrganization;
  services: readonly SeededService[];
  networks: readonly SeededNetwork[];
  sequences: Record<Region, Sequence>;
  chance: Chance;
  now: number;
  size: Size;
}

/** `small`: every family once in the organization. `whole`: as many as `shapes` says, in every zone. */
export function makeResources(making: Making): SeededResource[] {
  const allowed = zonesFor(making.organization.kind);
  const counters = new Map<string, number>();
  return familyList.flatMap((family, index) => {
    const { perZone, regional } = shapes[family];
    if (making.size === "small") return [makeOne(making, family, regional ? null : allowed[index % allowed.length]!, "EB", counters)];
    const places = regional
      ? (Object.keys(regions) as Region[]).map((region) => ({ zone: null, region }))
      : allowed.map((zone) => ({ zone, region: regionOfZone(zone) }));
    return places.flatMap(({ zone, region }) => Array.from({ length: perZone }, () => makeOne(making, family, zone, region, counters)));
  });
}

function makeOne(making: Making, family: Family, zone: Zone | null, fallback: Region, counters: Map<string, number>): SeededResource {
  const { organization, chance, now } = making;
  const region = zone ? regionOfZone(zone) : fallback;
  const service = chance.one(making.services);
  const role = chance.one(shapes[family].roles);
  const stem = `${service.cloud.prefix}-${role}-${short[service.environment]}`;
  const number = (counters.get(stem) ?? 0) + 1;
  counters.set(stem, number);
  const name = `${stem}-${String(number).padStart(2, "0")}`;
  const created = now - (30 + chance.below(900)) * DAY - chance.below(DAY);
  const network = making.networks.filter((candidate) => candidate.zone === (zone ?? candidate.zone) && candidate.region === region)[
    role === "web" || role === "lb" ? 0 : 1
  ]!;
  const id = making.sequences[region].take();
  return {
    id,
    organizationId: organization.id,
    cloudId: service.cloudId,
    service,
    region,
    zone,
    family,
    status: statusFor(chance, service.environment, id),
    environment: service.environment,
    name,
    created,
    updated: created + chance.below(now - created),
    tags: tagsFor(chance, service, family, zone),
    attributes: attributesOf(family, network, chance),
    protection: 0,
  };
}

/** A few are still being installed, at even distances, so that every region has some. */
function statusFor(chance: Chance, environment: Environment, id: number): Status {
  if (id % 24 === 11) return "PREPARATION";
  return chance.in100(environment === "PRODUCTION" ? 5 : 25) ? "INACTIVE" : "ACTIVE";
}

/** Sorted by key, as the API gives them. A few have none: not everybody tags. */
function tagsFor(chance: Chance, service: SeededService, family: Family, zone: Zone | null): { key: string; value: string }[] {
  if (chance.in100(6)) return [];
  const tags: Record<string, string> = {
    application: service.application.toLowerCase().replaceAll(" ", "-"),
    owner: service.team,
    "cost-center": `cc-${4100 + service.name.length * 7}`,
    tier: tiers[families[family].category] ?? "middleware",
  };
  if (zone && areas[zones[zone].area].default)
    tags["data-class"] = service.environment === "PRODUCTION" ? "health" : chance.one(["synthetic", "pseudonymized"]);
  if (chance.in100(40)) tags["maintenance-window"] = chance.one(["sun-0200", "sat-2200", "tue-0400"]);
  if (chance.in100(15)) tags["managed-by"] = "terraform";
  return Object.entries(tags)
    .map(([key, value]) => ({ key, value }))
    .sort((left, right) => (left.key < right.key ? -1 : 1));
}

export function makeServices(organization: SeedOrganization, cloudIds: Readonly<Record<string, number>>, directory: Sequence): SeededService[] {
  return organization.clouds.flatMap((cloud) =>
    cloud.services.map((service) => ({
      id: directory.take(),
      cloudId: cloudIds[cloud.name]!,
      cloud,
      application: service.application,
      team: service.team,
      name: serviceName(cloud, service),
      environment: service.environment,
      description: service.description ?? null,
    })),
  );
}
