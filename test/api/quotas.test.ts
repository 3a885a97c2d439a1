import { env } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { commit, MustHitOne } from "../../db/commit.ts";
import { claim, withinQuotas, type Claim } from "../../db/region/write/quotas.ts";
import type { LogExport } from "../../worker/contract/log-entry.ts";
import { quotaList, type QuotaName, type SetQuotas, type Wanted } from "../../worker/contract/quotas.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { CloudQuotas } from "../../worker/contract/shapes/quotas.ts";
import { world, type Ask, type Caller, type Person, type World } from "../world.ts";
import { ended } from "./looking.ts";

const ROUNDS = Number(env.ROUNDS);
let it: World;
let care: number;
beforeAll(async () => {
  it = await world(env);
  await env.DIRECTORY.prepare("UPDATE membership SET profile = 'POW' WHERE actor_id = ?").bind(it.odile.id).run();
  care = it.planted.clouds.find(({ name }) => name === "Asclepia Care")!.id;
});

const nothing = Object.fromEntries(quotaList.map((name) => [name, 0])) as Record<QuotaName, number>;
const dry = { "itcare-dryrun": "true" };

async function used(): Promise<Required<SetQuotas>> {
  const text = await env.REGION_EB.prepare("SELECT used FROM cloud WHERE id = ?").bind(care).first<string>("used");
  return { ...nothing, ...(JSON.parse(text!) as SetQuotas) };
}

/** What is there, counted anew. */
async function counted(): Promise<Required<SetQuotas>> {
  const text = await env.REGION_EB.prepare(
    `SELECT json_object('instances', count(*), 'cpus', sum(attributes ->> '$.cpu'), 'ram', sum(attributes ->> '$.ram'), 'storage', sum(attributes ->> '$.storage'),
      'snapshots', (SELECT count(*) FROM snapshot WHERE resource_id IN (SELECT id FROM resource WHERE cloud_id = ?1)),
      'loadBalancers', (SELECT count(*) FROM resource WHERE cloud_id = ?1 AND type = 30),
      'dnsAliases', (SELECT count(*) FROM alias WHERE resource_id IN (SELECT id FROM resource WHERE cloud_id = ?1))) AS all_of_it
    FROM resource WHERE cloud_id = ?1 AND type / 10 = 0`,
  )
    .bind(care)
    .first<string>("all_of_it");
  return JSON.parse(text!) as Required<SetQuotas>;
}

/** So much more than there is; the others are as the world has them. */
async function leave(left: SetQuotas): Promise<void> {
  const now = await used();
  const limits = Object.fromEntries(Object.entries(left).map(([name, more]) => [name, (now[name as QuotaName] ?? 0) + more]));
  await env.REGION_EB.prepare("UPDATE cloud SET quotas = json_patch(quotas, ?) WHERE id = ?").bind(JSON.stringify(limits), care).run();
}
const boundless: SetQuotas = { instances: 1e12, cpus: 1e12, ram: 1e12, storage: 1e12, snapshots: 1e12, loadBalancers: 1e12, dnsAliases: 1e12 };

let made = 0;
const creation = (name = `quota-${++made}`): Ask => ({
  method: "POST",
  json: {
    name,
    serviceId: it.instances.EB.ACTIVE.TEST.service.id,
    productCode: "debian13",
    resourceId: "2cpu4gb",
    az: "EB-HDS-A",
    disks: [40],
    noReplicationReason: "a test",
  },
});
const instances = "/itcare/compute/instances";

/** With a proof in hand. */
async function ready(who: Person, path: string, ask: Ask): Promise<() => Promise<Response>> {
  const proof = await who.proofFor(await who.fetch(path, ask));
  return () => who.fetch(path, { ...ask, headers: { ...(ask.headers as object), "itcare-proof": proof } });
}

const codeOf = async (response: Response) => (response.ok ? response.status : (await response.json<{ errorCode: string }>()).errorCode);

describe("a quota that is used up", () => {
  const cases: [string, SetQuotas, string, () => Promise<[string, Ask]>][] = [
    ["create-instance, by number", { instances: 0 }, "instances", async () => [instances, creation()]],
    ["create-instance, by CPUs", { cpus: 1 }, "cpus", async () => [instances, creation()]],
    ["create-instance, by memory", { ram: 3 }, "ram", async () => [instances, creation()]],
    ["create-instance, by storage", { storage: 39 }, "storage", async () => [instances, creation()]],
    [
      "resize-compute-instance",
      { cpus: 10 },
      "cpus",
      async () => [`${instances}/${await anInstance()}`, { method: "PATCH", json: { operation: "resize", options: { resourceId: "32cpu128gb" } } }],
    ],
    ["create-snapshot", { snapshots: 0 }, "snapshots", async () => [`${instances}/${await anInstance()}/snapshots`, { method: "POST", json: {} }]],
    [
      "run-plan, all of its snapshots together",
      { snapshots: 1 },
      "snapshots",
      async () => [
        `/itcare/compute/resources/${await anInstance()}/plans`,
        { method: "POST", json: { items: [{ label: "create-snapshot" }, { label: "create-snapshot" }] } },
      ],
    ],
    [
      "run-plan, by the largest of its sizes",
      { ram: 10 },
      "ram",
      async () => [
        `/itcare/compute/resources/${await anInstance()}/plans`,
        {
          method: "POST",
          json: {
            items: [
              { label: "resize-compute-instance", options: { resourceId: "32cpu128gb" } },
              { label: "resize-compute-instance", options: { resourceId: "1cpu2gb" } },
            ],
          },
        },
      ],
    ],
    [
      "create-dns",
      { dnsAliases: 0 },
      "dnsAliases",
      async () => [
        `${instances}/${await anInstance()}/dns`,
        { method: "POST", json: { alias: `quota-${++made}.cloud.itcare.example`, domain: "cloud.itcare.example" } },
      ],
    ],
    ["create-lb", { loadBalancers: 0 }, "loadBalancers", async () => ["/itcare/networking/loadbalancers", balancer()]],
  ];

  test.each(cases)(
    "%s: told before anybody signs, with the numbers and what would change it; nothing of it is left",
    async (_, left, name, asked) => {
      const [path, ask] = await asked();
      await leave(boundless);
      expect((await it.paul.fetch(path, { ...ask, headers: dry })).status, "with enough of it").toBe(202);
      const send = await ready(it.paul, path, ask);
      await leave(left);
      const before = await used();
      const told = await it.paul.fetch(path, { ...ask, headers: dry });
      expect(told.status).toBe(409);
      const { quota, ...problem } = await told.json<{ quota: { used: number; limit: number; wanted: number } }>();
      expect(problem).toMatchObject({ errorCode: "QUOTA_EXCEEDED", change: expect.stringMatching(/^Delete .*, or ask Service Delivery/) });
      expect(quota).toMatchObject({ region: "EB", name, used: before[name as QuotaName] });
      expect(quota.used + quota.wanted, "what is wanted is too much").toBeGreaterThan(quota.limit);
      expect([await codeOf(await it.paul.fetch(path, ask)), await codeOf(await send())], "and not signed, nor with a signature").toEqual([
        "QUOTA_EXCEEDED",
        "QUOTA_EXCEEDED",
      ]);
      expect(await used()).toEqual(before);
      await leave(boundless);
    },
  );

  test("keeps nobody from what takes no more of it", async () => {
    const id = await anInstance("16cpu64gb");
    await leave({ instances: -1, cpus: -1, ram: -1, snapshots: -1 });
    const smaller = { method: "PATCH", json: { operation: "resize", options: { resourceId: "1cpu2gb" } } };
    const answer = await it.paul.act(`${instances}/${id}`, smaller);
    expect(answer.status).toBe(202);
    await ended(it.paul, (await answer.json<Action>()).id);
    expect(await codeOf(await it.paul.act("/itcare/networking/loadbalancers", balancer()))).toBe(202);
    await leave(boundless);
  });
});

describe("what counts", () => {
  test("is what is there, from the acceptance of what makes it to the end of what deletes it", async () => {
    await leave(boundless);
    const before = await used();
    const answer = await it.paul.act(instances, creation());
    const { id: operation, resourceId: id } = await answer.json<Action>();
    expect(await used()).toEqual({
      ...before,
      instances: before.instances + 1,
      cpus: before.cpus + 2,
      ram: before.ram + 4,
      storage: before.storage + 40,
    });
    await ended(it.paul, operation);

    const larger = { method: "PATCH", json: { operation: "resize", options: { resourceId: "8cpu16gb" } } };
    const resized = await it.paul.act(`${instances}/${id}`, larger);
    expect(await used(), "the larger size at once").toMatchObject({ cpus: before.cpus + 8, ram: before.ram + 16 });
    await ended(it.paul, (await resized.json<Action>()).id);
    const back = { method: "PATCH", json: { operation: "resize", options: { resourceId: "1cpu2gb" } } };
    await ended(it.paul, (await (await it.paul.act(`${instances}/${id}`, back)).json<Action>()).id);
    expect(await used(), "the smaller one when it has become smaller").toMatchObject({ cpus: before.cpus + 1, ram: before.ram + 2 });

    const plan = { method: "POST", json: { items: [{ label: "create-snapshot" }, { label: "stop-instance" }, { label: "create-snapshot" }] } };
    const planned = await it.paul.act(`/itcare/compute/resources/${id}/plans`, plan);
    expect((await used()).snapshots, "all that a plan will make").toBe(before.snapshots + 2);
    await ended(it.paul, (await planned.json<Action>()).id);
    expect((await used()).snapshots).toBe(before.snapshots + 2);
    const name = `quota-${++made}.cloud.itcare.example`;
    const alias = await it.paul.act(`${instances}/${id}/dns`, { method: "POST", json: { alias: name, domain: "cloud.itcare.example" } });
    await ended(it.paul, (await alias.json<Action>()).id);
    expect(await used()).toEqual({ ...before, ...(await counted()) });

    await ended(it.paul, (await (await it.paul.act(`${instances}/${id}`, { method: "DELETE" })).json<Action>()).id);
    expect(await used()).toEqual({ ...before, ...(await counted()) });
    expect(await used()).toEqual(before);
  });

  test("nothing is left of what failed, was called off, or began with a claim and never came to it", async () => {
    const before = await used();
    const id = await anInstance("1cpu2gb");
    const then = await used();
    const plan = { method: "POST", json: { items: [{ label: "reset-instance" }, { label: "create-snapshot" }, { label: "create-snapshot" }] } };
    const { id: operation } = await (await it.paul.act(`/itcare/compute/resources/${id}/plans`, plan)).json<Action>();
    expect((await used()).snapshots).toBe(then.snapshots + 2);
    await it.paul.act(`/itcare/actions/${operation}`, { method: "DELETE" }).catch(() => null);
    await ended(it.paul, operation);
    expect(await used()).toEqual({ ...then, ...(await counted()) });
    expect((await used()).instances).toBe(before.instances + 1);
  });
});

describe("at the last free place", () => {
  test(`of two who take it one succeeds, ${ROUNDS} rounds`, async () => {
    const [one, other] = [await anInstance(), await anInstance()];
    const grow = (id: number, wanted: Wanted, what: Claim) => commit(env.REGION_EB, [claim(id, what), ...withinQuotas(care, wanted)]);
    for (let round = 0; round < ROUNDS; round++) {
      await env.REGION_EB.prepare("UPDATE resource SET claim = NULL WHERE id IN (?, ?)").bind(one, other).run();
      const before = await used();
      await leave(round % 2 === 0 ? { cpus: 3 } : { snapshots: 3 });
      const what: [Wanted, Claim] = round % 2 === 0 ? [{ cpus: 2 }, { cpu: 3 }] : [{ snapshots: 2 }, { snapshots: 2 }];
      const both = await Promise.allSettled([grow(one, ...what), grow(other, ...what)]);
      expect(both.map(({ status }) => status).sort(), `round ${round}`).toEqual(["fulfilled", "rejected"]);
      expect(both.find((answer) => answer.status === "rejected")!.reason).toBeInstanceOf(MustHitOne);
      expect(await used()).toEqual(round % 2 === 0 ? { ...before, cpus: before.cpus + 2 } : { ...before, snapshots: before.snapshots + 2 });
    }
    await env.REGION_EB.prepare("UPDATE resource SET claim = NULL WHERE id IN (?, ?)").bind(one, other).run();
    await leave(boundless);
  });

  test("of two creations one succeeds, and the other is told why", async () => {
    for (const left of [{ instances: 1 }, { ram: 7 }, { storage: 40 }]) {
      await leave(boundless);
      const both = [await ready(it.paul, instances, creation()), await ready(it.odile, instances, creation())];
      await leave(left);
      const { instances: before } = await used();
      const codes = await Promise.all(both.map(async (send) => codeOf(await send())));
      expect(codes.map(String).sort()).toEqual(["202", "QUOTA_EXCEEDED"]);
      expect((await used()).instances).toBe(before + 1);
    }
    await leave(boundless);
  });

  test("of two snapshots of two instances one is made, and of two who resize one becomes larger", async () => {
    const [one, other] = [await anInstance("1cpu2gb"), await anInstance("1cpu2gb")];
    const snapshot: Ask = { method: "POST", json: {} };
    const taking = [
      await ready(it.paul, `${instances}/${one}/snapshots`, snapshot),
      await ready(it.odile, `${instances}/${other}/snapshots`, snapshot),
    ];
    await leave({ snapshots: 1 });
    const codes = await Promise.all(taking.map(async (send) => codeOf(await send())));
    expect(codes.map(String).sort()).toEqual(["202", "QUOTA_EXCEEDED"]);
    const [three, four] = [await anInstance("1cpu2gb", "PRODUCTION"), await anInstance("1cpu2gb", "PRODUCTION")];
    const larger = { method: "PATCH", json: { operation: "resize", options: { resourceId: "2cpu4gb" } } };
    const growing = [await ready(it.paul, `${instances}/${three}`, larger), await ready(it.odile, `${instances}/${four}`, larger)];
    await leave({ cpus: 1 });
    expect((await Promise.all(growing.map(async (send) => codeOf(await send())))).map(String).sort()).toEqual(["202", "QUOTA_EXCEEDED"]);
    await leave(boundless);
  });
});

describe("quotas", () => {
  const quotaOf = (clouds: CloudQuotas[], cloud: string, region: string, name: QuotaName) =>
    clouds
      .find(({ cloudName }) => cloudName === cloud)
      ?.regions.find((one) => one.region === region)
      ?.quotas.find((one) => one.name === name);
  const read = async (who: Caller, path = "/itcare/quotas") => (await (await who.fetch(path)).json<{ content: CloudQuotas[] }>()).content;

  test("stand where everybody sees them who sees the Cloud; the representative sees all Clouds", async () => {
    expect((await read(it.rita)).map(({ cloudName }) => cloudName)).toEqual(["Asclepia Research"]);
    expect((await read(it.reader)).map(({ cloudName }) => cloudName)).toEqual(["Asclepia Care", "Asclepia Research"]);
    expect((await read(it.bea)).map(({ cloudName }) => cloudName)).toEqual(["Borealis", "Borealis Labs"]);
    await leave({ instances: 5 });
    const now = await used();
    expect(quotaOf(await read(it.stan), "Asclepia Care", "EB", "instances")).toEqual({
      name: "instances",
      unit: null,
      used: now.instances,
      limit: now.instances + 5,
      usual: false,
    });
    expect(await read(it.stan, `/itcare/quotas?clouds=${it.planted.clouds.find(({ name }) => name === "Borealis")!.id}`)).toEqual([]);
    await leave(boundless);
  });

  test("are set by Service Delivery, for one region, under signature; the customer's log tells it and the region holds it", async () => {
    const path = `/itcare/organizations/1/clouds/${care}`;
    const set = (options: object): Ask => ({ method: "PATCH", json: { operation: "set_quotas", options } });
    const { loadBalancers } = await used();
    const answer = await it.david.act(path, set({ region: "EB", quotas: { loadBalancers, instances: 5_000 }, reason: "as agreed" }));
    expect(answer.status, await answer.clone().text()).toBe(204);
    const [eb, et] = ["EB", "ET"] as const;
    expect(quotaOf(await read(it.david, "/itcare/organizations/1/quotas"), "Asclepia Care", eb, "loadBalancers")).toMatchObject({
      limit: loadBalancers,
      usual: false,
    });
    expect(quotaOf(await read(it.stan), "Asclepia Care", et, "instances"), "the other region").toMatchObject({ limit: 1e12 });
    expect(quotaOf(await read(it.stan), "Asclepia Care", eb, "cpus"), "what nobody has set").toMatchObject({ limit: 2_500, usual: true });
    expect(await codeOf(await it.paul.fetch("/itcare/networking/loadbalancers", { ...balancer(), headers: dry }))).toBe("QUOTA_EXCEEDED");

    expect((await it.david.act(path, set({ region: "EB", usual: ["loadBalancers"] }))).status).toBe(204);
    expect(quotaOf(await read(it.stan), "Asclepia Care", eb, "loadBalancers")).toMatchObject({ limit: 100, usual: true });
    const { entries } = await (await it.sybil.fetch("/itcare/log/export")).json<LogExport>();
    expect(entries.map(({ event }) => event).filter((event) => event.kind === "act-accepted" && event.label === "set-quotas")).toMatchObject([
      { cloudId: care, proof: "signature", parameters: { options: { quotas: { instances: 5_000 }, reason: "as agreed" } } },
      { cloudId: care, proof: "signature", parameters: { cloud: String(care), options: { region: "EB", usual: ["loadBalancers"] } } },
    ]);
  });

  test("are no other organization's Cloud's, and not those of one that has ended", async () => {
    const set: Ask = { method: "PATCH", json: { operation: "set_quotas", options: { region: "EB", quotas: { instances: 1 } } } };
    expect(await codeOf(await it.david.fetch(`/itcare/organizations/2/clouds/${care}`, set))).toBe("NOT_FOUND");
    expect(await codeOf(await it.david.fetch(`/itcare/organizations/1/clouds/${it.absent}`, set))).toBe("NOT_FOUND");
    const empty = { ...set, json: { operation: "set_quotas", options: { region: "EB" } } };
    expect(await codeOf(await it.david.fetch(`/itcare/organizations/1/clouds/${care}`, empty))).toBe("INVALID_FIELD_VALUE");
    const research = it.planted.clouds.find(({ name }) => name === "Asclepia Research")!.id;
    await env.DIRECTORY.prepare("UPDATE cloud SET state = 'ended' WHERE id = ?").bind(research).run();
    expect(await codeOf(await it.david.fetch(`/itcare/organizations/1/clouds/${research}`, set))).toBe("STATE_FORBIDS");
  });
});

async function anInstance(size = "1cpu2gb", environment: "TEST" | "PRODUCTION" = "TEST"): Promise<number> {
  const { id } = await it.addInstance({ environment });
  const [, cpu, ram] = /^(\d+)cpu(\d+)gb$/.exec(size)!;
  await env.REGION_EB.prepare("UPDATE resource SET attributes = json_set(attributes, '$.resourceId', ?, '$.cpu', ?, '$.ram', ?) WHERE id = ?")
    .bind(size, Number(cpu), Number(ram), id)
    .run();
  return id;
}

function balancer(): Ask {
  const network = it.planted.networks.find(({ organizationId, zone }) => organizationId === 1 && zone === "EB-HDS-A")!;
  return {
    method: "POST",
    json: {
      serviceId: it.instances.EB.ACTIVE.TEST.service.id,
      area: "EB-HDS",
      networkId: network.id,
      url: `quota-${++made}.asclepia.example`,
      domain: "asclepia.example",
      profileName: "HTTP",
      healthcheck: "/",
      persistence: "none",
      portMembers: 80,
      members: [],
      environment: "TEST",
    },
  };
}
