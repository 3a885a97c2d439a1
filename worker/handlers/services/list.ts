import { readServices, type ServiceList, type ServiceRow } from "../../../db/region/read/services.ts";
import { fold } from "../../../db/region/read/sorts.ts";
import { serviceKeyOf } from "../../contract/ids.ts";
import { environmentOfCode } from "../../contract/resource-types.ts";
import { hashText } from "../../contract/operation.ts";
import type { ServiceItem } from "../../contract/shapes/resources.ts";
import { regionList } from "../../contract/topology.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { readCursor, writeCursor } from "../../routing/cursor.ts";
import { askEvery } from "../../routing/every-region.ts";
import { regionDatabase } from "../../routing/regions.ts";
import { pageResponse } from "../envelope.ts";

/**
 * The Services of the Clouds that the actor has a profile on. Every region has a copy of them all, so any region that answers gives the whole list;
 * their resources are counted only when every region answers.
 */
export const listServices: Handler<"list-services"> = async ({ actor }, { query }, { env }) => {
  const { page, size, sort, clouds, names = [], search } = query;
  const { by, descending } = orderOf(sort);
  const list = await hashText(JSON.stringify(["services", sort ?? null, size, clouds ?? null, names, search ?? null]));
  const cursor = query.cursor === undefined ? null : readCursor(query.cursor, list);
  const included = names.filter((name) => !name.startsWith("!"));
  const asked: ServiceList = {
    clouds: actor.grants.map(({ cloudId }) => cloudId).filter((cloud) => !clouds?.length || clouds.includes(cloud)),
    names: included.length > 0 ? included : null,
    notNames: names.filter((name) => name.startsWith("!")).map((name) => name.slice(1)),
    search: search === undefined ? null : fold(search),
    by,
    descending,
    after: cursor?.position ?? null,
    offset: cursor ? 0 : page * size,
    limit: size + 1,
  };
  const { answers, missing } = await askEvery(regionList, true, (region) => readServices(regionDatabase(env, region), asked));
  const { rows, total } = answers[0]!.answer;
  const shown = rows.slice(0, size);
  const counts = missing.length > 0 ? null : countsOf(answers.map(({ answer }) => answer.rows));
  const cloudNames = new Map(actor.grants.map(({ cloudId, cloudName }) => [cloudId, cloudName]));
  const items = shown.map((row) => JSON.stringify(serviceItem(row, cloudNames, counts && (counts.get(row.id) ?? 0))));
  const more = rows.length > size;
  const number = cursor?.page ?? page;
  const last = shown[shown.length - 1];
  const nextCursor = more && last ? writeCursor({ position: { key: last.name, id: last.id }, page: number + 1 }, list) : null;
  return pageResponse(items, { number, size, total, more, sorted: sort !== undefined, nextCursor, missing: [] });
};

function serviceItem(row: ServiceRow, cloudNames: ReadonlyMap<number, string>, resourceCount: number | null): ServiceItem {
  return {
    id: row.id,
    serviceKey: serviceKeyOf(row.id),
    name: row.name,
    cloudId: row.cloud_id,
    cloudName: cloudNames.get(row.cloud_id) ?? "",
    environment: environmentOfCode(row.environment),
    description: row.description,
    deleting: row.closing === 1,
    revision: row.version,
    resourceCount,
  };
}

function countsOf(regions: readonly ServiceRow[][]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { id, resources } of regions.flat()) counts.set(id, (counts.get(id) ?? 0) + resources);
  return counts;
}

function orderOf(sort = "name"): { by: "name" | "id"; descending: boolean } {
  const [property, direction = "asc"] = sort.split(",").map((part) => part.trim());
  if ((property === "name" || property === "id") && /^(asc|desc)$/i.test(direction))
    return { by: property, descending: direction.toLowerCase() === "desc" };
  throw new Problem("sort_not_supported", { field: "sort", detail: "Services are sorted by name or id, (,asc|desc)." });
}
