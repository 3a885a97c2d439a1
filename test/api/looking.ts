/** What tests of the API look at behind it. */
import { env } from "cloudflare:test";
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { Caller } from "../world.ts";

/** How many rows a table of region EB has. */
export async function count(table: string, where = "true"): Promise<number> {
  return (await env.REGION_EB.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${where}`).first<number>("n"))!;
}

/** The revision of a resource of region EB. */
export async function revisionOf(id: number): Promise<number> {
  return (await env.REGION_EB.prepare("SELECT revision FROM resource WHERE id = ?").bind(id).first<number>("revision"))!;
}

export async function statusOf(who: Caller, id: number): Promise<string> {
  return (await (await who.fetch(`/itcare/compute/resources/${id}`)).json<{ status: string }>()).status;
}

/** Polls an action as a client does until it has ended. @param patience in ms. @throws Error when it has not ended then */
export async function ended(who: Caller, actionId: number, patience = 20_000): Promise<Action> {
  for (const until = Date.now() + patience; Date.now() < until;) {
    const action = await (await who.fetch(`/itcare/actions/${actionId}`)).json<Action>();
    if (action.status !== "IN_PROGRESS") return action;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The action ${actionId} is still in progress.`);
}
