import type { Actor } from "../../contract/actor.ts";
import type { ListResources } from "../../contract/shapes/list-queries.ts";
import type { Env } from "../../env.ts";
import { writeCursor } from "../../routing/cursor.ts";
import { listResources } from "../../routing/resource-list.ts";
import { pageResponse } from "../envelope.ts";
import { understandList } from "./ask.ts";
import { resourceJson } from "./item.ts";

/** One page of the resources that the actor sees. @throws Problem for what cannot be sorted, reached or asked of a region that is away */
export async function resourcePage(env: Env, actor: Actor, query: ListResources, now: number): Promise<Response> {
  const asked = await understandList(actor, query, now);
  const page = await listResources(env, asked);
  const cloudNames = new Map(actor.grants.map(({ cloudId, cloudName }) => [cloudId, cloudName]));
  const items = page.rows.map(({ region, row }) => resourceJson(row, region, cloudNames));
  const nextCursor = page.end && writeCursor({ position: page.end, page: page.number + 1 }, asked.list);
  return pageResponse(items, { ...page, size: asked.size, sorted: asked.sorted, nextCursor });
}
