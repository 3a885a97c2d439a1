/** The FROM clauses that rows are found by, each over some ranges of one index. Which of them a list takes is said in drivers.ts. */
import { sql, type SQL } from "drizzle-orm";
import {
  address,
  columnConditions,
  inZones,
  isOneOf,
  namedConditions,
  ofResource,
  tagId,
  type Criterion,
  type NamedColumns,
  type ResourceFilter,
} from "./filter.ts";
import { matched, type Beyond } from "./matching.ts";
import { makeId } from "../../../worker/contract/ids.ts";
import { resource } from "../schema/index.ts";

export interface Driver {
  /** FROM, with `resource` in it, or `tagged` (resource_tag) alone. */
  from: SQL;
  columns: NamedColumns;
  /** What the search index is asked, from a place on; it takes it nowhere but in WHERE. */
  match: ((beyond: Beyond | null) => SQL) | null;
  /** Everything that the ranges do not already say. */
  conditions: SQL[];
  /** True: FROM holds only the tag's own rows. */
  tagged: boolean;
  /** How many rows are read to see whether one row fits, itself included. */
  perRow: number;
}

export const indexes = {
  name: sql.raw("resource_cloud_name"),
  status: sql.raw("resource_cloud_status"),
  environment: sql.raw("resource_cloud_environment"),
  type: sql.raw("resource_cloud_type"),
  category: sql.raw("resource_cloud_category"),
  zone: sql.raw("resource_cloud_zone"),
  backup: sql.raw("resource_cloud_backup"),
  replication: sql.raw("resource_cloud_replication"),
  patchParty: sql.raw("resource_cloud_patch_party"),
};

/** Ranges over (Cloud, columns…, name) of one of the resource's indexes. */
export function ranged(
  filter: ResourceFilter,
  covered: ReadonlySet<Criterion>,
  index: SQL,
  columns: readonly SQL[],
  values: readonly (readonly number[])[],
): Driver {
  const ranges = values.reduce<number[][]>(
    (heads, some) => heads.flatMap((head) => some.map((value) => [...head, value])),
    filter.clouds.map((cloud) => [cloud]),
  );
  const { each, within } = windowed(filter, sql`${resource.name}`);
  const rest = columns.map((column, at) => sql` AND ${column} = range.value ->> ${sql.raw(String(at + 1))}`);
  return resourceDriver(
    filter,
    covered,
    sql`json_each(${JSON.stringify(ranges)}) AS range${each} CROSS JOIN resource INDEXED BY ${index} ON ${resource.cloudId} = range.value ->> 0${sql.join(rest)}${within}`,
  );
}

export function byName(filter: ResourceFilter, covered: ReadonlySet<Criterion>, names: readonly string[]): Driver {
  const ranges = filter.clouds.flatMap((cloud) => names.map((name) => [cloud, name]));
  return resourceDriver(
    filter,
    covered,
    sql`json_each(${JSON.stringify(ranges)}) AS range CROSS JOIN resource INDEXED BY ${indexes.name} ON ${resource.cloudId} = range.value ->> 0 AND ${resource.name} = range.value ->> 1`,
  );
}

export function byService(filter: ResourceFilter, covered: ReadonlySet<Criterion>): Driver {
  const { each, within } = windowed(filter, sql`${resource.name}`);
  // A Service of a Cloud that the actor does not see is left out before its resources are passed.
  return resourceDriver(
    filter,
    covered,
    sql`json_each(${JSON.stringify(filter.services)}) AS range CROSS JOIN service ON service.id = range.value AND service.cloud_id IN (SELECT value FROM json_each(${JSON.stringify(filter.clouds)}))${each}
      CROSS JOIN resource INDEXED BY resource_service ON ${resource.serviceId} = service.id${within}`,
  );
}

/** A network that no resource of a Cloud has its address in is a range with nothing in it. */
export function byNetwork(filter: ResourceFilter, covered: ReadonlySet<Criterion>): Driver {
  const { each, within } = windowed(filter, sql`${resource.name}`);
  return resourceDriver(
    filter,
    covered,
    sql`json_each(${JSON.stringify(filter.networks)}) AS wanted CROSS JOIN network INDEXED BY network_name ON network.organization_id = ${filter.organizationId} AND network.name = wanted.value AND ${inZones(filter)}
      CROSS JOIN json_each(${JSON.stringify(filter.clouds)}) AS range${each}
      CROSS JOIN resource INDEXED BY resource_cloud_network ON ${resource.cloudId} = range.value AND ${resource.network} = network.id${within}`,
  );
}

export function byAddress(filter: ResourceFilter, covered: ReadonlySet<Criterion>): Driver {
  const ranges = filter.addresses!.flatMap((ip) => filter.clouds.map((cloud) => [ip, cloud]));
  return resourceDriver(
    filter,
    covered,
    sql`json_each(${JSON.stringify(ranges)}) AS range CROSS JOIN resource INDEXED BY resource_address ON ${address} = range.value ->> 0 AND ${resource.cloudId} = range.value ->> 1`,
  );
}

/** Only the ranges of names in which all that fits is known to lie. */
function windowed({ windows }: ResourceFilter, name: SQL): { each: SQL; within: SQL } {
  if (!windows) return { each: sql``, within: sql`` };
  return {
    each: sql` CROSS JOIN json_each(${JSON.stringify(windows)}) AS window`,
    within: sql` AND ${name} >= window.value ->> 0 AND ${name} <= window.value ->> 1`,
  };
}

export function byTag(filter: ResourceFilter, covered: ReadonlySet<Criterion>, index: number): Driver {
  const { key, value } = filter.tags[index]!;
  const id = tagId(filter.organizationId, key, value!);
  const { each, within } = windowed(filter, sql`tagged.name`);
  return taggedDriver(
    filter,
    covered,
    sql`json_each(${JSON.stringify(filter.clouds)}) AS range${each} CROSS JOIN resource_tag AS tagged ON tagged.tag_id = ${id} AND tagged.cloud_id = range.value${within}`,
  );
}

/** @param ranges Clouds, and sets of tag keys that some of their resources have */
export function byKeys(filter: ResourceFilter, covered: ReadonlySet<Criterion>, ranges: readonly (readonly number[])[]): Driver {
  const { each, within } = windowed(filter, sql`${resource.name}`);
  return resourceDriver(
    filter,
    covered,
    sql`json_each(${JSON.stringify(ranges)}) AS range${each} CROSS JOIN resource INDEXED BY resource_cloud_keys ON ${resource.cloudId} = range.value ->> 0 AND ${resource.keySet} = range.value ->> 1${within}`,
  );
}

function resourceDriver(filter: ResourceFilter, covered: ReadonlySet<Criterion>, from: SQL): Driver {
  return {
    from,
    columns: ofResource,
    match: null,
    conditions: [...namedConditions(filter, covered, ofResource), ...columnConditions(filter, covered)],
    tagged: false,
    perRow: 1,
  };
}

function taggedDriver(filter: ResourceFilter, covered: ReadonlySet<Criterion>, from: SQL): Driver {
  const columns: NamedColumns = { cloud: sql`tagged.cloud_id`, name: sql`tagged.name`, id: sql`tagged.resource_id` };
  const own = columnConditions(filter, covered);
  // A look into the resource as a value, not as a join: a join would lose the early stop.
  const resourceFits = own.length > 0 ? [sql`(SELECT ${sql.join(own, sql` AND `)} FROM resource WHERE ${resource.id} = tagged.resource_id)`] : [];
  const perRow = 1 + resourceFits.length;
  return { from, columns, match: null, conditions: [...namedConditions(filter, covered, columns), ...resourceFits], tagged: true, perRow };
}

/** The organization's resources in the order of their ids. */
export function byId(filter: ResourceFilter, covered: ReadonlySet<Criterion>): Driver {
  const first = makeId({ region: filter.region, organization: filter.organizationId, sequence: 0 });
  const driver = resourceDriver(filter, covered, sql`resource NOT INDEXED`);
  const within = sql`${resource.id} > ${first} AND ${resource.id} < ${first + 2 ** 32} AND ${isOneOf(sql`${resource.cloudId}`, filter.clouds)}`;
  return { ...driver, conditions: [within, ...driver.conditions] };
}

/** What the search index finds, in the order of ids. What it finds is looked at again. */
export function byMatch(filter: ResourceFilter, covered: ReadonlySet<Criterion>, expression: string): Driver {
  const driver = resourceDriver(filter, covered, sql`resource_name CROSS JOIN resource ON ${resource.id} = resource_name.rowid`);
  const columns = { ...ofResource, id: sql`resource_name.rowid` };
  const match = (beyond: Beyond | null) => matched(filter, expression, beyond);
  return { ...driver, columns, match, conditions: [isOneOf(sql`${resource.cloudId}`, filter.clouds), ...driver.conditions] };
}
