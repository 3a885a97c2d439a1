/** Load balancers over HTTP, down to what the region's engine serves and its health monitor finds. */
import { env } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import type { SeededResource } from "../../db/seed/resources.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { BalancerItem, BalancerMember } from "../../worker/contract/shapes/load-balancers.ts";
import type { Zone } from "../../worker/contract/topology.ts";
import { engineFor } from "../../worker/zones/engines.ts";
import { simulatedZone } from "../../worker/zones/simulated/engine.ts";
import { watchBalancers } from "../../worker/zones/wake.ts";
import { world, type Ask, type Person, type World } from "../world.ts";
import { count, ended } from "./looking.ts";

let it: World;
beforeAll(async () => {
  it = await world(env);
});

const all = "/itcare/networking/loadbalancers";
const of = (id: number) => `${all}/${id}`;
const patch = (operation: string, options?: object): Ask => ({ method: "PATCH", json: { operation, ...(options && { options }) } });
let hosts = 0;
const freshUrl = () => `shop-${++hosts}.asclepia.example`;

interface Refused {
  errorCode: string;
  errorDesc: string;
  detail: string;
  change?: string;
  challenge?: { operation: string };
}
const codeOf = async (response: Response) => `${response.status} ${(await response.clone().json<Refused>()).errorCode}`;
const fieldOf = async (response: Response) => `${response.status} ${(await response.clone().json<Refused>()).errorDesc}`;

function creation(more: object = {}): Ask {
  const network = it.planted.networks.find(({ organizationId, zone }) => organizationId === 1 && zone === "EB-HDS-A")!;
  const json = {
    serviceId: it.instances.EB.ACTIVE.TEST.service.id,
    area: "EB-HDS",
    networkId: network.id,
    url: freshUrl(),
    domain: "asclepia.example",
    profileName: "HTTP",
    healthcheck: "/health",
    persistence: "cookie",
    portMembers: 8080,
    redirectToHttps: false,
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

const read = async (id: number, who: Person = it.stan) => (await who.fetch(of(id))).json<BalancerItem & { availableActions: object[] }>();
const members = async (id: number, who: Person = it.stan) => (await who.fetch(`${of(id)}/members`)).json<BalancerMember[]>();
const shown = async (id: number) => (await members(id)).map(({ name, state, status }) => `${name} ${state} ${status}`).sort();

/** A balancer with these members, whose health monitor has come to its verdict. */
async function balancer(...instances: SeededResource[]): Promise<number> {
  const { resourceId } = await done(it.paul, all, creation({ members: instances.map(({ id }) => id) }));
  await settled(resourceId);
  return resourceId;
}

async function settled(id: number): Promise<void> {
  await watchBalancers(env, "EB", [id]);
  await until(async () => (await members(id)).every(({ status }) => status !== "unknown"));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) if (await holds()) return;
  throw new Error("It did not happen.");
}

const server = (zone: Zone = "EB-HDS-A") => it.addInstance({ zone });

async function engineSees(id: number) {
  const observed = await engineFor(env, "EB").observe(id, "balancer");
  return observed?.kind === "balancer" ? observed : null;
}

async function power(id: number, operation: "start" | "stop"): Promise<void> {
  await done(it.odile, `/itcare/compute/instances/${id}`, patch(operation));
}

test("Paul creates a load balancer with two members: the region makes it, starts it, and its health monitor finds them", async () => {
  const [one, other] = [await server("EB-HDS-A"), await server("EB-HDS-C")];
  const ask = creation({
    members: [one.id, { id: other.id, port: 8081 }],
    profileName: "HTTPS",
    redirectToHttps: true,
    tags: [{ key: "tier", value: "edge" }],
  });
  const refused = await it.paul.fetch(all, ask);
  expect(await codeOf(refused)).toBe("401 SIGNATURE_REQUIRED");
  const { challenge } = await refused.clone().json<Refused>();
  expect(JSON.parse(challenge!.operation)).toMatchObject({ label: "create-lb", parameters: { portMembers: 8080, loadBalancingMode: "round-robin" } });
  const accepted = await it.paul.sign(refused);
  const action = await ended(it.paul, (await accepted.json<Action>()).id);
  expect(action).toMatchObject({ status: "SUCCESS", process: "lb_create", resourceType: "LOAD_BALANCER" });

  const id = action.resourceId;
  const { url } = ask.json as { url: string };
  const item = await read(id);
  expect(item).toMatchObject({
    name: url,
    status: "ACTIVE",
    category: "LOAD_BALANCER",
    area: "EB-HDS",
    labelArea: "EB-HDS (default)",
    availabilityZone: null,
    protocol: "HTTPS",
    port: 443,
    portMembers: 8080,
    persistence: { default: "cookie", fallback: null },
    healthcheck: { type: "HTTP", path: "/health" },
    urls: [{ id: action.id, name: url, sslProfile: "profile_wildcard.asclepia.example_secure", status: "ACTIVE" }],
    tags: [{ key: "tier", value: "edge" }],
    memberCount: 2,
  });
  expect(item.ipAddress).toMatch(/^10\./);
  expect(item.network.ipAddress).toBe(item.ipAddress);
  expect(await engineSees(id)).toMatchObject({ enabled: true, ipAddress: item.ipAddress, hosts: [url] });

  await settled(id);
  expect(await read(id)).toMatchObject({ operatingStatus: "ONLINE", membersUp: 2 });
  expect(await members(id)).toMatchObject([
    {
      id: one.id,
      port: 8080,
      state: "enabled",
      status: "up",
      availabilityZone: "EB-HDS-A",
      dataCenter: "EB4",
      category: "INSTANCE",
      phase: "ACTIVE",
    },
    { id: other.id, port: 8081, state: "enabled", status: "up", availabilityZone: "EB-HDS-C", dataCenter: "EB5" },
  ]);
  const instance = await (await it.stan.fetch(`/itcare/compute/instances/${one.id}`)).json<object>();
  expect(instance).toMatchObject({ isMemberOFLoadBalancer: true, loadbalancers: [{ id, name: url, port: 8080, status: "up" }] });
});

describe("nobody signs a creation that must fail", () => {
  test.each([
    [{ area: "EB-EMEA" }, "403 area"],
    [{ region: "ET" }, "400 region"],
    [{ area: "ET-HDS" }, "400 networkId"],
    [{ networkId: 4 }, "400 networkId"],
    [{ domain: "other.example" }, "400 url"],
    [{ url: "https://shop.asclepia.example" }, "400 url"],
    [{ url: "a..asclepia.example" }, "400 url"],
    [{ profileName: "TCP", persistence: "source_addr" }, "400 port"],
    [{ profileName: "MYSQL" }, "400 persistence"],
    [{ redirectToHttps: true }, "400 redirectToHttps"],
    [{ sslProfile: "profile_x" }, "400 sslProfile"],
    [{ persistence: { fallback: "source_addr" } }, "400 persistence"],
    [{ portMembers: 70_000 }, "400 portMembers"],
    [{ setUpDNSEnabled: true }, "400 setUpDNSEnabled"],
    [{ colour: "red" }, "400 colour"],
  ])("%o", async (more, expected) => {
    expect(await fieldOf(await it.paul.fetch(all, creation(more)))).toBe(expected);
  });

  test("whose members are not instances of this Cloud and area, with an address", async () => {
    const research = await it.addInstance({ cloud: "Asclepia Research" });
    const toulouse = await it.addInstance({ zone: "ET-HDS-A" });
    const store = await it.addInstance({ family: "MARIADB" });
    for (const id of [it.foreign.id, it.absent, research.id, toulouse.id, store.id])
      expect(await fieldOf(await it.paul.fetch(all, creation({ members: [id] })))).toBe("400 members.0.id");
    const bodies = await Promise.all(
      [it.foreign.id, it.absent, research.id].map(
        async (id) => (await (await it.paul.fetch(all, creation({ members: [id] }))).json<Refused>()).detail,
      ),
    );
    expect(new Set(bodies).size).toBe(1);
    const young = await it.addInstance({ status: "PREPARATION" });
    expect(await codeOf(await it.paul.fetch(all, creation({ members: [young.id] })))).toBe("409 STATE_FORBIDS");
  });

  test("nor one that a profile does not allow: Odile manages, and does not create", async () => {
    expect(await codeOf(await it.odile.fetch(all, creation()))).toBe("403 PROFILE_TOO_LOW");
  });
});

test("a member is added, taken out of service, brought back and removed, and the engine does each", async () => {
  const [one, other, third] = [await server(), await server(), await server()];
  const id = await balancer(one, other);
  await done(it.odile, of(id), patch("add_member", { id: third.id }));
  await settled(id);
  expect(await shown(id)).toEqual([one, other, third].map(({ name }) => `${name} enabled up`).sort());

  await done(it.odile, of(id), patch("update_member_state", { id: third.id, state: "disabled" }));
  expect(await shown(id)).toContain(`${third.name} disabled user_down`);
  expect((await engineSees(id))!.members.find(({ instanceId }) => instanceId === third.id)).toMatchObject({ state: "disabled", connections: 0 });
  await done(it.odile, of(id), patch("update_member_state", { id: third.id, state: "offline" }));
  expect(await shown(id)).toContain(`${third.name} offline user_down`);
  await done(it.odile, of(id), patch("update_member_state", { id: third.id, state: "enabled" }));
  await settled(id);
  expect(await shown(id)).toContain(`${third.name} enabled up`);
  expect(await fieldOf(await it.odile.fetch(of(id), patch("update_member_state", { id: third.id, state: "enabled" })))).toBe("400 options.state");

  const action = await done(it.odile, of(id), patch("delete_member", { id: third.id }));
  const effects = (await simulatedZone(env, "EB").effects(id)).filter(({ key }) => key.startsWith(`${action.id}/`));
  expect(effects.map(({ verb, performed }) => [verb, performed])).toEqual([
    ["drain-member", 1],
    ["remove-member", 1],
  ]);
  expect(await shown(id)).toEqual([one, other].map(({ name }) => `${name} enabled up`).sort());
  expect(await fieldOf(await it.odile.fetch(of(id), patch("delete_member", { id: third.id })))).toBe("400 options.id");
  expect(await codeOf(await it.odile.fetch(of(id), patch("add_member", { id: one.id })))).toBe("409 NAME_TAKEN");
});

test("an instance by two ports is two members, and an act must say which", async () => {
  const [one, other] = [await server(), await server()];
  const id = await balancer(one, other);
  await done(it.odile, of(id), patch("add_member", { id: one.id, port: 9090 }));
  await settled(id);
  expect(await fieldOf(await it.odile.fetch(of(id), patch("delete_member", { id: one.id })))).toBe("400 options.port");
  await done(it.odile, of(id), patch("delete_member", { id: one.id, port: 9090 }));
  expect((await members(id)).map(({ port }) => port)).toEqual([8080, 8080]);
});

describe("the last healthy member", () => {
  test("does not go without being told: not removed, not disabled, not taken offline", async () => {
    const [one, other] = [await server(), await server()];
    const id = await balancer(one, other);
    await done(it.odile, of(id), patch("update_member_state", { id: other.id, state: "disabled" }));
    const acts = [
      patch("delete_member", { id: one.id }),
      patch("update_member_state", { id: one.id, state: "disabled" }),
      patch("update_member_state", { id: one.id, state: "offline" }),
    ];
    for (const act of acts) {
      const refused = await it.odile.fetch(of(id), act);
      expect(await codeOf(refused)).toBe("409 OUTAGE_NOT_ACCEPTED");
      expect(await refused.json()).toMatchObject({ outage: "balancer", change: expect.stringContaining("acceptOutage") });
    }
    const dry = await it.odile.fetch(of(id), { ...acts[0]!, headers: { "itcare-dryrun": "true" } });
    expect(await codeOf(dry)).toBe("409 OUTAGE_NOT_ACCEPTED");
    expect((await members(id)).find((member) => member.id === one.id)!.outage).toContain("last healthy member");
    await done(it.odile, of(id), patch("delete_member", { id: one.id, acceptOutage: true }));
    expect(await members(id)).toHaveLength(1);
  });

  test("of a data center neither, while others serve elsewhere; one of two may go", async () => {
    const [one, other, far] = [await server("EB-HDS-A"), await server("EB-HDS-B"), await server("EB-HDS-C")];
    const id = await balancer(one, other, far);
    const refused = await it.odile.fetch(of(id), patch("delete_member", { id: far.id }));
    expect(await refused.clone().json()).toMatchObject({ errorCode: "OUTAGE_NOT_ACCEPTED", outage: "data-center" });
    await done(it.odile, of(id), patch("delete_member", { id: one.id }));
    await done(it.odile, of(id), patch("delete_member", { id: far.id, acceptOutage: true }));
    expect(await shown(id)).toEqual([`${other.name} enabled up`]);
  });

  test("of a balancer that is stopped may go: it serves nothing", async () => {
    const one = await server();
    const id = await balancer(one);
    await done(it.odile, of(id), patch("stop"));
    await done(it.odile, of(id), patch("delete_member", { id: one.id }));
    expect(await members(id)).toEqual([]);
  });

  test("what is signed says that the outage is accepted: a signature without it is not good for it", async () => {
    const [one, other] = [await server(), await server()];
    const id = await balancer(one, other);
    const without = await it.odile.fetch(of(id), patch("delete_member", { id: one.id }));
    const proof = { "itcare-proof": await it.odile.proofFor(without) };
    const other_ = { ...patch("delete_member", { id: one.id, acceptOutage: true }), headers: proof };
    expect(await codeOf(await it.odile.fetch(of(id), other_))).toBe("401 PROOF_REJECTED");
  });
});

describe("whoever takes the last healthy member's instance out of service is told before", () => {
  const tried = (id: number, operation = "stop", options?: object) => it.odile.fetch(instance(id), dry(patch(operation, options)));
  const instance = (id: number) => `/itcare/compute/instances/${id}`;
  const dry = (ask: Ask): Ask => ({ ...ask, headers: { "itcare-dryrun": "true" } });
  const toldOf = async (answer: Response) => (await answer.json<{ warnings?: { outages: object[] } }>()).warnings?.outages ?? [];

  test("in the dry run of each act that interrupts it, and of no other", async () => {
    const [near, far] = [await server("EB-HDS-A"), await server("EB-HDS-C")];
    const id = await balancer(near, far);
    const { name } = await read(id);
    const lastThere = [{ loadbalancer: id, name, of: "data-center", dataCenter: "EB5" }];
    expect(await toldOf(await tried(far.id))).toEqual(lastThere);
    await done(it.odile, of(id), patch("update_member_state", { id: near.id, state: "offline", acceptOutage: true }));
    const last = [{ loadbalancer: id, name, of: "balancer", dataCenter: null }];
    const snapshots = `${instance(far.id)}/snapshots`;
    await done(it.paul, snapshots, { method: "POST", json: { label: "before" } });
    const [snapshot] = await (await it.stan.fetch(snapshots)).json<{ id: string }[]>();
    expect(await toldOf(await tried(far.id))).toEqual(last);
    expect(await toldOf(await tried(far.id, "reset"))).toEqual(last);
    expect(await toldOf(await tried(far.id, "resize", { resourceId: "8cpu32gb" }))).toEqual(last);
    expect(await toldOf(await it.odile.fetch(`${snapshots}/${snapshot!.id}`, dry(patch("recover"))))).toEqual(last);
    expect(await toldOf(await tried(far.id, "enable_monitoring", {}))).toEqual([]);
    expect(await toldOf(await tried(near.id))).toEqual([]);
    await done(it.odile, of(id), patch("stop"));
    expect(await toldOf(await tried(far.id)), "a balancer that is stopped loses nothing").toEqual([]);
  });

  test("an instance that serves by two ports goes with both", async () => {
    const one = await server();
    const id = await balancer(one);
    await done(it.odile, of(id), patch("add_member", { id: one.id, port: 9090 }));
    await settled(id);
    expect(await toldOf(await tried(one.id))).toMatchObject([{ loadbalancer: id, of: "balancer" }]);
    const { loadbalancers } = await (await it.stan.fetch(instance(one.id))).json<{ loadbalancers: { outage: string | null }[] }>();
    expect(loadbalancers.map(({ outage }) => outage)).toEqual([expect.stringContaining("last healthy"), expect.stringContaining("last healthy")]);
  });

  test("beside the challenge and not within it: what is observed meanwhile voids no signature, and nobody who has stopped instances for years is refused", async () => {
    const [one, other] = [await it.addInstance({ environment: "PRODUCTION" }), await server()];
    const id = await balancer(one, other);
    await done(it.odile, of(id), patch("update_member_state", { id: other.id, state: "offline" }));
    const asked = await it.odile.fetch(instance(one.id), patch("stop"));
    const { warnings, challenge } = await asked.clone().json<Refused & { warnings: object }>();
    expect(warnings).toMatchObject({ outages: [{ loadbalancer: id, of: "balancer" }] });
    expect(challenge!.operation).not.toContain("outages");
    await done(it.odile, of(id), patch("update_member_state", { id: other.id, state: "enabled" }));
    await settled(id);
    await until(async () => (await read(id)).membersUp === 2);
    const accepted = await it.odile.sign(asked);
    expect(accepted.status, await accepted.clone().text()).toBe(202);
    await ended(it.odile, (await accepted.json<Action>()).id);
  });
});

describe("what is observed follows the machines", () => {
  test("a member that is stopped is down soon after, and up again once it runs; the log tells both", async () => {
    const [one, other] = [await server(), await server()];
    const id = await balancer(one, other);
    const before = await read(id);
    await power(one.id, "stop");
    await until(async () => (await shown(id)).includes(`${one.name} enabled down`));
    expect(await read(id)).toMatchObject({ operatingStatus: "DEGRADED", membersUp: 1, revision: before.revision });
    expect((await read(id)).observation).toBeGreaterThan(before.observation);
    await power(one.id, "start");
    await until(async () => (await shown(id)).includes(`${one.name} enabled up`));

    const log = await it.stan.fetch(`/itcare/log?resourceId=${id}&kind=member-observed`);
    const { content, names } = await log.json<{
      content: { event: { members: { id: number; status: string }[] } }[];
      names: Record<string, string>;
    }>();
    const told = content.flatMap(({ event }) => event.members).filter((member) => member.id === one.id);
    expect(told.map(({ status }) => status).slice(0, 2)).toEqual(["up", "down"]);
    expect(names[one.id]).toBe(one.name);
  });

  test("one that is ill is down though it runs, and one whose zone is away serves nobody", async () => {
    const [ill, away, well] = [await server("EB-HDS-A"), await server("EB-HDS-B"), await server("EB-HDS-C")];
    const id = await balancer(ill, away, well);
    await simulatedZone(env, "EB-HDS-A").sicken(ill.id, true);
    await simulatedZone(env, "EB-HDS-B").away(true);
    await watchBalancers(env, "EB", [id]);
    await until(async () => (await read(id)).membersUp === 1);
    expect(await shown(id)).toEqual([`${ill.name} enabled down`, `${away.name} enabled down`, `${well.name} enabled up`].sort());
    await simulatedZone(env, "EB-HDS-A").sicken(ill.id, false);
    await simulatedZone(env, "EB-HDS-B").away(false);
    await watchBalancers(env, "EB", [id]);
    await until(async () => (await read(id)).operatingStatus === "ONLINE");
  });

  test("while the region's engine is away nothing is known, and nothing is said to be up", async () => {
    const id = await balancer(await server());
    await simulatedZone(env, "EB").away(true);
    await watchBalancers(env, "EB", [id]);
    await until(async () => (await members(id))[0]!.status === "unknown");
    expect(await read(id)).toMatchObject({ operatingStatus: "NO_MONITOR", membersUp: 0 });
    await simulatedZone(env, "EB").away(false);
    await settled(id);
    expect(await read(id)).toMatchObject({ operatingStatus: "ONLINE" });
  });

  test("it voids no signature", async () => {
    const [one, other] = [await server(), await server()];
    const id = await balancer(one, other);
    const refused = await it.odile.fetch(of(id), patch("delete_member", { id: other.id, acceptOutage: true }));
    await power(one.id, "stop");
    await until(async () => (await shown(id)).includes(`${one.name} enabled down`));
    const accepted = await it.odile.sign(refused);
    expect(accepted.status).toBe(202);
    await ended(it.odile, (await accepted.json<Action>()).id);
  });

  test("the sweep finds in its turn what nobody has told of", async () => {
    const one = await server();
    const id = await balancer(one);
    await simulatedZone(env, "EB-HDS-A").sicken(one.id, true);
    await watchBalancers(env, "EB", null);
    await until(async () => (await members(id))[0]!.status === "down");
    await simulatedZone(env, "EB-HDS-A").sicken(one.id, false);
  });
});

test("an instance that is a member is not deleted; once it has been removed, it is", async () => {
  const one = await it.addInstance({ status: "INACTIVE" });
  const id = await balancer(one);
  const path = `/itcare/compute/instances/${one.id}`;
  const refused = await it.paul.fetch(path, { method: "DELETE" });
  expect(await codeOf(refused)).toBe("409 STATE_FORBIDS");
  expect((await refused.json<Refused>()).detail).toContain("is a member of");
  await done(it.odile, of(id), patch("delete_member", { id: one.id }));
  await done(it.paul, path, { method: "DELETE" });
});

test("a load balancer is stopped, started, stopped and deleted, with its members and URLs", async () => {
  const one = await server();
  const id = await balancer(one);
  expect(await codeOf(await it.paul.fetch(of(id), { method: "DELETE" }))).toBe("409 STATE_FORBIDS");
  await done(it.odile, of(id), patch("stop"));
  expect(await read(id)).toMatchObject({ status: "INACTIVE", operatingStatus: "OFFLINE" });
  expect(await engineSees(id)).toMatchObject({ enabled: false });
  await done(it.odile, of(id), patch("start"));
  await done(it.odile, of(id), patch("stop"));
  expect(await codeOf(await it.odile.fetch(of(id), { method: "DELETE" }))).toBe("403 PROFILE_TOO_LOW");
  await done(it.paul, of(id), { method: "DELETE" });
  expect((await it.paul.fetch(of(id))).status).toBe(404);
  expect(await count("balancer_member", `balancer_id = ${id}`)).toBe(0);
  expect(await engineSees(id)).toBeNull();
});

test("URLs come and go; the last one stays, and one that is absent is not told from one of another balancer", async () => {
  const [id, other] = [await balancer(), await balancer()];
  const [first] = (await read(id)).urls;
  const added = await done(it.odile, `${of(id)}/urls`, { method: "POST", json: { name: "www.second.asclepia.example", monitoringEnabled: true } });
  expect((await read(id)).urls).toMatchObject([
    first!,
    { id: added.id, name: "www.second.asclepia.example", monitoringEnabled: true, status: "ACTIVE" },
  ]);
  expect((await engineSees(id))!.hosts).toContain("www.second.asclepia.example");
  const remove: Ask = { method: "DELETE" };
  const bodies = await Promise.all(
    [`${of(other)}/urls/${added.id}`, `${of(id)}/urls/4`, `${of(id)}/urls/${it.absent}`, `${of(it.absent)}/urls/${added.id}`].map(async (path) => {
      const response = await it.odile.fetch(path, remove);
      return `${response.status} ${(await response.text()).replace(/"requestId":"[^"]+"/, "")}`;
    }),
  );
  expect(new Set(bodies).size).toBe(1);
  expect(bodies[0]).toMatch(/^404 /);
  await done(it.odile, `${of(id)}/urls/${first!.id}`, remove);
  expect((await read(id)).urls).toMatchObject([{ id: added.id }]);
  expect((await engineSees(id))!.hosts).toEqual(["www.second.asclepia.example"]);
  expect(await codeOf(await it.odile.fetch(`${of(id)}/urls/${added.id}`, remove))).toBe("409 STATE_FORBIDS");
});

test("a host is served by one balancer of the whole product, and is free again when its URL has gone", async () => {
  const id = await balancer();
  const other = await balancer();
  const url = "once.asclepia.example";
  const added = await done(it.odile, `${of(id)}/urls`, { method: "POST", json: { name: url } });
  for (const name of [url, `http://${url}`, "ONCE.asclepia.example"]) {
    expect(await codeOf(await it.paul.fetch(all, creation({ url: name })))).toBe("409 NAME_TAKEN");
    expect(await codeOf(await it.odile.fetch(`${of(other)}/urls`, { method: "POST", json: { name } }))).toBe("409 NAME_TAKEN");
  }
  const toulouse = it.planted.networks.find(({ organizationId, zone }) => organizationId === 1 && zone === "ET-HDS-A")!;
  expect(await codeOf(await it.paul.fetch(all, creation({ url, area: "ET-HDS", networkId: toulouse.id })))).toBe("409 NAME_TAKEN");
  await done(it.odile, `${of(id)}/urls/${added.id}`, { method: "DELETE" });
  await done(it.odile, `${of(other)}/urls`, { method: "POST", json: { name: url } });
  await done(it.odile, of(other), patch("stop"));
  await done(it.paul, of(other), { method: "DELETE" });
  await done(it.odile, `${of(id)}/urls`, { method: "POST", json: { name: url } });
});

test("of two organizations that want one host at once one gets it, and the other is told no more than that it is taken", async () => {
  const meridian = it.planted.services.find(({ cloud }) => cloud.name === "Meridian")!;
  const network = it.planted.networks.find(({ organizationId, zone }) => organizationId === 3 && zone === "EB-HDS-A")!;
  const url = "twice.asclepia.example";
  const asks = [
    [it.paul, creation({ url })],
    [it.greta, creation({ url, serviceId: meridian.id, networkId: network.id })],
  ] as const;
  const answers = await Promise.all(asks.map(([who, ask]) => who.act(all, ask)));
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
  const [who] = asks[answers.findIndex(({ status }) => status === 202)]!;
  await ended(who, (await answers.find(({ status }) => status === 202)!.json<Action>()).id);
});

test("monitoring is switched on and off, with alerting and on-call", async () => {
  const id = await balancer();
  await done(it.odile, of(id), patch("enable_monitoring", { alertingEnabled: true, onCallSupervision: true }));
  expect(await read(id)).toMatchObject({ monitoringEnabled: true, alertingEnabled: true, onCallSupervision: true });
  expect(await engineSees(id)).toMatchObject({ supervised: true });
  await done(it.odile, of(id), patch("disable_monitoring"));
  expect(await read(id)).toMatchObject({ monitoringEnabled: false, alertingEnabled: false, onCallSupervision: false });
  expect(await engineSees(id)).toMatchObject({ supervised: false });
});

describe("the list", () => {
  const list = async (query: string) => {
    const response = await it.stan.fetch(`${all}?regions=EB&size=200&${query}`);
    expect(response.status, await response.clone().text()).toBe(200);
    return response.json<{ content: BalancerItem[]; totalElements: number }>();
  };

  test("is narrowed by what balancers have, and each says how it does", async () => {
    const one = await server();
    const { resourceId: id } = await done(
      it.paul,
      all,
      creation({
        profileName: "MYSQL",
        persistence: { default: "hash", fallback: "dest_addr" },
        loadBalancingMode: "least-connections-node",
        iRules: ["maintenance"],
        healthcheck: "TCP",
        monitoringEnabled: true,
        url: "ledger.asclepia.example",
        members: [one.id],
      }),
    );
    await settled(id);
    const { network } = await read(id);
    const alone = [
      "protocols=MYSQL",
      "defaultPersistence=hash",
      "fallbackPersistence=dest_addr",
      "loadBalancingMode=least-connections-node&protocols=MYSQL,TCP&clouds=" + one.cloudId,
      "iRules=maintenance,other",
      "urls=Ledger",
      `vlan=${network.name}&iRules=maintenance`,
      "monitoringEnabled=true&urls=ledger",
      "names=ledger.asclepia.example",
    ];
    for (const query of alone) {
      const { content, totalElements } = await list(query);
      expect(
        content.map((item) => item.id),
        query,
      ).toEqual([id]);
      expect(totalElements, query).toBe(1);
      expect(content[0]).toMatchObject({ operatingStatus: "ONLINE", memberCount: 1, membersUp: 1 });
    }
    for (const query of ["protocols=MYSQL&onCallSupervision=true", "urls=nowhere", "iRules=maint", "monitoringEnabled=false&urls=ledger"])
      expect(
        (await list(query)).content.map((item) => item.id),
        query,
      ).toEqual([]);
  });

  test("refuses what it does not know", async () => {
    for (const query of ["colour=red", "protocols=UDP", "az=EB-HDS-A", "backupStatus=true"])
      expect((await it.stan.fetch(`${all}?${query}`)).status, query).toBe(400);
  });
});

test("the same idempotency key makes one balancer; a dry run makes none", async () => {
  const ask = { ...creation(), headers: { "idempotency-key": "one-balancer" } };
  const first = await it.paul.act(all, ask);
  const again = await it.paul.fetch(all, ask);
  expect([again.status, again.headers.get("idempotency-replayed"), await again.text()]).toEqual([202, "true", await first.clone().text()]);
  await ended(it.paul, (await first.json<Action>()).id);
  const before = await count("resource", "type = 30");
  const dry = await it.paul.fetch(all, { ...creation(), headers: { "itcare-dryrun": "true" } });
  expect([dry.status, dry.headers.get("itcare-dryrun")]).toEqual([202, "true"]);
  expect(await count("resource", "type = 30")).toBe(before);
});

test("of two acts on one balancer at once exactly one happens, ten times over", { timeout: 60_000 }, async () => {
  const [one, other, third] = [await server(), await server(), await server()];
  const id = await balancer(one, other);
  for (let round = 0; round < 10; round++) {
    await it.odile.stepUp();
    await it.paul.stepUp();
    const answers = await Promise.all([
      it.odile.fetch(of(id), patch("add_member", { id: third.id })),
      it.paul.fetch(of(id), patch("update_member_state", { id: one.id, state: "offline" })),
    ]);
    const accepted = answers.filter(({ status }) => status === 202);
    expect(accepted, `round ${round}: ${answers.map(({ status }) => status).join()}`).toHaveLength(1);
    await ended(it.odile, (await accepted[0]!.json<Action>()).id);
    if ((await members(id)).some((member) => member.id === third.id)) await done(it.odile, of(id), patch("delete_member", { id: third.id }));
    else await done(it.odile, of(id), patch("update_member_state", { id: one.id, state: "enabled" }));
    await settled(id);
  }
});
