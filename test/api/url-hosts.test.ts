/** The hosts of load balancers' URLs: one balancer of the whole product serves each; with `setUpDNSEnabled` each is a name in DNS that goes with it. */
import { env } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { AliasItem } from "../../worker/contract/shapes/dns.ts";
import type { BalancerItem } from "../../worker/contract/shapes/load-balancers.ts";
import { sweepExpired } from "../../worker/sweep.ts";
import { withoutRegion } from "../away.ts";
import { world, type Ask, type Person, type World } from "../world.ts";
import { count, ended } from "./looking.ts";
import { resolve } from "./resolving.ts";

let it: World;
beforeAll(async () => {
  it = await world(env);
});

const all = "/itcare/networking/loadbalancers";
const of = (id: number) => `${all}/${id}`;
const domain = "cloud.itcare.example";
const remove: Ask = { method: "DELETE" };
let made = 0;
const fresh = (within = domain) => `web-${++made}.${within}`;

interface Refused {
  errorCode: string;
  errorDesc: string;
  detail: string;
  change?: string;
  challenge?: { operation: string };
}
const codeOf = async (response: Response) => `${response.status} ${(await response.clone().json<Refused>()).errorCode}`;

function creation(url: string, more: object = {}, organizationId = 1, area: "EB-HDS" | "ET-HDS" = "EB-HDS"): Ask {
  const network = it.planted.networks.find((one) => one.organizationId === organizationId && one.zone === `${area}-A`)!;
  const service = it.planted.services.find((one) => one.cloud.name === (organizationId === 1 ? "Asclepia Care" : "Meridian"))!;
  const json = {
    serviceId: service.id,
    area,
    networkId: network.id,
    url,
    domain: url.split(".").slice(1).join("."),
    profileName: "HTTP",
    healthcheck: "/",
    persistence: "none",
    portMembers: 80,
    members: [],
    environment: "TEST",
    ...more,
  };
  return { method: "POST", json };
}

async function done(who: Person, path: string, ask: Ask): Promise<Action> {
  await who.stepUp();
  const first = await who.fetch(path, ask);
  const accepted = first.status === 401 ? await who.sign(first) : first;
  expect(accepted.status, await accepted.clone().text()).toBe(202);
  const action = await ended(who, (await accepted.json<Action>()).id);
  expect(action).toMatchObject({ status: "SUCCESS", message: null });
  return action;
}

const read = async (id: number) => (await it.stan.fetch(of(id))).json<BalancerItem>();
const aliases = async (id: number) => (await it.stan.fetch(`${of(id)}/dns`)).json<AliasItem[]>();
const holderOf = (host: string, table = "url_host_name") =>
  env.DIRECTORY.prepare(`SELECT holder, until FROM ${table} WHERE name = ?`).bind(host).first<{ holder: number; until: number | null }>();

describe("setUpDNSEnabled", () => {
  test("Paul creates a load balancer whose URL is a name in DNS: it leads there, and both go together", async () => {
    const url = fresh();
    const { resourceId: id, id: actionId } = await done(it.paul, all, creation(url, { setUpDNSEnabled: true }));
    const { ipAddress, urls, network } = await read(id);
    expect(urls).toMatchObject([{ name: url, setUpDNSEnabled: true, status: "ACTIVE" }]);
    expect(network.dns).toEqual([{ alias: url, domain }]);
    expect(await resolve(it.nobody, url)).toEqual([ipAddress]);
    expect(await aliases(id)).toMatchObject([{ alias: url, status: "ACTIVE", address: ipAddress, author: "Paul Okafor", actionId }]);

    await done(it.odile, of(id), { method: "PATCH", json: { operation: "stop" } });
    const refused = await it.paul.fetch(of(id), remove);
    const { challenge } = await refused.clone().json<Refused>();
    expect(JSON.parse(challenge!.operation)).toMatchObject({ label: "delete-lb", parameters: { consequences: { aliases: [url] } } });
    expect(await ended(it.paul, (await (await it.paul.sign(refused)).json<Action>()).id)).toMatchObject({ status: "SUCCESS" });
    expect(await resolve(it.nobody, url)).toBe("NXDOMAIN");
    expect([await holderOf(url), await holderOf(url, "alias_name")]).toEqual([null, null]);
  });

  test("a further URL gets its name, and loses it when it is removed: what is signed names it", async () => {
    const { resourceId: id } = await done(it.paul, all, creation(fresh("shop.example")));
    const url = fresh();
    const added = await done(it.odile, `${of(id)}/urls`, { method: "POST", json: { name: `http://${url}`, domain, setUpDNSEnabled: true } });
    const { ipAddress } = await read(id);
    expect(await resolve(it.nobody, url)).toEqual([ipAddress]);
    expect(await aliases(id)).toMatchObject([{ alias: url, address: ipAddress, actionId: added.id }]);

    const path = `${of(id)}/urls/${added.id}`;
    const dry = await it.odile.fetch(path, { ...remove, headers: { "itcare-dryrun": "true" } });
    expect(await dry.json()).toEqual({ label: "delete-url-lb", valid: true, consequences: { aliases: [url] } });
    await done(it.odile, path, remove);
    expect(await resolve(it.nobody, url)).toBe("NXDOMAIN");
    expect(await aliases(id)).toEqual([]);
    await done(it.odile, `${of(id)}/urls`, { method: "POST", json: { name: url, domain, setUpDNSEnabled: true } });
  });

  test("a name that was taken from a URL by itself stays away: the URL says so, and takes none with it", async () => {
    const url = fresh();
    const { resourceId: id } = await done(it.paul, all, creation(url, { setUpDNSEnabled: true }));
    await done(it.odile, `${of(id)}/urls`, { method: "POST", json: { name: fresh("shop.example"), domain: "shop.example" } });
    await done(it.odile, `${of(id)}/dns/${url}`, remove);
    const { urls } = await read(id);
    expect(urls[0]).toMatchObject({ name: url, setUpDNSEnabled: false, status: "ACTIVE" });
    const dry = await it.odile.fetch(`${of(id)}/urls/${urls[0]!.id}`, { ...remove, headers: { "itcare-dryrun": "true" } });
    expect(await dry.json()).toEqual({ label: "delete-url-lb", valid: true });
  });

  test.each([
    ["outside every domain", "www.shop.example"],
    ["in a domain without DNS creation", "www.legacy.itcare.example"],
    ["in a domain of the group", "www.group.itcare.example"],
  ])("a host %s is a 400 that says what would change it", async (_, url) => {
    const refused = await it.paul.fetch(all, creation(url, { setUpDNSEnabled: true }));
    expect(await codeOf(refused)).toBe("400 INVALID_FIELD_VALUE");
    expect(await refused.json()).toMatchObject({
      errorDesc: "setUpDNSEnabled",
      change: "Choose a URL in cloud.itcare.example or health.itcare.example, or leave setUpDNSEnabled out.",
    });
  });

  test("a name that leads elsewhere stays where it is; the URL can be served without it", async () => {
    const [url, server] = [fresh(), await it.addInstance()];
    await done(it.odile, `/itcare/compute/instances/${server.id}/dns`, { method: "POST", json: { alias: url, domain } });
    const refused = await it.paul.fetch(all, creation(url, { setUpDNSEnabled: true }));
    expect(await codeOf(refused)).toBe("409 NAME_TAKEN");
    expect((await refused.json<Refused>()).change).toContain("leave setUpDNSEnabled out");
    await done(it.paul, all, creation(url));
  });

  test("cancelled before its first step, neither the balancer nor any name is left", async () => {
    const url = fresh();
    const region = env.SIMULATED_ZONES.getByName("EB");
    const cut = { ...env, ZONE_CONTROLLERS: { getByName: () => ({ wake: () => Promise.reject(new Error("away")) }) } } as unknown as typeof env;
    const proof = await it.paul.proofFor(await it.paul.fetch(all, creation(url, { setUpDNSEnabled: true })));
    const accepted = await it.paul.fetch(all, { ...creation(url, { setUpDNSEnabled: true }), headers: { "itcare-proof": proof }, env: cut });
    const { id, resourceId } = await accepted.json<Action>();
    await it.paul.stepUp();
    const cancelled = await it.paul.fetch(`/itcare/actions/${id}`, { method: "PATCH", json: { operation: "cancel" } });
    expect(cancelled.status, await cancelled.clone().text()).toBe(202);
    expect(await count("alias", `resource_id = ${resourceId}`)).toBe(0);
    expect(await region.observe(resourceId, "records")).toMatchObject({ observed: { records: [] } });
    expect([await holderOf(url), await holderOf(url, "alias_name")]).toEqual([null, null]);
  });
});

describe("a host is one balancer's in the whole product", () => {
  test("of two who want it at the same moment in two regions one gets it, in every round", async () => {
    for (let round = 0; round < Math.min(Number(env.ROUNDS), 10); round++) {
      const url = fresh("shop.example");
      const asks = [
        [it.paul, creation(url)],
        [it.greta, creation(url, {}, 3, "ET-HDS")],
      ] as const;
      const proofs = await Promise.all(asks.map(async ([who, ask]) => who.proofFor(await who.fetch(all, ask))));
      const answers = await Promise.all(asks.map(([who, ask], index) => who.fetch(all, { ...ask, headers: { "itcare-proof": proofs[index]! } })));
      expect(answers.map(({ status }) => status).sort(), `round ${round}`).toEqual([202, 409]);
      const winner = answers.findIndex(({ status }) => status === 202);
      const { id, resourceId } = await answers[winner]!.json<Action>();
      await ended(asks[winner]![0], id);
      expect(await holderOf(url)).toEqual({ holder: resourceId, until: null });
    }
  }, 120_000);

  test("what another region's balancer serves is taken, though that region is away, and nobody is told by whom", async () => {
    const url = fresh("shop.example");
    await done(it.greta, all, creation(url, {}, 3, "ET-HDS"));
    const refused = await it.paul.fetch(all, { ...creation(url), env: withoutRegion(env, "ET") });
    expect(await codeOf(refused)).toBe("409 NAME_TAKEN");
    expect((await refused.json<Refused>()).detail).toBe(`The name '${url}' is taken.`);
  });

  test("a creation that is refused leaves no name behind: its host is free at once", async () => {
    const url = fresh("shop.example");
    const proof = await it.paul.proofFor(await it.paul.fetch(all, creation(url, { name: "first-come" })));
    await done(it.paul, all, creation(fresh("shop.example"), { name: "first-come" }));
    const late = await it.paul.fetch(all, { ...creation(url, { name: "first-come" }), headers: { "itcare-proof": proof } });
    expect(late.status).toBe(409);
    expect(await holderOf(url)).toBeNull();
  });

  test("hosts from before the directory held them are told to it by the sweep", async () => {
    const edge = await it.addInstance({ family: "LOAD_BALANCER" });
    const host = fresh("shop.example");
    await env.REGION_EB.prepare("INSERT INTO url_host (host, balancer_id) VALUES (?, CAST(? AS INTEGER))").bind(host, edge.id).run();
    await sweepExpired(env, Date.now());
    expect(await holderOf(host)).toEqual({ holder: edge.id, until: null });
    expect(await count("url_host", "held = 0")).toBe(0);
    expect(await codeOf(await it.greta.fetch(all, creation(host, {}, 3, "ET-HDS")))).toBe("409 NAME_TAKEN");
  });
});
