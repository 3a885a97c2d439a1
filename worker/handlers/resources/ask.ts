/** The query of a list of resources, understood: filters in the regions' codes, the order, the place in the walk. */
import type { BalancerFilter } from "../../../db/region/read/balancer-filter.ts";
import type { ResourceFilter } from "../../../db/region/read/filter.ts";
import type { ProtectionFilter } from "../../../db/region/read/protections.ts";
import { fold, sortable, sortOf, type Sort } from "../../../db/region/read/sorts.ts";
import type { Actor } from "../../contract/actor.ts";
import { hashText } from "../../contract/operation.ts";
import { PROTECTED } from "../../contract/protection.ts";
import { environments, families, familyList, statuses, type Family } from "../../contract/resource-types.ts";
import type { ListResources } from "../../contract/shapes/list-queries.ts";
import { regionList, regionOfZone, zones, type Region } from "../../contract/topology.ts";
import { Problem } from "../../gate/problem.ts";
import { readCursor } from "../../routing/cursor.ts";
import { mayBePartial } from "../../routing/every-region.ts";
import type { ListAsked } from "../../routing/resource-list.ts";

/** A list of resources, or of one family with what only that can be narrowed by. */
export type ResourceQuery = ListResources & { balancers?: BalancerFilter };

export interface Asked extends ListAsked {
  /** A hash of what was asked, whoever asked: what a cursor is bound to. */
  list: string;
  sorted: boolean;
}

/** @throws Problem("sort_not_supported" | "invalid_field_value") */
export async function understandList(actor: Actor, query: ResourceQuery, now: number): Promise<Asked> {
  const { page, size, cursor, partial, sort, ...filters } = query;
  const filter = filterOf(actor, query);
  const list = await hashText(JSON.stringify([sort ?? null, size, Object.entries(filters).sort(([left], [right]) => (left < right ? -1 : 1))]));
  return {
    filter,
    regions: regionsOf(query),
    sort: orderOf(actor, sort),
    sorted: sort !== undefined,
    page,
    size,
    cursor: cursor === undefined ? null : readCursor(cursor, list),
    list,
    query: await hashText(JSON.stringify([actor.id, filter.clouds, list])),
    allowPartial: mayBePartial(actor, partial),
    now,
  };
}

function filterOf(actor: Actor, query: ResourceQuery): Omit<ResourceFilter, "region"> {
  const visible = actor.grants.map(({ cloudId }) => cloudId);
  const names = query.names ?? [];
  const included = names.filter((name) => !name.startsWith("!"));
  const excluded = names.filter((name) => name.startsWith("!")).map((name) => name.slice(1));
  const search = query.search === undefined ? null : fold(query.search);
  const long = search !== null && [...search].length >= 3;
  return {
    organizationId: actor.organizationId,
    clouds: distinct(query.clouds ? visible.filter((cloud) => query.clouds!.includes(cloud)) : visible).sort((left, right) => left - right),
    services: narrowed(query.services),
    statuses: narrowed(
      query.statuses?.map((status) => statuses[status]),
      Object.keys(statuses).length,
    ),
    environments: narrowed(
      query.environments?.map((environment) => environments[environment]),
      Object.keys(environments).length,
    ),
    types: typesOf(query),
    zones: narrowed(query.az?.map((zone) => zones[zone].code)),
    protections: protectionsOf(query),
    networks: narrowed(query.vlan),
    names: included.length > 0 ? byFold(included) : null,
    notNames: byFold(excluded.filter((name) => name !== "")),
    contains: long ? search : null,
    prefix: long ? null : search,
    tags: distinctTags(query.tags ?? []),
    addresses: narrowed(query.ip),
    balancers: narrowsAnything(query.balancers) ? query.balancers! : null,
  };
}

function narrowsAnything(filter: BalancerFilter | undefined): boolean {
  return Object.values(filter ?? {}).some((value: unknown) => (Array.isArray(value) ? value.length > 0 : value !== undefined));
}

/** What has, and has not, each protection that is asked about. */
function protectionsOf({ backupStatus, recoveryStatus, includedInPatchParty }: ListResources): ProtectionFilter {
  const asked = { backup: backupStatus, replication: recoveryStatus, patchParty: includedInPatchParty };
  return Object.fromEntries(Object.entries(asked).filter(([, has]) => has !== undefined));
}

/** Category, type and family narrow each other; all of them left is no filter. Of what asks for a protection, only what can have one is left. */
function typesOf(query: ListResources): number[] | null {
  const { resourceType, types, families: wanted } = query;
  const isProtected = Object.values(protectionsOf(query)).includes(true);
  const fits = (family: Family) =>
    (!resourceType?.length || resourceType.includes(families[family].category)) &&
    (!types?.length || types.includes(families[family].type)) &&
    (!wanted?.length || wanted.includes(family));
  const left = familyList.filter(fits);
  if (left.length === familyList.length) return null;
  return left.filter((family) => !isProtected || families[family].category === PROTECTED).map((family) => families[family].code);
}

/** The regions that can hold what is asked for. */
function regionsOf({ regions, az }: ListResources): Region[] {
  return regionList.filter(
    (region) => (!regions?.length || regions.includes(region)) && (!az?.length || az.some((zone) => regionOfZone(zone) === region)),
  );
}

/** @throws Problem("sort_not_supported") */
function orderOf(actor: Actor, asked: string | undefined): Sort {
  const [property = "", direction = "asc", ...rest] = (asked ?? "name").split(",").map((part) => part.trim());
  const descending = direction.toLowerCase() === "desc";
  const clouds = new Map(actor.grants.map(({ cloudId, cloudName }) => [cloudId, cloudName]));
  const sort = rest.length === 0 && (descending || direction.toLowerCase() === "asc") ? sortOf(property, descending, clouds) : null;
  if (sort) return sort;
  throw new Problem("sort_not_supported", {
    field: "sort",
    detail: `The order is property(,asc|desc), with one of these properties: ${sortable.join(", ")}.`,
  });
}

/** An empty list, or one of everything, narrows nothing. */
function narrowed<Value>(values: readonly Value[] | undefined, all = Infinity): Value[] | null {
  const some = distinct(values ?? []);
  return some.length === 0 || some.length >= all ? null : some;
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

function byFold(names: readonly string[]): string[] {
  return [...new Map(names.map((name) => [fold(name), name])).values()];
}

function distinctTags(tags: ResourceFilter["tags"]): ResourceFilter["tags"] {
  return [...new Map(tags.map((tag) => [`${tag.absent ? "!" : ""}${tag.key}:${tag.value ?? ""}`, tag])).values()];
}
