/** Whether a URL can be added or removed. */
import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import { hostOf, MOST_URLS } from "../../contract/load-balancers.ts";
import type { BalancerAttributes, BalancerUrl } from "../../contract/shapes/balancer-attributes.ts";
import type { AddUrl } from "../../contract/shapes/load-balancers.ts";
import { readAttributes } from "../../../db/region/read/resource.ts";
import type { Env } from "../../env.ts";
import { Problem } from "../../gate/problem.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";
import { requireFreeHost } from "./hosts.ts";
import { requireHost, sslProfileOf } from "./plan.ts";

export interface UrlPlan {
  host: string;
  domain: string;
  sslProfile: string | null;
}

/** @throws Problem("invalid_field_value" | "name_taken" | "state_forbids") */
export async function planUrl(_actor: Actor, { id, name }: ResourceTarget, body: AddUrl, env: Env): Promise<UrlPlan> {
  const { protocol, domain: usual, urls } = await keptOf(env, id);
  const domain = body.domain ?? usual;
  const host = requireHost(body.name, domain, protocol, "name");
  const sslProfile = sslProfileOf(protocol, domain, body.sslProfile);
  if (urls.length >= MOST_URLS) {
    throw new Problem("state_forbids", {
      detail: `add-url-lb is not available: ${name} has ${urls.length} URLs, and ${MOST_URLS} is the most.`,
      change: "Remove a URL that is no longer needed.",
    });
  }
  await requireFreeHost(env, host, "name");
  return { host, domain, sslProfile };
}

/** @throws Problem("not_found" | "operation_in_progress" | "state_forbids") */
export async function planUrlRemoval(
  _actor: Actor,
  { id, name }: ResourceTarget,
  _body: unknown,
  env: Env,
  params: Record<string, string>,
): Promise<BalancerUrl> {
  const { urls } = await keptOf(env, id);
  const url = urls.find((one) => String(one.id) === params["url"]);
  if (!url) throw new Problem("not_found");
  if (url.status !== "ACTIVE")
    throw new Problem("operation_in_progress", { detail: `${url.name} is still being changed.`, change: "Wait until that has ended." });
  if (urls.length > 1) return url;
  throw new Problem("state_forbids", {
    detail: `delete-url-lb is not available: ${url.name} is the only URL of ${name}.`,
    change: "Add another URL first, or stop and delete the load balancer.",
  });
}

/** The hosts that a balancer gives up when it goes. */
export async function planHosts(_actor: Actor, { id }: ResourceTarget, _body: unknown, env: Env): Promise<{ hosts: string[] }> {
  return { hosts: (await keptOf(env, id)).urls.map(({ name }) => hostOf(name)) };
}

async function keptOf(env: Env, id: number): Promise<BalancerAttributes> {
  const text = await readRegion(regionOfId(id)!, () => readAttributes(databaseOf(env, id), id));
  if (text === null) throw new Problem("not_found");
  return JSON.parse(text) as BalancerAttributes;
}
