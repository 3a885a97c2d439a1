/** Aliases in a region: through every fault, every crash, refusals and cancellations, and between the region and the directory. */
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { commit, MustHitOne } from "../../db/commit.ts";
import { readName } from "../../db/directory/read/names.ts";
import { insert, prepare, readFirst } from "../../db/statement.ts";
import { alias, operation } from "../../db/region/schema/index.ts";
import type { SeededResource } from "../../db/seed/resources.ts";
import { aliasActs, type AliasAct } from "../../worker/contract/lifecycle.ts";
import { aliasStatusList } from "../../worker/contract/domains.ts";
import { families } from "../../worker/contract/resource-types.ts";
import { makeId } from "../../worker/contract/ids.ts";
import { confirmName, letFreedGo, MARGIN, releaseName, RESERVED_FOR, reserveName, settleReservations } from "../../worker/names/reservation.ts";
import { SimulatedEngine, simulatedZone } from "../../worker/zones/simulated/engine.ts";
import type { Fault } from "../../worker/zones/simulated/faults.ts";
import { effectOf } from "../../worker/zones/steps.ts";
import { wakeZone } from "../../worker/zones/wake.ts";
import { withoutRegion } from "../away.ts";
import { world, type World } from "../world.ts";
import { ended, open, resourceState } from "./opening.ts";

let people: World;
beforeAll(async () => {
  people = await world(env);
});

const region = () => simulatedZone(env, "EB");
const domain = "cloud.itcare.example";
let sequence = 2_500_000_000;

async function run(id: number) {
  await wakeZone(env, "EB");
  return ended(env, id);
}

interface Subject {
  instance: SeededResource;
  name: string;
}

/** The acts of the same category as the label: on instances, or on load balancers. */
const ofBalancer = (label: AliasAct) => label.endsWith("-lb");
const creationOf = (label: AliasAct) => (ofBalancer(label) ? "create-dns-lb" : "create-dns");
const deletionOf = (label: AliasAct) => (ofBalancer(label) ? "delete-dns-lb" : "delete-dns");
const undoOf = (label: AliasAct) => (label === creationOf(label) ? deletionOf(label) : creationOf(label));

/** An instance or a load balancer with an alias that the region has made; for a creation one that is about to be made. */
async function subject(label: AliasAct): Promise<Subject> {
  const instance = await people.addInstance({ status: "INACTIVE", ...(ofBalancer(label) && { family: "LOAD_BALANCER" }) });
  const name = `subject-${sequence++}.${domain}`;
  const { ipAddress: address } = instance.attributes as { ipAddress: string };
  const row = {
    id: makeId({ region: 1, organization: 1, sequence: sequence++ }),
    resourceId: instance.id,
    name,
    domain,
    address,
    author: "x",
    status: 0,
    created: 1,
  };
  await commit(env.REGION_EB, [{ query: insert(alias, row) }]);
  await prepare(env.DIRECTORY, sql`INSERT INTO alias_name (name, holder, token) VALUES (${name}, ${instance.id}, 'before')`).run();
  if (label === deletionOf(label)) {
    await run(await asked(creationOf(label), { instance, name }));
    await prepare(env.REGION_EB, sql`UPDATE alias SET status = 2 WHERE name = ${name}`).run();
  }
  return { instance, name };
}

/** The operation as a commit leaves it for the region: nobody is woken. */
async function asked(
  label: AliasAct,
  { instance, name }: Subject,
  more: { fence?: number; deadline?: number; actor?: { id: number; name: string } } = {},
) {
  const id = makeId({ region: 1, organization: 1, sequence: sequence++ });
  const now = Date.now();
  const { id: actorId, name: actorName } = more.actor ?? people.odile;
  const row = {
    id,
    organizationId: instance.organizationId,
    cloudId: instance.cloudId,
    serviceId: instance.service.id,
    resourceId: instance.id,
    resourceName: instance.name,
    resourceType: families[instance.family].code,
    zone: 0,
    label,
    status: more.fence ? 1 : 0,
    parameters: JSON.stringify(parametersOf({ instance, name })),
    actorKind: "person",
    actorId,
    actorName,
    created: now,
    updated: now,
    deadline: more.deadline ?? now + 3_600_000,
    fence: more.fence ?? 0,
  };
  await commit(env.REGION_EB, [{ query: insert(operation, row) }]);
  return id;
}

const parametersOf = ({ instance, name }: Subject) => ({ name, domain, address: (instance.attributes as { ipAddress: string }).ipAddress });

async function statusOf(name: string): Promise<string | null> {
  const row = await readFirst<{ status: number }>(env.REGION_EB, sql`SELECT status FROM alias WHERE name = ${name}`);
  return row && aliasStatusList[row.status]!;
}

async function addressesOf(name: string): Promise<readonly string[]> {
  const answer = await region().resolve(name, domain);
  return "name" in answer ? [...answer.name.addresses] : ["no answer"];
}

async function expectDone(label: AliasAct, { instance, name }: Subject): Promise<void> {
  const isThere = label === creationOf(label);
  expect(await statusOf(name)).toBe(isThere ? "ACTIVE" : null);
  expect(await addressesOf(name)).toEqual(isThere ? [parametersOf({ instance, name }).address] : []);
  expect((await readName(env.DIRECTORY, "alias", name))?.holder ?? null).toBe(isThere ? instance.id : null);
  const { attributes, open_operation } = (await resourceState(env, instance.id))!;
  expect((JSON.parse(attributes) as { network: { dns: unknown[] } }).network.dns).toEqual(isThere ? [{ alias: name, domain }] : []);
  expect(open_operation).toBeNull();
}

async function performed(id: number): Promise<number[]> {
  return (await region().effects()).filter(({ key }) => key.startsWith(`${id}/`)).map((effect) => effect.performed);
}

describe.each(aliasActs)("%s", (label) => {
  const faults: (Fault | "none")[] = ["none", "time-out-after-effect", "duplicate-answer", "reorder", "vanish", "slow"];

  test.each(faults)("through %s ends in SUCCESS with its effect once", async (fault) => {
    const about = await subject(label);
    if (fault !== "none") await region().arrange({ fault, resourceId: about.instance.id, times: 2, delay: 300 });
    const id = await asked(label, about);
    expect(await run(id)).toMatchObject({ status: 2, message: null, step: 1 });
    await expectDone(label, about);
    expect(await performed(id)).toEqual([1]);
  });

  test.each([false, true])("is finished by the next controller when one dies, effect happened: %s", async (happened) => {
    const about = await subject(label);
    const id = await asked(label, about, { fence: 1 });
    const effect = effectOf({ id, label, resourceId: about.instance.id, parameters: parametersOf(about) }, 0, 1);
    if (happened) expect(await region().apply(effect)).toMatchObject({ state: "done" });
    expect(await run(id)).toMatchObject({ status: 2, fence: 2 });
    await expectDone(label, about);
    expect(await performed(id)).toEqual([1]);
    expect(await region().apply(effect)).toEqual({ state: "fenced" });
  });

  test("that the region refuses leaves the alias as it was, and one that was to be made is not there", async () => {
    const about = await subject(label);
    await region().arrange({ fault: "refuse", resourceId: about.instance.id });
    expect(await run(await asked(label, about))).toMatchObject({ status: 3, message: "The zone refused: the host would not do it" });
    await expectDone(undoOf(label), about);
  });

  test("whose asker has lost the right is not done", async () => {
    const about = await subject(label);
    const id = await asked(label, about, { actor: people.stan });
    expect(await run(id)).toMatchObject({ status: 3, step: 0 });
    await expectDone(undoOf(label), about);
    expect(await performed(id)).toEqual([]);
  });

  test("is taken back before its first step, and the alias is as it was", async () => {
    await region().away(true);
    const about = await subject(creationOf(label)).finally(() => region().away(false));
    if (label === deletionOf(label)) {
      await run(await asked(creationOf(label), about));
      await prepare(env.REGION_EB, sql`UPDATE alias SET status = 2 WHERE name = ${about.name}`).run();
    }
    const id = await asked(label, about);
    const cancelled = await people.odile.act(`/itcare/actions/${id}`, { method: "PATCH", json: { operation: "cancel" } });
    expect(cancelled.status, await cancelled.clone().text()).toBe(202);
    await expectDone(undoOf(label), about);
  });
});

test("two names of one instance are made at once: neither waits for the other", async () => {
  const [one, other] = [await subject("create-dns"), await subject("create-dns")];
  const second = { instance: one.instance, name: other.name };
  await prepare(env.REGION_EB, sql`UPDATE alias SET resource_id = ${one.instance.id} WHERE name = ${other.name}`).run();
  await region().arrange({ fault: "slow", resourceId: one.instance.id, times: 2, delay: 400 });
  const ids = [await asked("create-dns", one), await asked("create-dns", second)];
  await wakeZone(env, "EB");
  for (const id of ids) expect(await ended(env, id)).toMatchObject({ status: 2 });
});

test("after a deletion the record is gone at once, and resolves until the name server has heard of it", async () => {
  const about = await subject("delete-dns");
  await region().arrange({ fault: "slow", resourceId: about.instance.id, delay: 600 });
  const id = await asked("delete-dns", about);
  await wakeZone(env, "EB");
  for (const until = Date.now() + 3_000; Date.now() < until && (await performed(id)).length === 0;)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await region().observe(about.instance.id, "records")).toMatchObject({ observed: { records: [] } });
  expect(await addressesOf(about.name)).toHaveLength(1);
  expect(await ended(env, id)).toMatchObject({ status: 2 });
  expect(await addressesOf(about.name)).toEqual([]);
});

describe("an instance that goes takes its aliases with it", () => {
  const deletion = async (about: Subject) =>
    open(env, "delete-instance", about.instance, { parameters: { aliases: [about.name] }, actor: people.paul });
  const there = async () => {
    const about = await subject("create-dns");
    await run(await asked("create-dns", about));
    return about;
  };
  const end = async (id: number) => {
    await wakeZone(env, "EB-HDS-A");
    return ended(env, id);
  };

  test.each(["none", "time-out-after-effect", "duplicate-answer", "reorder", "vanish", "slow"] as const)(
    "through %s: never does a name point at an instance that is gone",
    async (fault) => {
      const about = await there();
      if (fault !== "none") {
        await region().arrange({ fault, resourceId: about.instance.id, verb: "delete-records", times: 2, delay: 300 });
        await simulatedZone(env, "EB-HDS-A").arrange({ fault, resourceId: about.instance.id, times: 2, delay: 300 });
      }
      const id = await deletion(about);
      const looks: string[] = [];
      const watching = (async () => {
        for (const until = Date.now() + 20_000; Date.now() < until && (await resourceState(env, about.instance.id));) {
          const machine = await simulatedZone(env, "EB-HDS-A").observe(about.instance.id, "instance");
          if ("observed" in machine && !machine.observed && (await addressesOf(about.name)).length > 0) looks.push("dangling");
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      })();
      expect(await end(id)).toMatchObject({ status: 2, step: 2 });
      await watching;
      expect(looks).toEqual([]);
      expect(await addressesOf(about.name)).toEqual([]);
      expect(await statusOf(about.name)).toBeNull();
      await letFreedGo(env, "EB", Date.now());
      expect(await readName(env.DIRECTORY, "alias", about.name)).toBeNull();
      expect(await resourceState(env, about.instance.id)).toBeNull();
    },
  );

  test("while the region's engine is away the instance stays, and both go when it is back", async () => {
    const about = await there();
    await region().away(true);
    const id = await deletion(about);
    await wakeZone(env, "EB-HDS-A");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const seen = await new SimulatedEngine(env, "EB-HDS-A").observe(about.instance.id, "instance").finally(() => region().away(false));
    expect(seen).toMatchObject({ kind: "instance" });
    expect(await end(id)).toMatchObject({ status: 2 });
    expect(await statusOf(about.name)).toBeNull();
  });

  test("should the region refuse, nothing has happened; should the zone refuse after that, the books say that the names are gone", async () => {
    const about = await there();
    await region().arrange({ fault: "refuse", resourceId: about.instance.id, verb: "delete-records" });
    expect(await end(await deletion(about))).toMatchObject({ status: 3, step: 0 });
    await expectDone("create-dns", about);
    await simulatedZone(env, "EB-HDS-A").arrange({ fault: "refuse", resourceId: about.instance.id, verb: "delete" });
    expect(await end(await deletion(about))).toMatchObject({
      status: 3,
      step: 1,
      message: `The zone refused: the host would not do it. ${about.name} leads nowhere any more: names are taken back first.`,
    });
    await letFreedGo(env, "EB", Date.now());
    await expectDone("delete-dns", about);
  });

  test("what the zone has lost stays known while its names cannot be taken back", async () => {
    const about = await there();
    await simulatedZone(env, "EB-HDS-A").observe(about.instance.id, "instance");
    await simulatedZone(env, "EB-HDS-A").lose(about.instance.id);
    await region().arrange({ fault: "refuse", resourceId: about.instance.id, verb: "delete-records" });
    expect(await end(await deletion(about))).toMatchObject({ status: 3, step: 0 });
    expect(await resourceState(env, about.instance.id)).toMatchObject({ status: 3, open_operation: null });
    expect(await statusOf(about.name)).toBe("ACTIVE");
  });
});

describe("a name between the directory and a region", () => {
  const now = () => Date.now();
  const later = () => now() + RESERVED_FOR + MARGIN + 1;
  const reserve = (name: string, holder: number) => reserveName(env, { book: "alias", name, holder, token: crypto.randomUUID(), now: now() });
  const addAlias = async (name: string, instance: SeededResource, status = 1) => {
    const row = {
      id: makeId({ region: 1, organization: 1, sequence: sequence++ }),
      resourceId: instance.id,
      name,
      domain,
      address: "10.0.0.1",
      author: "x",
      status,
      created: 1,
    };
    await commit(env.REGION_EB, [{ query: insert(alias, row) }]);
  };
  const removeAlias = (name: string, instance: SeededResource) =>
    commit(env.REGION_EB, [
      { query: sql`DELETE FROM alias WHERE name = ${name}` },
      { query: sql`INSERT INTO alias_freed (name, resource_id) VALUES (${name}, ${instance.id})` },
    ]);
  const two = async () => ({
    name: `between-${sequence++}.${domain}`,
    mine: await people.addInstance(),
    theirs: await people.addInstance({ organizationId: 2, cloud: "Borealis" }),
  });

  test("reserved, and then nothing: it is nobody else's until its time is over, and free after", async () => {
    const { name, mine, theirs } = await two();
    await reserve(name, mine.id);
    expect(await reserve(name, theirs.id)).toBeNull();
    await settleReservations(env, now());
    expect(await reserve(name, theirs.id)).toBeNull();
    await settleReservations(env, later());
    expect(await reserve(name, theirs.id)).toMatchObject({ isFirst: true, holder: theirs.id });
  });

  test("reserved, and then nothing: its own holder's retry takes it over at once, and what the first left behind takes nothing from it", async () => {
    const { name, mine, theirs } = await two();
    const first = (await reserve(name, mine.id))!;
    const retry = (await reserve(name, mine.id))!;
    expect(retry.isFirst).toBe(false);
    await releaseName(env, first, new MustHitOne());
    await releaseName(env, retry, new MustHitOne());
    expect(await reserve(name, theirs.id)).toBeNull();
    await addAlias(name, mine);
    await confirmName(env, retry);
    await settleReservations(env, later());
    expect(await readName(env.DIRECTORY, "alias", name)).toMatchObject({ holder: mine.id, until: null });
  });

  test("committed, and then nothing: the sweeper confirms it, and nobody else gets it meanwhile", async () => {
    const { name, mine, theirs } = await two();
    await reserve(name, mine.id);
    await addAlias(name, mine, 0);
    expect(await reserve(name, theirs.id)).toBeNull();
    await settleReservations(env, later());
    expect(await readName(env.DIRECTORY, "alias", name)).toMatchObject({ holder: mine.id, until: null });
    await settleReservations(env, later());
    expect(await reserve(name, theirs.id)).toBeNull();
  });

  test("the alias is gone, and then nothing: the sweeper frees the name, and so does whoever asks for it first", async () => {
    const { name, mine, theirs } = await two();
    for (const free of [() => letFreedGo(env, "EB", now()), async () => undefined]) {
      const reserved = (await reserve(name, mine.id))!;
      await addAlias(name, mine);
      await confirmName(env, reserved);
      await removeAlias(name, mine);
      await free();
      const taken = (await reserve(name, theirs.id))!;
      expect(taken.holder).toBe(theirs.id);
      await letFreedGo(env, "EB", now());
      expect(await readName(env.DIRECTORY, "alias", name)).toMatchObject({ holder: theirs.id });
      await releaseName(env, taken, new MustHitOne());
    }
  });

  test("a name that is freed and made again at once is not taken away from what came since", async () => {
    const { name, mine, theirs } = await two();
    await confirmName(env, (await reserve(name, mine.id))!);
    await addAlias(name, mine);
    await removeAlias(name, mine);
    const again = (await reserve(name, mine.id))!;
    await letFreedGo(env, "EB", now());
    expect(await readName(env.DIRECTORY, "alias", name)).toMatchObject({ holder: mine.id });
    await addAlias(name, mine);
    await confirmName(env, again);
    await letFreedGo(env, "EB", now());
    expect(await readName(env.DIRECTORY, "alias", name)).toMatchObject({ holder: mine.id, until: null });
    expect(await reserve(name, theirs.id)).toBeNull();
  });

  test("a refused act lets a fresh name go at once; an act whose outcome is unknown keeps it until that is known", async () => {
    const { name, mine, theirs } = await two();
    await releaseName(env, (await reserve(name, mine.id))!, new Error("D1_ERROR: Network connection lost."));
    expect(await reserve(name, theirs.id)).toBeNull();
    await releaseName(env, (await reserve(name, mine.id))!, new MustHitOne());
    await settleReservations(env, later());
    const fresh = (await reserve(name, theirs.id))!;
    await releaseName(env, fresh, new MustHitOne());
    expect(await readName(env.DIRECTORY, "alias", name)).toBeNull();
  });

  test("a region that is away keeps its names, and others are settled all the same", async () => {
    const [one, other] = [await two(), await two()];
    const far = await people.addInstance({ zone: "ET-HDS-A" });
    await reserve(one.name, far.id);
    await reserve(other.name, other.mine.id);
    await settleReservations(withoutRegion(env, "ET"), later());
    expect(await readName(env.DIRECTORY, "alias", one.name)).toMatchObject({ holder: far.id });
    expect(await readName(env.DIRECTORY, "alias", other.name)).toBeNull();
  });

  test("a region commits to no name whose time is over", async () => {
    const server = await people.addInstance();
    const name = `too-late-${sequence++}`;
    const ask = { method: "POST", json: { alias: `${name}.${domain}`, domain } };
    const proof = await people.odile.proofFor(await people.odile.fetch(`/itcare/compute/instances/${server.id}/dns`, ask));
    const late = { ...env, REGION_EB: lateDatabase() };
    const response = await people.odile.fetch(`/itcare/compute/instances/${server.id}/dns`, {
      ...ask,
      headers: { "itcare-proof": proof },
      env: late,
    });
    expect([response.status, ((await response.json()) as { detail: string }).detail]).toEqual([503, expect.stringContaining("took too long")]);
    expect(await statusOf(`${name}.${domain}`)).toBeNull();
    expect(await readName(env.DIRECTORY, "alias", `${name}.${domain}`)).toBeNull();
  });

  /** A region that is so slow that a reservation is over when it commits: the same moment for the statement, said the other way round. */
  function lateDatabase(): D1Database {
    const { REGION_EB: database } = env;
    const prepareLate = (text: string) => {
      const statement = database.prepare(text);
      if (!text.includes("unixepoch")) return statement;
      return { bind: (...params: unknown[]) => statement.bind(...params.slice(0, -1), Date.now() - 1) };
    };
    return { prepare: prepareLate, batch: (statements: D1PreparedStatement[]) => database.batch(statements) } as unknown as D1Database;
  }
});
