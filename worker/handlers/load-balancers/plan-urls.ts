/** Whether a URL can be added or removed. */
import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import { aliasStatuses, MOST_ALIASES, type Domain } from "../../contract/domains.ts";
import { hostOf, MOST_URLS } from "../../contract/load-balancers.ts";
import type { BalancerAttributes, BalancerUrl } from "../../contract/shapes/balancer-attributes.ts";
import type { AddUrl } from "../../contract/shapes/load-balancers.ts";
import { readAlias, readAliases } from "../../../db/region/read/aliases.ts";
import { readQuotas } from "../../../db/region/read/quotas.ts";
import { readAttributes } from "../../../db/region/read/resource.ts";
import type { Env } from "../../env.ts";
import type { Consequences } from "../../gate/parameters.ts";
import { lacksState, type Missing } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import { nameTaken } from "../../names/holding.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";
import { requireQuota } from "../quotas/require.ts";
import { planHostInDns, requireFreeHost } from "./hosts.ts";
import { requireHost, sslProfileOf } from "./plan.ts";

export interface UrlPlan {
  host: string;
  domain: string;
  sslProfile: string | null;
  /** The domain in which the host is made a name in DNS; null: it is not. */
  dns: Domain | null;
  /** What that name leads to. */
  address: string | null;
}

export interface UrlRemoval {
  url: BalancerUrl;
  /** Its name in DNS, where that was made with it and is still there. */
  aliases: string[];
  consequences?: Consequences;
}

/** @throws Problem("invalid_field_value" | "name_taken" | "state_forbids" | "quota_exceeded") */
export async function planUrl(actor: Actor, { id, name, cloudId }: ResourceTarget, body: AddUrl, env: Env): Promise<UrlPlan> {
  const { protocol, domain: usual, urls, ipAddress: address } = await keptOf(env, id);
  const domain = body.domain ?? usual;
  const host = requireHost(body.name, domain, protocol, "name");
  const sslProfile = sslProfileOf(protocol, domain, body.sslProfile);
  if (urls.length >= MOST_URLS) {
    const change = { kind: "act", label: "delete-url-lb", id } as const;
    throw unavailable(
      `${name} has ${urls.length} URLs, and ${MOST_URLS} is the most`,
      "Remove a URL that is no longer needed.",
      lacksState(`${urls.length} URLs`, [`${MOST_URLS - 1} URLs`], change),
    );
  }
  if (urls.some((url) => hostOf(url.name) === host)) throw nameTaken({ name: host, field: "name" }, `${name} serves '${host}' already.`);
  await requireFreeHost(env, host, "name", id);
  const dns = body.setUpDNSEnabled ? await planHostInDns(env, actor, host, "name", id) : null;
  if (dns) await requireRoom(env, { id, name, cloudId }, host, address);
  return { host, domain, sslProfile, dns, address };
}

/** One more name fits, and there is something that it can lead to. */
async function requireRoom(
  env: Env,
  { id, name, cloudId }: Pick<ResourceTarget, "id" | "name" | "cloudId">,
  host: string,
  address: string | null,
): Promise<void> {
  const region = regionOfId(id)!;
  const database = databaseOf(env, id);
  const [aliases, quotas] = await readRegion(region, () => Promise.all([readAliases(database, id), readQuotas(database, cloudId)]));
  if (aliases.some((alias) => alias.name === host)) {
    throw new Problem("name_taken", {
      field: "name",
      detail: `${name} has the alias '${host}' already.`,
      change: "Leave setUpDNSEnabled out: the name leads here anyway.",
    });
  }
  if (aliases.length >= MOST_ALIASES)
    throw unavailable(
      `${name} has ${aliases.length} aliases, and ${MOST_ALIASES} is the most`,
      "Delete an alias that is no longer needed, or leave setUpDNSEnabled out.",
      lacksState(`${aliases.length} aliases`, [`${MOST_ALIASES - 1} aliases`], { kind: "act", label: "delete-dns-lb", id }),
    );
  if (!address)
    throw unavailable(
      `${name} has no address yet`,
      "Wait until it has one, or leave setUpDNSEnabled out.",
      lacksState("no address", ["an address"], { kind: "wait", label: null, action: null, until: null }, []),
    );
  requireQuota({ dnsAliases: 1 }, quotas, region);
}

function unavailable(why: string, change: string, missing: Missing): Problem {
  return new Problem("state_forbids", { detail: `add-url-lb is not available: ${why}.`, change, missing: [missing] });
}

/** @throws Problem("not_found" | "operation_in_progress" | "state_forbids") */
export async function planUrlRemoval(
  _actor: Actor,
  { id, name }: ResourceTarget,
  _body: unknown,
  env: Env,
  params: Record<string, string>,
): Promise<UrlRemoval> {
  const { urls } = await keptOf(env, id);
  const url = urls.find((one) => String(one.id) === params["url"]);
  if (!url) throw new Problem("not_found");
  if (url.status !== "ACTIVE")
    throw new Problem("operation_in_progress", { detail: `${url.name} is still being changed.`, change: "Wait until that has ended." });
  if (urls.length > 1) return { url, ...(await withdrawalOf(env, id, url)) };
  throw new Problem("state_forbids", {
    detail: `delete-url-lb is not available: ${url.name} is the only URL of ${name}.`,
    change: "Add another URL first, or stop and delete the load balancer.",
    missing: [lacksState("1 URL", ["2 URLs"], { kind: "act", label: "add-url-lb", id })],
  });
}

/** The name in DNS that was made with it goes with it, unless it has gone before. */
async function withdrawalOf(env: Env, id: number, { name, setUpDNSEnabled }: BalancerUrl): Promise<Omit<UrlRemoval, "url">> {
  const host = hostOf(name);
  const alias = setUpDNSEnabled ? await readRegion(regionOfId(id)!, () => readAlias(databaseOf(env, id), host, id)) : null;
  if (!alias) return { aliases: [] };
  if (alias.status === aliasStatuses.ACTIVE) return { aliases: [host], consequences: { aliases: [host] } };
  throw new Problem("operation_in_progress", { detail: `The alias ${host} is still being changed.`, change: "Wait until that has ended." });
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
