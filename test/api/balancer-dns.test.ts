/** DNS aliases of load balancers over HTTP, down to what the name server answers: the same rules as an instance's, and the address is the balancer's own. */
import { env } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import type { SeededResource } from "../../db/seed/resources.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { AliasItem } from "../../worker/contract/shapes/dns.ts";
import { simulatedZone } from "../../worker/zones/simulated/engine.ts";
import { world, type Ask, type Person, type World } from "../world.ts";
import { count, ended, revisionOf } from "./looking.ts";
import { resolve } from "./resolving.ts";

let it: World;
beforeAll(async () => {
  it = await world(env);
});

const domain = "cloud.itcare.example";
const at = (id: number) => `/itcare/networking/loadbalancers/${id}`;
const of = (id: number) => `${at(id)}/dns`;
const create = (name: string, more: object = {}): Ask => ({ method: "POST", json: { alias: `${name}.${domain}`, domain, ...more } });
const remove: Ask = { method: "DELETE" };
let made = 0;
const unique = () => `edge-${++made}`;

interface Refused {
  errorCode: string;
  detail: string;
  change?: string;
  challenge?: { operation: string };
}
interface Read {
  network: { dns: { alias: string; domain: string }[] };
  availableActions: { label: string; available: boolean; unavailabilityCauses: string[]; consequences?: object }[];
}
const codeOf = async (response: Response) => `${response.status} ${(await response.clone().json<Refused>()).errorCode}`;
const list = async (who: Person, id: number) => (await who.fetch(of(id))).json<AliasItem[]>();
const read = async (who: Person, id: number) => (await who.fetch(at(id))).json<Read>();
const said = async (who: Person, id: number, label: string) => (await read(who, id)).availableActions.find((one) => one.label === label)!;
const addressOf = ({ attributes }: SeededResource) => (attributes as { ipAddress: string }).ipAddress;
const balancer = (status: "ACTIVE" | "INACTIVE" | "PREPARATION" = "ACTIVE") => it.addInstance({ family: "LOAD_BALANCER", status });

/** Signs, and waits until the region has done it. */
async function done(who: Person, path: string, ask: Ask): Promise<Action> {
  const accepted = await who.act(path, ask);
  expect(accepted.status, await accepted.clone().text()).toBe(202);
  const action = await ended(who, (await accepted.json<Action>()).id);
  expect(action).toMatchObject({ status: "SUCCESS", message: null });
  return action;
}

test("Odile gives a load balancer a name, it resolves to the address that it serves on; she takes it away, and it resolves no more", async () => {
  const edge = await balancer();
  const name = `shop.${domain}`;
  expect(await list(it.stan, edge.id)).toEqual([]);
  const action = await done(it.odile, of(edge.id), create("Shop", { alias: `SHOP.${domain}.`, changeReference: "RFC_8" }));
  expect(action).toMatchObject({ process: "lb_create_dns", resourceId: edge.id, changeReference: "RFC_8", resourceType: "LOAD_BALANCER" });
  expect(await resolve(it.nobody, name)).toEqual([addressOf(edge)]);
  expect(await list(it.stan, edge.id)).toMatchObject([
    { alias: name, domain, status: "ACTIVE", type: "A", address: addressOf(edge), author: "Odile Renaud", actionId: action.id },
  ]);
  const shown = await read(it.stan, edge.id);
  expect(shown.network.dns).toEqual([{ alias: name, domain }]);
  expect(shown).not.toHaveProperty("dns");

  expect(await done(it.odile, `${of(edge.id)}/Shop.${domain}`, remove)).toMatchObject({ process: "lb_delete_dns" });
  expect(await resolve(it.nobody, name)).toBe("NXDOMAIN");
  expect(await list(it.stan, edge.id)).toEqual([]);
  expect((await read(it.stan, edge.id)).network.dns).toEqual([]);
  expect(await count("alias", `resource_id = ${edge.id}`)).toBe(0);
});

describe("who asks, and for what", () => {
  test("Stan reads and is told what he lacks, before and when he asks; foreign, absent, an instance and another balancer's alias are one answer", async () => {
    const [edge, other, server] = [await balancer(), await balancer(), await it.addInstance()];
    const name = unique();
    await done(it.odile, of(edge.id), create(name));
    expect(await list(it.stan, edge.id)).toHaveLength(1);
    expect(await codeOf(await it.stan.fetch(of(edge.id), create("y")))).toBe("403 PROFILE_TOO_LOW");
    expect(await said(it.stan, edge.id, "create-dns-lb")).toMatchObject({ available: false, unavailabilityCauses: [expect.stringContaining("OPE")] });
    expect(await said(it.odile, edge.id, "create-dns-lb")).toMatchObject({ available: true, unavailabilityCauses: [] });
    const bodies = await Promise.all(
      [
        it.boris.fetch(`${of(edge.id)}/${name}.${domain}`, remove),
        it.boris.fetch(`${of(it.absent)}/${name}.${domain}`, remove),
        it.odile.fetch(`${of(other.id)}/${name}.${domain}`, remove),
        it.odile.fetch(`${of(server.id)}/${name}.${domain}`, remove),
        it.odile.fetch(`${of(edge.id)}/nobody.${domain}`, remove),
        it.odile.fetch(`/itcare/compute/instances/${edge.id}/dns/${name}.${domain}`, remove),
      ].map(async (response) => `${(await response).status} ${(await (await response).text()).replace(/"requestId":"[^"]+"/, "")}`),
    );
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).toMatch(/^404 /);
    expect((await it.boris.fetch(of(edge.id))).status).toBe(404);
    expect((await it.stan.fetch(of(server.id))).status).toBe(404);
  });

  test("what is signed names the alias; a dry run changes nothing anywhere; a program cannot sign", async () => {
    const edge = await balancer();
    const name = unique();
    const dry = await it.odile.fetch(of(edge.id), { ...create(name), headers: { "itcare-dryrun": "true" } });
    expect([dry.status, await dry.json()]).toEqual([202, { label: "create-dns-lb", valid: true }]);
    const refused = await it.odile.fetch(of(edge.id), create(name));
    const { challenge } = await refused.json<Refused>();
    expect(JSON.parse(challenge!.operation)).toMatchObject({ label: "create-dns-lb", parameters: { alias: `${name}.${domain}`, domain } });
    expect(await codeOf(await it.runner.fetch(of(edge.id), create(name)))).toBe("401 SIGNATURE_REQUIRED");
    expect(await count("alias", `resource_id = ${edge.id}`)).toBe(0);
    expect(await env.DIRECTORY.prepare("SELECT 1 FROM alias_name WHERE name = ?").bind(`${name}.${domain}`).first()).toBeNull();
  });

  test("a balancer that is still being made has no address to lead to, and what is refused is named by its own label", async () => {
    const [bare, young] = [await balancer(), await balancer("PREPARATION")];
    await env.REGION_EB.prepare("UPDATE resource SET attributes = json_set(attributes, '$.ipAddress', null) WHERE id = ?").bind(bare.id).run();
    const refused = await it.odile.fetch(of(bare.id), create(unique()));
    expect(await codeOf(refused)).toBe("409 STATE_FORBIDS");
    expect((await refused.json<Refused>()).detail).toContain("create-dns-lb is not available");
    expect(await codeOf(await it.odile.fetch(of(young.id), create(unique())))).toBe("409 STATE_FORBIDS");
  });

  test("a name is one's alone among instances and load balancers: whoever has it, and then the other", async () => {
    const [edge, server] = [await balancer(), await it.addInstance({ zone: "ET-HDS-A" })];
    const name = unique();
    await done(it.odile, `/itcare/compute/instances/${server.id}/dns`, create(name));
    expect(await codeOf(await it.odile.fetch(of(edge.id), create(name)))).toBe("409 NAME_TAKEN");
    await done(it.odile, `/itcare/compute/instances/${server.id}/dns/${name}.${domain}`, remove);
    await done(it.odile, of(edge.id), create(name));
    expect(await resolve(it.nobody, `${name}.${domain}`)).toEqual([addressOf(edge)]);
    expect(await codeOf(await it.odile.fetch(`/itcare/compute/instances/${server.id}/dns`, create(name)))).toBe("409 NAME_TAKEN");
  });

  test("an alias runs beside what is done to the balancer, and moves its revision", async () => {
    const edge = await balancer();
    await env.REGION_EB.prepare("UPDATE resource SET open_operation = 1, open_label = 'stop-lb' WHERE id = ?").bind(edge.id).run();
    const before = await revisionOf(edge.id);
    await done(it.odile, of(edge.id), create(unique()));
    expect(await revisionOf(edge.id)).toBe(before + 1);
    expect(await count("resource", `id = ${edge.id} AND open_operation = 1`)).toBe(1);
  });
});

describe("aliases go with their load balancer", () => {
  test("the dry run, the balancer and what is signed name them; when it is gone they are, and their names are free", async () => {
    const edge = await balancer("INACTIVE");
    const names = [`a.${unique()}.${domain}`, `b.${unique()}.${domain}`].sort();
    for (const alias of names) await done(it.odile, of(edge.id), create("", { alias }));
    const consequences = { aliases: names };
    expect(await said(it.paul, edge.id, "delete-lb")).toMatchObject({ available: true, consequences });
    const dry = await it.paul.fetch(at(edge.id), { ...remove, headers: { "itcare-dryrun": "true" } });
    expect(await dry.json()).toEqual({ label: "delete-lb", valid: true, consequences });
    const refused = await it.paul.fetch(at(edge.id), remove);
    const { challenge } = await refused.clone().json<Refused>();
    expect(JSON.parse(challenge!.operation)).toMatchObject({ label: "delete-lb", parameters: { consequences } });
    const accepted = await it.paul.sign(refused);
    expect(await ended(it.paul, (await accepted.json<Action>()).id)).toMatchObject({ status: "SUCCESS", message: null });

    for (const name of names) expect(await resolve(it.nobody, name)).toBe("NXDOMAIN");
    expect(await count("alias", `resource_id = ${edge.id}`)).toBe(0);
    expect(await count("url_host", `balancer_id = ${edge.id}`)).toBe(0);
    expect(await env.DIRECTORY.prepare("SELECT count(*) AS n FROM alias_name WHERE holder = ?").bind(edge.id).first("n")).toBe(0);
  });

  test("a balancer whose alias is still being made is not deleted from under it, and one that is being deleted gets no name", async () => {
    const [edge, going] = [await balancer("INACTIVE"), await balancer("INACTIVE")];
    const region = simulatedZone(env, "EB");
    await region.away(true);
    try {
      const { id } = await (await it.odile.act(of(edge.id), create(unique()))).json<Action>();
      expect(await codeOf(await it.paul.fetch(at(edge.id), remove))).toBe("409 OPERATION_IN_PROGRESS");
      const deleted = await (await it.paul.act(at(going.id), remove)).json<Action>();
      const refused = await it.odile.fetch(of(going.id), create(unique()));
      expect(await codeOf(refused)).toBe("409 OPERATION_IN_PROGRESS");
      await region.away(false);
      await ended(it.odile, id);
      await ended(it.paul, deleted.id);
    } finally {
      await region.away(false);
    }
  });
});
