import type { ResourceRow } from "../../../db/region/read/resources.ts";
import type { Actor } from "../../contract/actor.ts";
import type { Env } from "../../env.ts";
import { writeCursor } from "../../routing/cursor.ts";
import type { Region } from "../../contract/topology.ts";
import { readRegion, regionDatabase } from "../../routing/regions.ts";
import { listResources, type ListPage } from "../../routing/resource-list.ts";
import { pageResponse } from "../envelope.ts";
import { understandList, type ResourceQuery } from "./ask.ts";
import { resourceJson } from "./item.ts";

/** What a family's list shows beside each resource, by id. */
type Beside = (database: D1Database, rows: readonly ResourceRow[]) => Promise<ReadonlyMap<number, object>>;

/** One page of the resources that the actor sees. @throws Problem for what cannot be sorted, reached or asked of a region that is away */
export async function resourcePage(env: Env, actor: Actor, query: ResourceQuery, now: number, beside?: Beside): Promise<Response> {
  const asked = await understandList(actor, query, now);
  const page = await listResources(env, asked);
  const more = beside ? await besideAll(env, page, beside) : new Map<number, object>();
  const cloudNames = new Map(actor.grants.map(({ cloudId, cloudName }) => [cloudId, cloudName]));
  const items = page.rows.map(({ region, row }) => resourceJson(row, region, cloudNames, now, more.get(row.id)));
  const nextCursor = page.end && writeCursor({ position: page.end, page: page.number + 1 }, asked.list);
  return pageResponse(items, { ...page, size: asked.size, sorted: asked.sorted, nextCursor });
}

async function besideAll(env: Env, { rows }: ListPage, beside: Beside): Promise<Map<number, object>> {
  const regions = [...new Set(rows.map(({ region }) => region))];
  const rowsIn = (region: Region) => rows.filter((row) => row.region === region).map(({ row }) => row);
  const found = await Promise.all(regions.map((region) => readRegion(region, () => beside(regionDatabase(env, region), rowsIn(region)))));
  return new Map(found.flatMap((some) => [...some]));
}
