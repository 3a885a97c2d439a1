/** The orders that lists of resources have, in SQL and, for merging regions, in JavaScript: both compare alike. */
import { sql, type SQL } from "drizzle-orm";
import { environmentList, environments, families, familyList, statuses, statusList } from "../../../worker/contract/resource-types.ts";
import { zoneList, zones } from "../../../worker/contract/topology.ts";
import { resource } from "../schema/index.ts";

/** Where a row stands in an order. Ties are broken by the id. */
export interface Position {
  key: string | number;
  id: number;
}

export interface Sort {
  /** `name` and `id` are walked along an index, whatever the size; any other order sorts all that match. */
  by: "name" | "id" | "other";
  key: SQL;
  descending: boolean;
}

/** The place of each word in the alphabet, for columns that hold codes. */
function rankOf(column: SQL, codeOf: readonly (readonly [word: string, code: number])[]): SQL {
  const words = [...new Set(codeOf.map(([word]) => word))].sort();
  const cases = codeOf.map(([word, code]) => `WHEN ${code} THEN ${words.indexOf(word)}`).join(" ");
  return sql`CASE ${column} ${sql.raw(cases)} ELSE -1 END`;
}

const byFamily = (property: "type" | "category") =>
  rankOf(
    sql`${resource.type}`,
    familyList.map((family) => [families[family][property], families[family].code]),
  );
const attribute = (name: string) => sql.raw(`coalesce(json_extract(resource.attributes, '$.${name}'), -1)`);
const name: Omit<Sort, "descending"> = { by: "name", key: sql`${resource.name}` };
const id: Omit<Sort, "descending"> = { by: "id", key: sql`${resource.id}` };
const other = (key: SQL): Omit<Sort, "descending"> => ({ by: "other", key });
const zone = other(
  rankOf(
    sql`${resource.zone}`,
    zoneList.map((code) => [code, zones[code].code]),
  ),
);

/** Properties of the API that a list can be sorted by. Ids are given in the order of creation. */
const properties: Record<string, Omit<Sort, "descending"> | undefined> = {
  name,
  id,
  internalResourceId: id,
  creationTime: id,
  status: other(
    rankOf(
      sql`${resource.status}`,
      statusList.map((status) => [status, statuses[status]]),
    ),
  ),
  environment: other(
    rankOf(
      sql`${resource.environment}`,
      environmentList.map((environment) => [environment, environments[environment]]),
    ),
  ),
  type: other(byFamily("type")),
  category: other(byFamily("category")),
  resourceType: other(byFamily("category")),
  family: other(
    rankOf(
      sql`${resource.type}`,
      familyList.map((family) => [family, families[family].code]),
    ),
  ),
  az: zone,
  availabilityZone: zone,
  serviceName: other(sql`coalesce((SELECT service.name FROM service WHERE service.id = resource.service_id), '') COLLATE NOCASE`),
  creationUser: other(sql`${resource.createdBy} COLLATE NOCASE`),
  cpu: other(attribute("cpu")),
  ram: other(attribute("ram")),
  storage: other(attribute("storage")),
};
export const sortable = [...Object.keys(properties), "cloudName"];

/** @param clouds the names of the Clouds in the list; null: no such order */
export function sortOf(property: string, descending: boolean, clouds: ReadonlyMap<number, string>): Sort | null {
  if (property === "cloudName")
    return {
      ...other(
        rankOf(
          sql`${resource.cloudId}`,
          [...clouds].map(([cloudId, cloudName]) => [cloudName, cloudId]),
        ),
      ),
      descending,
    };
  const found = Object.hasOwn(properties, property) ? properties[property] : undefined;
  return found ? { ...found, descending } : null;
}

export function comparePositions(sort: Sort, left: Position, right: Position): number {
  const order = compareKeys(left.key, right.key) || left.id - right.id;
  return sort.descending ? -order : order;
}

/** As SQLite's NOCASE: A to Z count as a to z, and everything else by its code point. */
export function compareKeys(left: string | number, right: string | number): number {
  return typeof left === "number" || typeof right === "number" ? Number(left) - Number(right) : compareText(fold(left), fold(right));
}

/** As SQLite's BINARY: by code point, which is the order of the UTF-8 bytes. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  if (!/[\ud800-\udfff]/.test(left + right)) return left < right ? -1 : 1;
  const [points, others] = [[...left], [...right]];
  const at = points.findIndex((point, index) => point !== others[index]);
  if (at < 0) return -1;
  return at >= others.length ? 1 : points[at]!.codePointAt(0)! - others[at]!.codePointAt(0)!;
}

export function fold(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
