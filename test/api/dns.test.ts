/** DNS aliases of instances over HTTP, down to what the name server answers. */
import { env, runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { MOST_ALIASES } from "../../worker/contract/domains.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { AliasItem, DomainItem } from "../../worker/contract/shapes/dns.ts";
import type { SeededResource } from "../../db/seed/resources.ts";
import { organizationLog } from "../../worker/log/notify.ts";
import type { OrganizationLog } from "../../worker/log/organization-log.ts";
import { simulatedZone } from "../../worker/zones/simulated/engine.ts";
import { withoutRegion } from "../away.ts";
import { world, type Ask, type Person, type World } from "../world.ts";
import { count, ended, revisionOf } from "./looking.ts";
import { resolve } from "./resolving.ts";

const ROUNDS = Number(env.ROUNDS);

let it: World;
beforeAll(async () => {
  it = await world(env);
});

const domain = "cloud.itcare.example";
const of = (id: number) => `/itcare/compute/instances/${id}/dns`;
const create = (name: string, more: object = {}): Ask => ({ method: "POST", json: { alias: `${name}.${domain}`, domain, ...more } });
const remove: Ask = { method: "DELETE" };
let made = 0;
const unique = () => `name-${++made}`;

interface Refused {
  errorCode: string;
  errorDesc: string;
  detail: string;
  change?: string;
  challenge?: { operation: string };
}
const codeOf = async (response: Response) => `${response.status} ${(await response.clone().json<Refused>()).errorCode}`;
const list = async (who: Person, id: number) => (await who.fetch(of(id))).json<AliasItem[]>();
const addressOf = (instance: SeededResource) => (instance.attributes as { ipAddress: string }).ipAddress;

/** Signs, and waits until the region has done it. */
async function done(who: Person, path: string, ask: Ask): Promise<Action> {
  const accepted = await who.act(path, ask);
  expect(accepted.status, await accepted.clone().text()).toBe(202);
  const action = await ended(who, (await accepted.json<Action>()).id);
  expect(action).toMatchObject({ status: "SUCCESS", message: null });
  return action;
}

test("Odile gives an instance a name, it resolves; she takes it away, and it resolves no more", async () => {
  const server = await it.addInstance();
  const name = `portal.${domain}`;
  expect(await list(it.stan, server.id)).toEqual([]);
  expect(await resolve(it.nobody, name)).toBe("NXDOMAIN");

  const action = await done(it.odile, of(server.id), create("Portal", { alias: `PORTAL.${domain}.`, changeReference: "RFC_7" }));
  expect(action).toMatchObject({ process: "vm_create_dns", submittedBy: "Odile Renaud", changeReference: "RFC_7", resourceId: server.id });
  expect(await resolve(it.nobody, name)).toEqual([addressOf(server)]);
  expect(await list(it.stan, server.id)).toEqual([
    {
      alias: name,
      domain,
      status: "ACTIVE",
      type: "A",
      address: addressOf(server),
      ttl: 60,
      author: "Odile Renaud",
      creationDate: expect.any(String),
      changeReference: "RFC_7",
      actionId: action.id,
    },
  ]);
  const network = await (await it.stan.fetch(`/itcare/compute/instances/${server.id}/networks`)).json();
  expect(network).toMatchObject({ dns: [{ alias: name, domain }] });

  expect(await done(it.odile, `${of(server.id)}/Portal.${domain}`, remove)).toMatchObject({ process: "vm_delete_dns" });
  expect(await resolve(it.nobody, name)).toBe("NXDOMAIN");
  expect(await list(it.stan, server.id)).toEqual([]);
  expect(await (await it.stan.fetch(`/itcare/compute/instances/${server.id}/networks`)).json()).toMatchObject({ dns: [] });
  expect(await env.DIRECTORY.prepare("SELECT count(*) AS n FROM alias_name").first("n")).toBe(0);
});

test("a name that was taken away from one instance is free for the next at once", async () => {
  const [old, fresh] = [await it.addInstance(), await it.addInstance({ zone: "ET-HDS-A" })];
  const name = unique();
  await done(it.odile, of(old.id), create(name));
  await done(it.odile, `${of(old.id)}/${name}.${domain}`, remove);
  await done(it.odile, of(fresh.id), create(name));
  expect(await resolve(it.nobody, `${name}.${domain}`)).toEqual([addressOf(fresh)]);
});

test("a name leads away from an instance whose zone is away in the middle of something", async () => {
  const [server, spare] = [await it.addInstance({ zone: "EB-HDS-B" }), await it.addInstance({ zone: "EB-HDS-A" })];
  const name = unique();
  await done(it.odile, of(server.id), create(name));
  const zone = simulatedZone(env, "EB-HDS-B");
  await zone.away(true);
  try {
    await it.odile.stepUp();
    const stuck = await it.odile.fetch(`/itcare/compute/instances/${server.id}`, { method: "PATCH", json: { operation: "reset" } });
    const { id } = await stuck.json<Action>();
    await done(it.odile, `${of(server.id)}/${name}.${domain}`, remove);
    await done(it.odile, of(spare.id), create(name));
    expect(await resolve(it.nobody, `${name}.${domain}`)).toEqual([addressOf(spare)]);
    expect(await (await it.odile.fetch(`/itcare/actions/${id}`)).json<Action>()).toMatchObject({ status: "IN_PROGRESS" });
    await zone.away(false);
    expect(await ended(it.odile, id)).toMatchObject({ status: "SUCCESS" });
  } finally {
    await zone.away(false);
  }
});

describe("who asks, and for what", () => {
  test("domains: a customer sees those for customers, the group all", async () => {
    const domains = async (who: Person) => (await who.fetch("/itcare/networking/domains")).json<DomainItem[]>();
    expect((await domains(it.stan)).map((one) => one.domain)).not.toContain("group.itcare.example");
    expect(await domains(it.stan)).toContainEqual({ domain: "legacy.itcare.example", dnsCreation: false, reservedForGroup: false });
    expect((await domains(it.greta)).map((one) => one.domain)).toContain("group.itcare.example");
  });

  test("a domain of the group is refused to a customer before anybody signs, is recorded, and says which are open", async () => {
    const server = await it.addInstance();
    const refused = await it.odile.fetch(of(server.id), create("x", { alias: "x.group.itcare.example", domain: "group.itcare.example" }));
    expect(await codeOf(refused)).toBe("403 DOMAIN_RESERVED");
    expect((await refused.json<Refused>()).change).toBe("Choose one of cloud.itcare.example, health.itcare.example.");
    const recorded = await runInDurableObject(organizationLog(env, it.odile.organizationId), (_log: OrganizationLog, { storage }) =>
      storage.sql.exec<{ event: string }>("SELECT event FROM refusal").toArray(),
    );
    expect(recorded.map(({ event }) => JSON.parse(event) as object)).toContainEqual(
      expect.objectContaining({ label: "create-dns", code: "domain_reserved", target: { kind: "resource", id: server.id } }),
    );
    const own = await it.addInstance({ organizationId: 3, cloud: "Meridian", zone: "EB-A" });
    await done(it.greta, of(own.id), create("x", { alias: "intranet-2.group.itcare.example", domain: "group.itcare.example" }));
  });

  test.each<[string, object, string, string]>([
    ["no such domain", { alias: "x.nowhere.example", domain: "nowhere.example" }, "domain", "no domain has the name"],
    [
      "a domain without DNS creation",
      { alias: "x.legacy.itcare.example", domain: "legacy.itcare.example" },
      "domain",
      "does not support DNS creation",
    ],
    ["the domain itself", { alias: domain, domain }, "alias", "cannot be an alias"],
    ["a wildcard", { alias: `*.${domain}`, domain }, "alias", "a wildcard cannot be an alias"],
    ["another alphabet", { alias: `café.${domain}`, domain }, "alias", "xn--"],
    ["another domain", { alias: `x.health.itcare.example`, domain }, "alias", "must end with the domain"],
    ["an underscore", { alias: `a_b.${domain}`, domain }, "alias", "letters, digits and hyphens only"],
    ["a hyphen at the end", { alias: `a-.${domain}`, domain }, "alias", "hyphen"],
    ["64 characters", { alias: `${"a".repeat(64)}.${domain}`, domain }, "alias", "63 characters"],
  ])("%s is refused with what is wrong", async (_, json, field, detail) => {
    const server = it.instances.EB.ACTIVE.TEST;
    const refused = await it.odile.fetch(of(server.id), { method: "POST", json });
    expect(await codeOf(refused)).toBe("400 INVALID_FIELD_VALUE");
    const problem = await refused.json<Refused>();
    expect(problem.errorDesc).toBe(field);
    expect(problem.detail).toContain(detail);
  });

  test("Stan reads and is told what he lacks; foreign and absent are one answer; an alias of another instance is none here", async () => {
    const [server, other] = [await it.addInstance(), await it.addInstance()];
    const name = unique();
    await done(it.odile, of(server.id), create(name));
    expect(await list(it.stan, server.id)).toHaveLength(1);
    expect(await codeOf(await it.stan.fetch(of(server.id), create("y")))).toBe("403 PROFILE_TOO_LOW");
    expect(await codeOf(await it.mona.fetch(`${of(server.id)}/${name}.${domain}`, remove))).toBe("403 PROFILE_TOO_LOW");
    const bodies = await Promise.all(
      [
        it.boris.fetch(`${of(server.id)}/${name}.${domain}`, remove),
        it.boris.fetch(`${of(it.absent)}/${name}.${domain}`, remove),
        it.odile.fetch(`${of(other.id)}/${name}.${domain}`, remove),
        it.odile.fetch(`${of(server.id)}/nobody.${domain}`, remove),
        it.odile.fetch(`${of(server.id)}/%00`, remove),
      ].map(async (response) => `${(await response).status} ${(await (await response).text()).replace(/"requestId":"[^"]+"/, "")}`),
    );
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).toMatch(/^404 /);
    expect((await it.boris.fetch(of(server.id))).status).toBe(404);
  });

  test("what is signed names the alias, and a program cannot sign", async () => {
    const server = await it.addInstance();
    const [one, other] = [unique(), unique()];
    const refused = await it.odile.fetch(of(server.id), create(one));
    expect(await codeOf(refused)).toBe("401 SIGNATURE_REQUIRED");
    const { challenge } = await refused.clone().json<Refused>();
    expect(JSON.parse(challenge!.operation)).toMatchObject({ label: "create-dns", parameters: { alias: `${one}.${domain}`, domain } });
    const proof = { "itcare-proof": await it.odile.proofFor(refused) };
    expect(await codeOf(await it.odile.fetch(of(server.id), { ...create(other), headers: proof }))).toBe("401 PROOF_REJECTED");
    expect(await codeOf(await it.runner.fetch(of(server.id), create(one)))).toBe("401 SIGNATURE_REQUIRED");
    expect(await list(it.odile, server.id)).toEqual([]);
  });

  test("a dry run says whether it could be, and changes nothing anywhere", async () => {
    const server = await it.addInstance();
    const name = unique();
    const dry = await it.odile.fetch(of(server.id), { ...create(name), headers: { "itcare-dryrun": "true" } });
    expect([dry.status, dry.headers.get("itcare-dryrun")]).toEqual([202, "true"]);
    expect(await dry.json()).toEqual({ label: "create-dns", valid: true });
    expect(await list(it.odile, server.id)).toEqual([]);
    const reserved = await env.DIRECTORY.prepare("SELECT 1 FROM alias_name WHERE name = ?").bind(`${name}.${domain}`).first();
    expect(reserved).toBeNull();
  });

  test("one more than may be is refused, and so is one that is there", async () => {
    const server = await it.addInstance();
    const name = unique();
    await done(it.odile, of(server.id), create(name));
    const again = await it.odile.fetch(of(server.id), create(name));
    expect(await codeOf(again)).toBe("409 NAME_TAKEN");
    expect((await again.json<Refused>()).detail).toContain("has the alias");
    const values = Array.from(
      { length: MOST_ALIASES - 1 },
      (_, n) => `(${1000 + n}, ${server.id}, 'n${n}.many.${domain}', '${domain}', '10.0.0.1', 'x', 1, 1)`,
    );
    await env.REGION_EB.prepare(
      `INSERT INTO alias (id, resource_id, name, domain, address, author, status, created) VALUES ${values.join(",")}`,
    ).run();
    const refused = await it.odile.fetch(of(server.id), create(unique()));
    expect(await codeOf(refused)).toBe("409 STATE_FORBIDS");
    expect((await refused.json<Refused>()).change).toBe("Delete an alias that is no longer needed.");
  });

  test("an instance without an address, and one that is being created, get none", async () => {
    const bare = await it.addInstance();
    await env.REGION_EB.prepare("UPDATE resource SET attributes = json_set(attributes, '$.ipAddress', null) WHERE id = ?").bind(bare.id).run();
    expect(await codeOf(await it.odile.fetch(of(bare.id), create(unique())))).toBe("409 STATE_FORBIDS");
    expect(await codeOf(await it.odile.fetch(of(it.instances.EB.PREPARATION.TEST.id), create(unique())))).toBe("409 STATE_FORBIDS");
  });
});

describe("a name is one's alone", () => {
  test("what another organization has is taken, and nobody is told by whom", async () => {
    const [theirs, server] = [await it.addInstance({ organizationId: 2, cloud: "Borealis", zone: "ET-HDS-A" }), await it.addInstance()];
    const name = unique();
    await done(it.boris, of(theirs.id), create(name));
    const refused = await it.odile.fetch(of(server.id), create(name));
    expect(await codeOf(refused)).toBe("409 NAME_TAKEN");
    expect(await refused.json<Refused>()).toMatchObject({ detail: `The name '${name}.${domain}' is taken.`, change: "Choose another name." });
  });

  test("whoever's region does not answer keeps the name", async () => {
    const [theirs, server] = [await it.addInstance({ zone: "ET-HDS-A" }), await it.addInstance()];
    const name = unique();
    await done(it.odile, of(theirs.id), create(name));
    const away = withoutRegion(env, "ET");
    expect(await codeOf(await it.odile.fetch(of(server.id), { ...create(name), env: away }))).toBe("409 NAME_TAKEN");
  });

  test(
    `of two who want the same name at the same moment in two regions one gets it: ${ROUNDS} rounds`,
    async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const name = unique();
        const racers = [
          [it.odile, await it.addInstance()],
          [it.boris, await it.addInstance({ organizationId: 2, cloud: "Borealis", zone: "ET-HDS-A" })],
        ] as const;
        const proofs = await Promise.all(racers.map(async ([who, server]) => who.proofFor(await who.fetch(of(server.id), create(name)))));
        const answers = await Promise.all(
          racers.map(([who, server], index) => who.fetch(of(server.id), { ...create(name), headers: { "itcare-proof": proofs[index]! } })),
        );
        const codes = answers.map(({ status }) => status);
        expect([...codes].sort(), `round ${round}`).toEqual([202, 409]);
        const winner = codes.indexOf(202);
        const [who, server] = racers[winner]!;
        await ended(who, (await answers[winner]!.json<Action>()).id);
        expect(await resolve(it.nobody, `${name}.${domain}`)).toEqual([addressOf(server)]);
        const row = await env.DIRECTORY.prepare("SELECT holder, until FROM alias_name WHERE name = ?").bind(`${name}.${domain}`).first();
        expect(row).toEqual({ holder: server.id, until: null });
      }
    },
    60_000 + ROUNDS * 3_000,
  );

  test("two twins of one request, sent at once under one idempotency key, are one act", async () => {
    const server = await it.addInstance();
    const ask = { ...create(unique()), headers: { "idempotency-key": "twins-of-a-name" } };
    const proof = await it.odile.proofFor(await it.odile.fetch(of(server.id), ask));
    const send = () => it.odile.fetch(of(server.id), { ...ask, headers: { ...ask.headers, "itcare-proof": proof } });
    const [one, two] = await Promise.all([send(), send()]);
    expect([one.status, two.status]).toEqual([202, 202]);
    expect((await one.json<Action>()).id).toBe((await two.json<Action>()).id);
    expect(await count("alias", `resource_id = ${server.id}`)).toBe(1);
  });
});

describe("aliases go with their instance", () => {
  test("the dry run, the instance and what is signed name them; when the instance is gone they are, and their names are free", async () => {
    const server = await it.addInstance({ status: "INACTIVE" });
    const names = [`a.${unique()}.${domain}`, `b.${unique()}.${domain}`].sort();
    for (const name of names) await done(it.odile, of(server.id), create("", { alias: name }));
    const path = `/itcare/compute/instances/${server.id}`;
    const read = await (await it.paul.fetch(path)).json<{ availableActions: { label: string; consequences?: object }[] }>();
    expect(read.availableActions.find(({ label }) => label === "delete-instance")).toMatchObject({
      available: true,
      consequences: { aliases: names },
    });
    expect(read.availableActions.find(({ label }) => label === "start-instance")).not.toHaveProperty("consequences");
    const dry = await it.paul.fetch(path, { ...remove, headers: { "itcare-dryrun": "true" } });
    expect(await dry.json()).toEqual({ label: "delete-instance", valid: true, consequences: { aliases: names } });

    const refused = await it.paul.fetch(path, remove);
    const { challenge } = await refused.clone().json<Refused>();
    expect(JSON.parse(challenge!.operation)).toMatchObject({ label: "delete-instance", parameters: { consequences: { aliases: names } } });
    const accepted = await it.paul.sign(refused);
    await ended(it.paul, (await accepted.json<Action>()).id);

    for (const name of names) expect(await resolve(it.nobody, name)).toBe("NXDOMAIN");
    expect(await count("alias", `resource_id = ${server.id}`)).toBe(0);
    const held = await env.DIRECTORY.prepare("SELECT count(*) AS n FROM alias_name WHERE holder = ?").bind(server.id).first("n");
    expect(held).toBe(0);
    const { content } = await (
      await it.paul.fetch(`/itcare/log?resourceId=${server.id}`)
    ).json<{ content: { event: { kind: string; label: string } }[] }>();
    expect(content.find(({ event }) => event.kind === "act-accepted" && event.label === "delete-instance")!.event).toMatchObject({
      parameters: { consequences: { aliases: names } },
    });
  });

  test("a signature over a deletion without aliases is not good once there is one", async () => {
    const server = await it.addInstance({ status: "INACTIVE" });
    const path = `/itcare/compute/instances/${server.id}`;
    const refused = await it.paul.fetch(path, remove);
    await done(it.odile, of(server.id), create(unique()));
    const signed = await it.paul.sign(refused);
    expect([401, 412]).toContain(signed.status);
    expect(await count("resource", `id = ${server.id}`)).toBe(1);
  });

  test("an instance whose alias is still being made is not deleted from under it", async () => {
    const server = await it.addInstance({ status: "INACTIVE" });
    const region = simulatedZone(env, "EB");
    await region.away(true);
    try {
      const accepted = await it.odile.act(of(server.id), create(unique()));
      const { id } = await accepted.json<Action>();
      expect((await list(it.odile, server.id))[0]).toMatchObject({ status: "PREPARATION" });
      const refused = await it.paul.fetch(`/itcare/compute/instances/${server.id}`, remove);
      expect(await codeOf(refused)).toBe("409 OPERATION_IN_PROGRESS");
      const [{ alias }] = (await list(it.odile, server.id)) as [AliasItem];
      expect(await codeOf(await it.odile.fetch(`${of(server.id)}/${alias}`, remove))).toBe("409 OPERATION_IN_PROGRESS");
      await region.away(false);
      await ended(it.odile, id);
    } finally {
      await region.away(false);
    }
  });

  test("a plan that ends in a deletion stops before it when a name has come since it was signed: nothing is withdrawn untold", async () => {
    const server = await it.addInstance();
    await simulatedZone(env, "EB-HDS-A").arrange({ fault: "slow", resourceId: server.id, verb: "stop", delay: 2_500 });
    const items = [{ label: "stop-instance" }, { label: "delete-instance" }];
    const planned = await it.paul.act(`/itcare/compute/resources/${server.id}/plans`, { method: "POST", json: { items } });
    expect(planned.status, await planned.clone().text()).toBe(202);
    const name = unique();
    await done(it.odile, of(server.id), create(name));
    const plan = await ended(it.paul, (await planned.json<Action>()).id);
    expect(plan).toMatchObject({ status: "ERROR", message: expect.stringContaining("what item 2 is about has changed") });
    expect(await resolve(it.nobody, `${name}.${domain}`)).toEqual([addressOf(server)]);
    expect(await count("resource", `id = ${server.id} AND open_operation IS NULL`)).toBe(1);
  });

  test("while the instance is being deleted nothing is named after it", async () => {
    const server = await it.addInstance({ status: "INACTIVE" });
    const zone = simulatedZone(env, "EB-HDS-A");
    await zone.away(true);
    try {
      const deleted = await it.paul.act(`/itcare/compute/instances/${server.id}`, remove);
      const { id } = await deleted.json<Action>();
      expect(await codeOf(await it.odile.fetch(of(server.id), create(unique())))).toBe("409 OPERATION_IN_PROGRESS");
      await zone.away(false);
      await ended(it.paul, id);
    } finally {
      await zone.away(false);
    }
  });
});

test("an act on an alias moves the instance's revision, and takes no other act its turn", async () => {
  const server = await it.addInstance();
  const before = await revisionOf(server.id);
  await done(it.odile, of(server.id), create(unique()));
  expect(await revisionOf(server.id)).toBe(before + 1);
  expect(await count("resource", `id = ${server.id} AND open_operation IS NULL`)).toBe(1);
});
