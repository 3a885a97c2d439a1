/**
 * How rows are found: by which index, over which of its ranges. SQLite's planner is never asked. With the rows of each range in the order of names, a
 * page stops each range as soon as the page holds better rows; so few ranges and many matches among what is passed make a cheap page.
 */
import { sql, type SQL } from "drizzle-orm";
import {
  address,
  columnConditions,
  criteriaOf,
  namedConditions,
  ofResource,
  tagId,
  type Criterion,
  type NamedColumns,
  type ResourceFilter,
} from "./filter.ts";
import { allResources, countOf, estimate, type Facts } from "./facts.ts";
import type { Sort } from "./sorts.ts";
import { makeId } from "../../../worker/contract/ids.ts";
import { families, familyList } from "../../../worker/contract/resource-types.ts";
import { resource } from "../schema/index.ts";

const familyCodes: number[] = familyList.map((family) => families[family].code);

export interface Driver {
  /** FROM, with `resource` in it, or `tagged` (resource_tag) alone. */
  from: SQL;
  columns: NamedColumns;
  /** Everything that the ranges do not already say. */
  conditions: SQL[];
  /** True: FROM holds only the tag's own rows. */
  tagged: boolean;
  /** How many rows are read to see whether one row fits, itself included. */
  perRow: number;
}

export interface Plan extends Driver {
  /** How many rows the ranges hold, as far as counters know. */
  rows: number;
}

interface Candidate {
  covers: Criterion[];
  ranges: number;
  rows: number;
  make(covered: ReadonlySet<Criterion>): Driver;
}

/** Ranges for each Cloud of a list that is planned without looking at counters first; more are weighed. */
const FEW_RANGES = 2;

const indexes = {
  name: sql.raw("resource_cloud_name"),
  status: sql.raw("resource_cloud_status"),
  environment: sql.raw("resource_cloud_environment"),
  type: sql.raw("resource_cloud_type"),
  category: sql.raw("resource_cloud_category"),
  zone: sql.raw("resource_cloud_zone"),
};
const category = sql`${resource.type} / 10`;

/**
 * The driver of a list whose cost can be told without counters: at most one criterion, in the order of names.
 * @returns null: look at the counters first
 */
export function planAtOnce(filter: ResourceFilter, sort: Sort): Plan | null {
  if (sort.by !== "name" || criteriaOf(filter).length > 1 || filter.contains !== null) return null;
  const [best, second] = candidates(filter, null).sort((left, right) => right.covers.length - left.covers.length || left.ranges - right.ranges);
  if (criteriaOf(filter).length > 0 && best!.covers.length === 0) return null;
  if (best!.ranges > FEW_RANGES * Math.max(filter.clouds.length, 1) && second && !filter.names) return null;
  return planned(best!);
}

function planned({ covers, rows, make }: Candidate): Plan {
  return { ...make(new Set(covers)), rows };
}

/** The driver that passes the fewest rows. @param need how many rows of the list have to be seen; Infinity: all */
export function plan(filter: ResourceFilter, sort: Sort, need: number, facts: Facts): Plan {
  const matches = Math.max(estimate(filter, facts), 1);
  const passed = (rows: number) => Math.min(rows, (need * rows) / matches);
  const costOf = ({ ranges, rows, covers }: Candidate): number => {
    const probes = covers.some((criterion) => criterion.startsWith("tag")) && criteriaOf(filter).length > covers.length ? 2 : 1;
    return 2 * ranges + probes * (sort.by === "name" ? passed(rows) : rows);
  };
  const cheapest = candidates(filter, facts).sort((left, right) => costOf(left) - costOf(right))[0]!;
  if (sort.by !== "id") return planned(cheapest);
  const walk = byId(filter, facts.organizationTotal ?? allResources(facts));
  return planned(passed(walk.rows) < costOf(cheapest) ? walk : cheapest);
}

/** Every way that the filter leaves open. @param facts null: what is there is not known */
function candidates(filter: ResourceFilter, facts: Facts | null): Candidate[] {
  const rowsOf = (criterion: Criterion) => (facts && countOf(criterion, filter, facts)) ?? Infinity;
  const found: Candidate[] = [
    {
      covers: [],
      ranges: filter.clouds.length,
      rows: facts ? allResources(facts) : Infinity,
      make: (covered) => ranged(filter, covered, indexes.name, [], []),
    },
  ];
  const dimension = (criterion: Criterion, index: SQL, column: SQL, codes: readonly number[]) =>
    found.push({
      covers: [criterion],
      ranges: filter.clouds.length * codes.length,
      rows: rowsOf(criterion),
      make: (covered) => ranged(filter, covered, index, [column], [codes]),
    });
  if (filter.statuses) dimension("statuses", indexes.status, sql`${resource.status}`, filter.statuses);
  if (filter.environments) dimension("environments", indexes.environment, sql`${resource.environment}`, filter.environments);
  if (filter.zones) dimension("zones", indexes.zone, sql`${resource.zone}`, filter.zones);
  if (filter.types) {
    dimension("types", indexes.type, sql`${resource.type}`, filter.types);
    const whole = wholeCategories(filter.types);
    if (whole) dimension("types", indexes.category, category, whole);
    else if (facts) found.push(withinCategories(filter, filter.types, facts));
  }
  if (filter.names) {
    const { names } = filter;
    found.push({
      covers: ["names"],
      ranges: filter.clouds.length * names.length,
      rows: filter.clouds.length * names.length,
      make: (covered) => byName(filter, covered, names),
    });
  }
  if (filter.services)
    found.push({ covers: ["services"], ranges: filter.services.length, rows: rowsOf("services"), make: (covered) => byService(filter, covered) });
  if (filter.addresses)
    found.push({
      covers: ["addresses"],
      ranges: filter.clouds.length * filter.addresses.length,
      rows: filter.clouds.length * filter.addresses.length,
      make: (covered) => byAddress(filter, covered),
    });
  filter.tags.forEach(({ value, absent }, index) => {
    // What lacks a tag stands in no index: it is found among the others.
    if (absent) return;
    const criterion = `tag${index}` as const;
    const known = facts?.tags[index]?.whole ? facts.tags[index].ids : null;
    if (value !== null)
      found.push({ covers: [criterion], ranges: filter.clouds.length, rows: rowsOf(criterion), make: (covered) => byTag(filter, covered, index) });
    else if (known) {
      const ranges = known.flatMap(({ id, counts }) => filter.clouds.filter((cloud) => counts[cloud]).map((cloud) => [id, cloud]));
      found.push({ covers: [criterion], ranges: ranges.length, rows: rowsOf(criterion), make: (covered) => byTags(filter, covered, ranges) });
    }
  });
  return found;
}

/** Families that are the most of their category are found sooner in the whole category. */
function withinCategories(filter: ResourceFilter, types: readonly number[], facts: Facts): Candidate {
  const tens = [...new Set(types.map((code) => Math.floor(code / 10)))];
  const families = familyCodes.filter((code) => tens.includes(Math.floor(code / 10)));
  return {
    covers: [],
    ranges: filter.clouds.length * tens.length,
    rows: countOf("types", { ...filter, types: families }, facts)!,
    make: (covered) => ranged(filter, covered, indexes.category, [category], [tens]),
  };
}

/** Ranges over (Cloud, columns…, name) of one of the resource's indexes. */
function ranged(
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
  const rest = columns.map((column, at) => sql` AND ${column} = range.value ->> ${sql.raw(String(at + 1))}`);
  return resourceDriver(
    filter,
    covered,
    sql`json_each(${JSON.stringify(ranges)}) AS range CROSS JOIN resource INDEXED BY ${index} ON ${resource.cloudId} = range.value ->> 0${sql.join(rest)}`,
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

function byService(filter: ResourceFilter, covered: ReadonlySet<Criterion>): Driver {
  // A Service of a Cloud that the actor does not see is left out before its resources are passed.
  return resourceDriver(
    filter,
    covered,
    sql`json_each(${JSON.stringify(filter.services)}) AS range CROSS JOIN service ON service.id = range.value AND service.cloud_id IN (SELECT value FROM json_each(${JSON.stringify(filter.clouds)}))
      CROSS JOIN resource INDEXED BY resource_service ON ${resource.serviceId} = service.id`,
  );
}

function byAddress(filter: ResourceFilter, covered: ReadonlySet<Criterion>): Driver {
  const ranges = filter.addresses!.flatMap((ip) => filter.clouds.map((cloud) => [ip, cloud]));
  return resourceDriver(
    filter,
    covered,
    sql`json_each(${JSON.stringify(ranges)}) AS range CROSS JOIN resource INDEXED BY resource_address ON ${address} = range.value ->> 0 AND ${resource.cloudId} = range.value ->> 1`,
  );
}

/** The organization's resources in the order of their ids. */
function byId(filter: ResourceFilter, organizationTotal: number): Candidate {
  const first = makeId({ region: filter.region, organization: filter.organizationId, sequence: 0 });
  return {
    covers: [],
    ranges: 1,
    rows: organizationTotal,
    make: (covered) => {
      const driver = resourceDriver(filter, covered, sql`resource NOT INDEXED`);
      const within = sql`${resource.id} > ${first} AND ${resource.id} < ${first + 2 ** 32} AND ${resource.cloudId} IN (SELECT value FROM json_each(${JSON.stringify(filter.clouds)}))`;
      return { ...driver, conditions: [within, ...driver.conditions] };
    },
  };
}

function byTag(filter: ResourceFilter, covered: ReadonlySet<Criterion>, index: number): Driver {
  const { key, value } = filter.tags[index]!;
  const id = tagId(filter.organizationId, key, value!);
  return taggedDriver(
    filter,
    covered,
    sql`json_each(${JSON.stringify(filter.clouds)}) AS range CROSS JOIN resource_tag AS tagged ON tagged.tag_id = ${id} AND tagged.cloud_id = range.value`,
  );
}

function byTags(filter: ResourceFilter, covered: ReadonlySet<Criterion>, ranges: readonly (readonly number[])[]): Driver {
  return taggedDriver(
    filter,
    covered,
    sql`json_each(${JSON.stringify(ranges)}) AS range CROSS JOIN resource_tag AS tagged ON tagged.tag_id = range.value ->> 0 AND tagged.cloud_id = range.value ->> 1`,
  );
}

function resourceDriver(filter: ResourceFilter, covered: ReadonlySet<Criterion>, from: SQL): Driver {
  return {
    from,
    columns: ofResource,
    conditions: [...namedConditions(filter, covered, ofResource), ...columnConditions(filter, covered)],
    tagged: false,
    perRow: 1 + probesOf(filter, covered),
  };
}

function taggedDriver(filter: ResourceFilter, covered: ReadonlySet<Criterion>, from: SQL): Driver {
  const columns: NamedColumns = { cloud: sql`tagged.cloud_id`, name: sql`tagged.name`, id: sql`tagged.resource_id` };
  const own = columnConditions(filter, covered);
  // A look into the resource as a value, not as a join: a join would lose the early stop.
  const resourceFits = own.length > 0 ? [sql`(SELECT ${sql.join(own, sql` AND `)} FROM resource WHERE ${resource.id} = tagged.resource_id)`] : [];
  const perRow = 1 + probesOf(filter, covered) + resourceFits.length;
  return { from, columns, conditions: [...namedConditions(filter, covered, columns), ...resourceFits], tagged: true, perRow };
}

function probesOf(filter: ResourceFilter, covered: ReadonlySet<Criterion>): number {
  return filter.tags.filter(({ value }, index) => value !== null && !covered.has(`tag${index}`)).length;
}

/** The tens that the families' codes share, when they are whole categories and nothing else; else null. */
function wholeCategories(types: readonly number[]): number[] | null {
  const asked = new Set(types);
  const tens = [...new Set(types.map((code) => Math.floor(code / 10)))];
  return tens.every((ten) => familyCodes.filter((code) => Math.floor(code / 10) === ten).every((code) => asked.has(code))) ? tens : null;
}
