/** Puts the demo company into the three databases, without any credential: nobody can sign in yet. */
import type { Duty, Profile } from "../../worker/contract/roles.ts";
import { environments, families, statuses } from "../../worker/contract/resource-types.ts";
import { regionList, regions as regionFacts, zones, type Region } from "../../worker/contract/topology.ts";
import { commit, type Write } from "../commit.ts";
import { company, emailOf, type SeedOrganization, type SeedPerson } from "./company.ts";
import { makeHistory, operationWrites, zoneCode, type SeededOperation } from "./history.ts";
import { asBalancer, hostNameWrites, hostWrites, membersOf, memberWrites, type SeededMember } from "./balancers.ts";
import { insertRows } from "./insert.ts";
import { agreedQuotas, cloudCopyWrites, cloudWrites, type SeededCloud } from "./clouds.ts";
import { withProtection } from "./protection.ts";
import { chance } from "./random.ts";
import { aliasNameWrites, aliasWrites, makeAliases, type SeededAlias } from "./aliases.ts";
import { makeRequests, requestWrites, type SeededRequests } from "./requests.ts";
import { makeSnapshots, snapshotWrites, type SeededSnapshot } from "./snapshots.ts";
import {
  makeNetworks,
  makeResources,
  makeServices,
  Sequence,
  type SeededNetwork,
  type SeededResource,
  type SeededService,
  type Size,
} from "./resources.ts";

const YEARS = 3 * 365 * 24 * 60 * 60_000;

export interface SeededPerson extends SeedPerson {
  id: number;
  email: string;
  organization: SeedOrganization;
}

export interface SeededAccount {
  id: number;
  clientId: string;
  /** What it authenticates with once it has credentials; a key acts, a secret reads. */
  uses: "secret" | "key";
  profile: Profile;
  organization: SeedOrganization;
}

/** Everything that was planted, with its ids. */
export interface Planted {
  clouds: SeededCloud[];
  services: SeededService[];
  people: SeededPerson[];
  accounts: SeededAccount[];
  networks: SeededNetwork[];
  resources: SeededResource[];
  members: SeededMember[];
  operations: SeededOperation[];
  snapshots: SeededSnapshot[];
  aliases: SeededAlias[];
  requests: SeededRequests;
}

export interface Ground {
  directory: D1Database;
  regions: Record<Region, D1Database>;
  /** ms since 1970: what the past is reckoned from. */
  now: number;
  size?: Size;
  /** The same number gives the same company. */
  seed?: number;
}

/** @throws AlreadyThere when the company is there: a start seeds once */
export async function plantCompany({ directory, regions, now, size = "whole", seed = 1 }: Ground): Promise<Planted> {
  const planted: Planted = {
    clouds: [],
    services: [],
    people: [],
    accounts: [],
    networks: [],
    resources: [],
    members: [],
    operations: [],
    snapshots: [],
    aliases: [],
    requests: { former: [], requests: [] },
  };
  const random = chance(seed);
  const protecting = chance(seed + 1);
  const next: { region: Region | null; organizationId: number; next: number }[] = [];
  const directorySequences = new Map<number, Sequence>();
  for (const organization of company) {
    const directoryIds = new Sequence(0, organization.id);
    directorySequences.set(organization.id, directoryIds);
    const sequences: Record<Region, Sequence> = {
      EB: new Sequence(regionFacts.EB.code, organization.id),
      ET: new Sequence(regionFacts.ET.code, organization.id),
    };
    const clouds: SeededCloud[] = organization.clouds.map(({ name }) => ({ id: directoryIds.take(), name, organization, quotas: {} }));
    const services = makeServices(organization, Object.fromEntries(clouds.map(({ name, id }) => [name, id])), directoryIds);
    const people = organization.people.map((person) => ({ ...person, id: directoryIds.take(), email: emailOf(organization, person), organization }));
    const accounts: SeededAccount[] = [
      { id: directoryIds.take(), clientId: `cgdm-sa-${organization.slug}-reader`, uses: "secret", profile: "STD", organization },
      { id: directoryIds.take(), clientId: `cgdm-sa-${organization.slug}-runner`, uses: "key", profile: "OPE", organization },
    ];
    const networks = makeNetworks(organization, sequences);
    const resources = makeResources({ organization, services, networks, sequences, chance: random, now, size }).map((resource) =>
      resource.family === "LOAD_BALANCER" ? asBalancer(resource, organization.domain) : withProtection(resource, protecting, now),
    );
    const members = resources.filter(({ family }) => family === "LOAD_BALANCER").flatMap((balancer) => membersOf(balancer, resources));
    const operations = makeHistory(resources, accounts[1]!, sequences, random, now);
    planted.clouds.push(...clouds);
    planted.services.push(...services);
    planted.people.push(...people);
    planted.accounts.push(...accounts);
    planted.networks.push(...networks);
    planted.resources.push(...resources);
    planted.members.push(...members);
    planted.operations.push(...operations);
    if (size === "whole") for (const cloud of clouds) cloud.quotas = agreedQuotas(cloud, resources);
    if (size === "whole") planted.aliases.push(...makeAliases(organization, resources, sequences));
    if (size === "whole") planted.snapshots.push(...makeSnapshots(resources, sequences, chance(seed + organization.id), now));
    for (const region of regionList) next.push({ region, organizationId: organization.id, next: sequences[region].next });
  }
  const since = now - YEARS;
  if (size === "whole") planted.requests = makeRequests(planted.clouds, directorySequences, since, now);
  for (const [organizationId, sequence] of directorySequences) next.push({ region: null, organizationId, next: sequence.next });
  const sequencesOf = (place: Region | null) =>
    insertRows(
      "sequence",
      { organization_id: (row) => row.organizationId, next: (row) => row.next },
      next.filter(({ region }) => region === place),
    );
  // The regions first: the directory's rows, which a start looks for, then say that all is there.
  await Promise.all(regionList.map((region) => commit(regions[region], [...regionWrites(planted, region), ...sequencesOf(region)])));
  await commit(directory, [
    ...directoryWrites(planted, since),
    ...requestWrites(planted.requests, since),
    ...aliasNameWrites(planted.aliases),
    ...hostNameWrites(planted.resources),
    ...sequencesOf(null),
    ...insertRows("mark", { name: (name) => name }, ["demo"]),
  ]);
  return planted;
}

function directoryWrites({ clouds, services, people, accounts }: Planted, created: number): Write[] {
  const actors = [
    ...people.map(({ id, name, organization }) => ({ id, name, organizationId: organization.id, kind: "person", state: "invited" })),
    ...accounts.map(({ id, clientId, organization }) => ({
      id,
      name: clientId,
      organizationId: organization.id,
      kind: "api-account",
      state: "active",
    })),
  ];
  const cloudIds = new Map(clouds.map(({ name, id }) => [name, id]));
  const memberships = [
    ...people.flatMap(({ id, profiles }) =>
      Object.entries(profiles).map(([cloud, profile]) => ({ actorId: id, cloudId: cloudIds.get(cloud)!, profile })),
    ),
    ...accounts.flatMap(({ id, organization, profile }) =>
      organization.clouds.map(({ name }) => ({ actorId: id, cloudId: cloudIds.get(name)!, profile })),
    ),
  ];
  const duties = people.flatMap(({ id, duty }) => (duty ? [{ id, duty }] : []));
  return [
    ...insertRows("organization", { id: (row) => row.id, name: (row) => row.name, kind: (row) => row.kind, created: () => created }, company),
    ...cloudWrites(clouds, created),
    ...insertRows(
      "service",
      {
        id: (row) => row.id,
        cloud_id: (row) => row.cloudId,
        name: (row) => row.name,
        environment: (row) => environments[row.environment],
        description: (row) => row.description,
        created: () => created,
      },
      services,
    ),
    ...insertRows(
      "actor",
      {
        id: (row) => row.id,
        organization_id: (row) => row.organizationId,
        kind: (row) => row.kind,
        name: (row) => row.name,
        state: (row) => row.state,
        created: () => created,
      },
      actors,
    ),
    ...insertRows("person", { id: (row) => row.id, email: (row) => row.email, locale: (row) => row.locale ?? "en" }, people),
    ...insertRows("api_account", { id: (row) => row.id, client_id: (row) => row.clientId }, accounts),
    ...insertRows(
      "membership",
      {
        actor_id: (row) => row.actorId,
        cloud_id: (row) => row.cloudId,
        profile: (row) => row.profile,
        state: () => "confirmed",
        begins: () => created,
      },
      memberships,
    ),
    ...insertRows<{ id: number; duty: Duty }>("duty", { actor_id: (row) => row.id, duty: (row) => row.duty, begins: () => created }, duties),
  ];
}

function regionWrites(planted: Planted, region: Region): Write[] {
  const networks = planted.networks.filter((network) => network.region === region);
  const operations = planted.operations.filter(({ resource }) => resource.region === region);
  return [
    ...cloudCopyWrites(planted.clouds, region),
    ...insertRows(
      "service",
      {
        id: (row) => row.id,
        cloud_id: (row) => row.cloudId,
        name: (row) => row.name,
        environment: (row) => environments[row.environment],
        description: (row) => row.description,
      },
      planted.services,
    ),
    ...insertRows(
      "network",
      {
        id: (row) => row.id,
        organization_id: (row) => row.organizationId,
        zone: (row) => zones[row.zone].code,
        name: (row) => row.name,
        cidr: (row) => row.cidr,
        scope: (row) => row.scope,
      },
      networks,
    ),
    ...resourceWrites(planted.resources.filter((resource) => resource.region === region)),
    ...memberWrites(planted.members.filter(({ balancer }) => balancer.region === region)),
    ...hostWrites(planted.resources.filter((resource) => resource.region === region)),
    ...operationWrites(operations),
    ...aliasWrites(planted.aliases.filter(({ resource }) => resource.region === region)),
    ...snapshotWrites(planted.snapshots.filter(({ resource }) => resource.region === region)),
  ];
}

/** The resources with their tags; counters and the index of names follow by trigger. */
export function resourceWrites(resources: readonly SeededResource[]): Write[] {
  const pairs = resources.flatMap(({ organizationId, id, cloudId, name, tags }) =>
    tags.map(({ key, value }) => ({ organizationId, key, value, id, cloudId, name })),
  );
  const dictionary = [...new Map(pairs.map((pair) => [`${pair.organizationId}/${pair.key}:${pair.value}`, pair])).values()];
  const inserts = insertRows(
    "resource",
    {
      id: (row) => row.id,
      cloud_id: (row) => row.cloudId,
      service_id: (row) => row.service.id,
      type: (row) => families[row.family].code,
      status: (row) => statuses[row.status],
      environment: (row) => environments[row.environment],
      zone: zoneCode,
      name: (row) => row.name,
      created: (row) => row.created,
      created_by: () => "Service Delivery",
      updated: (row) => row.updated,
      tags: (row) => JSON.stringify(row.tags),
      attributes: (row) => JSON.stringify(row.attributes),
      protection: (row) => row.protection,
    },
    resources,
  );
  const links = pairs.map(({ organizationId, key, value, id }) => [organizationId, key, value, id]);
  return [
    ...inserts,
    ...insertRows("tag", { organization_id: (row) => row.organizationId, key: (row) => row.key, value: (row) => row.value }, dictionary).map(
      orIgnore,
    ),
    {
      query: {
        sql: `INSERT INTO resource_tag (tag_id, cloud_id, name, resource_id)
          SELECT tag.id, resource.cloud_id, resource.name, resource.id FROM json_each(?) AS pair
          CROSS JOIN tag ON tag.organization_id = pair.value ->> 0 AND tag.key = pair.value ->> 1 AND tag.value = pair.value ->> 2
          CROSS JOIN resource ON resource.id = pair.value ->> 3`,
        params: [JSON.stringify(links)],
      },
    },
  ];
}

const orIgnore = ({ query }: Write): Write => ({
  query: { ...(query as { sql: string; params: unknown[] }), sql: (query as { sql: string }).sql.replace("INSERT INTO", "INSERT OR IGNORE INTO") },
});
