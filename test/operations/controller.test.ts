/** Operations in a zone: through every fault, every crash, withdrawn rights, deadlines and cancellations. */
import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { cancelOperation } from "../../db/region/write/cancel.ts";
import { claimOperation, readOpenOperation } from "../../db/region/write/outcome.ts";
import { readOperation } from "../../db/region/read/operations.ts";
import { MustHitOne } from "../../db/commit.ts";
import type { SeededResource } from "../../db/seed/resources.ts";
import { prepare, readAll } from "../../db/statement.ts";
import type { Permit } from "../../worker/contract/permit.ts";
import type { AliasAct, BalancerAct, ResourceAct, SnapshotAct } from "../../worker/contract/lifecycle.ts";
import { statuses, type Status } from "../../worker/contract/resource-types.ts";
import type { InstanceAttributes } from "../../worker/contract/shapes/instance-attributes.ts";
import type { Zone } from "../../worker/contract/topology.ts";
import type { Env } from "../../worker/env.ts";
import { simulatedZone } from "../../worker/zones/simulated/engine.ts";
import type { Fault } from "../../worker/zones/simulated/zone.ts";
import { effectOf, keyOf, stepsOf } from "../../worker/zones/steps.ts";
import { zoneHealth } from "../../worker/zones/health.ts";
import { wakeAll, wakeZone } from "../../worker/zones/wake.ts";
import { world, type World } from "../world.ts";
import { databaseOf, ended, eventsOf, open, resourceState } from "./opening.ts";

let people: World;
beforeAll(async () => {
  people = await world(env);
});

/** Snapshots, aliases and load balancers have files of their own. */
type Act = Exclude<ResourceAct, SnapshotAct | AliasAct | BalancerAct>;

/** What an instance is before each act, what the act needs to know, and what it leads to. */
const acts: Record<Act, { from: Status; to: Status | "gone"; refused: Status | "gone"; parameters?: object }> = {
  "create-instance": {
    from: "PREPARATION",
    to: "ACTIVE",
    refused: "gone",
    parameters: {
      name: "x",
      productCode: "debian13",
      cpu: 2,
      ram: 4,
      disks: [40, 100],
      networkId: 1,
      cidr: "10.9.0.0/16",
      sshKeys: [],
      backup: null,
      replicated: false,
      monitoring: null,
    },
  },
  "start-instance": { from: "INACTIVE", to: "ACTIVE", refused: "INACTIVE" },
  "stop-instance": { from: "ACTIVE", to: "INACTIVE", refused: "ACTIVE" },
  "reset-instance": { from: "ACTIVE", to: "ACTIVE", refused: "ACTIVE" },
  "resize-compute-instance": { from: "ACTIVE", to: "ACTIVE", refused: "ACTIVE", parameters: { cpu: 8, ram: 16 } },
  "delete-instance": { from: "INACTIVE", to: "gone", refused: "INACTIVE" },
  "enable-monitoring-instance": { from: "ACTIVE", to: "ACTIVE", refused: "ACTIVE", parameters: { alerting: true, onCall: false } },
  "disable-monitoring-instance": { from: "INACTIVE", to: "INACTIVE", refused: "INACTIVE", parameters: {} },
};
const labels = Object.keys(acts) as Act[];

/** An instance as the act finds it; Paul (POW) asks. */
async function subject(label: Act, zone: Zone = "EB-HDS-A", tags: { key: string; value: string }[] = []): Promise<SeededResource> {
  const instance = await people.addInstance({ status: acts[label].from, zone, tags, monitored: label === "disable-monitoring-instance" });
  await simulatedZone(env, zone).health();
  return instance;
}

function asked(label: Act, instance: SeededResource, more: Parameters<typeof open>[3] = {}): Promise<number> {
  return open(env, label, instance, { parameters: acts[label].parameters, actor: people.paul, ...more });
}

async function statusOf(instance: SeededResource): Promise<Status | "gone"> {
  const state = await resourceState(env, instance.id);
  if (!state) return "gone";
  expect(state.open_operation).toBeNull();
  expect(state.open_label).toBeNull();
  return (Object.keys(statuses) as Status[]).find((name) => statuses[name] === state.status)!;
}

/** Each step's effect happened exactly once, and no other. */
async function expectEffects(id: number, label: Act, instance: SeededResource): Promise<void> {
  const effects = await simulatedZone(env, instance.zone!).effects(instance.id);
  expect(effects.map(({ key, verb, performed }) => ({ key, verb, performed }))).toEqual(
    stepsOf(label).flatMap(({ verb, of }, step) => (of ? [] : [{ key: keyOf(id, step), verb, performed: 1 }])),
  );
}

/** The first step that the zone itself is asked for. */
function firstStep(label: Act): number {
  return stepsOf(label).findIndex(({ of }) => !of);
}

async function run(id: number, zone: Zone = "EB-HDS-A") {
  await wakeZone(env, zone);
  return ended(env, id);
}

describe("an operation through every fault of the zone", () => {
  const faults: (Fault | "none")[] = ["none", "time-out-after-effect", "duplicate-answer", "reorder", "vanish", "slow"];

  test.each(labels)("%s ends in SUCCESS with each effect once, whatever the network does", async (label) => {
    const runs = await Promise.all(
      faults.map(async (fault) => {
        const instance = await subject(label);
        if (fault !== "none") await simulatedZone(env, "EB-HDS-A").arrange({ fault, resourceId: instance.id, times: 2, delay: 300 });
        return { fault, instance, id: await asked(label, instance) };
      }),
    );
    for (const { fault, instance, id } of runs) {
      const row = await run(id);
      expect({ fault, status: row.status, message: row.message, step: row.step }).toEqual({
        fault,
        status: 2,
        message: null,
        step: stepsOf(label).length,
      });
      expect(await statusOf(instance)).toBe(acts[label].to);
      await expectEffects(id, label, instance);
    }
  });

  test.each(labels)("%s that the zone refuses ends in ERROR with the reason, and the books say what is there", async (label) => {
    const instance = await subject(label);
    await simulatedZone(env, "EB-HDS-A").arrange({ fault: "refuse", resourceId: instance.id });
    const id = await asked(label, instance);
    const row = await run(id);
    expect(row).toMatchObject({ status: 3, message: "The zone refused: the host would not do it", step: firstStep(label) });
    expect(await statusOf(instance)).toBe(acts[label].refused);
    expect((await simulatedZone(env, "EB-HDS-A").effects(instance.id)).map(({ performed }) => performed)).toEqual([0]);
  });

  test("a creation whose start is refused leaves the instance that is there, switched off", async () => {
    const instance = await subject("create-instance");
    await simulatedZone(env, "EB-HDS-A").arrange({ fault: "refuse", verb: "start", resourceId: instance.id });
    expect(await run(await asked("create-instance", instance))).toMatchObject({ status: 3, step: 1 });
    expect(await statusOf(instance)).toBe("INACTIVE");
  });

  test("a stop of what the zone has lost ends in ERROR, and the instance is known as INACTIVE", async () => {
    const instance = await subject("stop-instance");
    await simulatedZone(env, "EB-HDS-A").observe(instance.id, "instance");
    await simulatedZone(env, "EB-HDS-A").lose(instance.id);
    expect(await run(await asked("stop-instance", instance))).toMatchObject({ status: 3, message: "The zone refused: no such instance" });
    expect(await statusOf(instance)).toBe("INACTIVE");
  });
});

test("instances of one network get addresses of their own, until it has no more", async () => {
  const parameters = { ...acts["create-instance"].parameters, networkId: 77, cidr: "10.8.0.0/28" };
  const addresses = new Set<string>();
  for (let host = 0; host < 5; host++) {
    const instance = await subject("create-instance");
    await run(await asked("create-instance", instance, { parameters }));
    addresses.add((JSON.parse((await resourceState(env, instance.id))!.attributes) as { ipAddress: string }).ipAddress);
  }
  expect([...addresses]).toEqual(["10.8.0.10", "10.8.0.11", "10.8.0.12", "10.8.0.13", "10.8.0.14"]);
  const late = await subject("create-instance");
  expect(await run(await asked("create-instance", late, { parameters }))).toMatchObject({
    status: 3,
    message: "The zone refused: no address is free in the network",
  });
  expect(await statusOf(late)).toBe("gone");
});

test("what the zone observed stands in the instance's attributes, and no revision moves", async () => {
  const instance = await subject("create-instance");
  const before = await resourceState(env, instance.id);
  const id = await asked("create-instance", instance);
  await run(id);
  const after = (await resourceState(env, instance.id))!;
  expect(after).toMatchObject({ revision: before!.revision + 1, observation: 1 });
  const attributes = JSON.parse(after.attributes) as InstanceAttributes;
  expect(attributes).toMatchObject({ cpu: 2, ram: 4, disks: [40, 100], storage: 140, totalSizeDisks: "140", resourceId: "2cpu4gb" });
  expect(attributes.ipAddress).toMatch(/^10\.9\.\d+\.\d+$/);
  const { network } = JSON.parse(before!.attributes) as InstanceAttributes;
  expect(attributes.network).toEqual({ ...network, ipAddress: attributes.ipAddress });
  expect(attributes.fileSystems).toMatchObject([
    { mountingPoint: "/", type: "ext4", size: 40 },
    { mountingPoint: "/data", size: 100 },
  ]);
  const resize = await open(env, "resize-compute-instance", instance, { parameters: { cpu: 8, ram: 16 }, actor: people.odile });
  await run(resize);
  expect(JSON.parse((await resourceState(env, instance.id))!.attributes)).toMatchObject({
    cpu: 8,
    ram: 16,
    resourceId: "8cpu16gb",
    ipAddress: attributes.ipAddress,
  });
});

test("a deleted instance takes its tags and its place in the counters with it", async () => {
  const instance = await subject("delete-instance", "EB-HDS-B", [{ key: "project", value: "only-here" }]);
  const tagged = () => readAll(env.REGION_EB, sql`SELECT 1 FROM resource_tag WHERE resource_id = ${instance.id}`);
  const counted = () =>
    readAll(
      env.REGION_EB,
      sql`SELECT json_extract(counts, '$.' || CAST(${instance.cloudId} AS INTEGER)) AS n FROM tag WHERE key = 'project' AND value = 'only-here'`,
    );
  expect(await tagged()).toHaveLength(1);
  expect(await counted()).toEqual([{ n: 1 }]);
  await run(await asked("delete-instance", instance), "EB-HDS-B");
  expect(await statusOf(instance)).toBe("gone");
  expect(await tagged()).toHaveLength(0);
  // Nothing else has the tag: it has left the dictionary.
  expect(await counted()).toEqual([]);
});

describe("a controller that dies", () => {
  /** Every moment at which it can: before it has asked, after it has asked, before it has written down what it knows. */
  const moments = labels.flatMap((label) =>
    stepsOf(label).flatMap(({ of }, step) =>
      of
        ? []
        : [
            { label, step, happened: false },
            { label, step, happened: true },
          ],
    ),
  );

  test.each(moments)("in $label at step $step, effect happened: $happened, is followed by one that finishes", async ({ label, step, happened }) => {
    const instance = await subject(label, "EB-HDS-C");
    const zone = simulatedZone(env, "EB-HDS-C");
    await wakeZone(env, "EB-HDS-C");
    const id = await asked(label, instance, { fence: 1, step });
    const asOf = { id, label, resourceId: instance.id, parameters: acts[label].parameters };
    await openZone("EB-HDS-C", instance.id);
    for (let done = firstStep(label); done < step; done++) expect(await zone.apply(effectOf(asOf, done, 1))).toMatchObject({ state: "done" });
    if (happened) expect(await zone.apply(effectOf(asOf, step, 1))).toMatchObject({ state: "done" });
    expect(await run(id, "EB-HDS-C")).toMatchObject({ status: 2, fence: 2 });
    expect(await statusOf(instance)).toBe(acts[label].to);
    await expectEffects(id, label, instance);
    expect(await zone.apply(effectOf(asOf, step, 1))).toEqual({ state: "fenced" });
  });

  test("between two questions is followed by one that finds the effect at work", async () => {
    const instance = await subject("stop-instance", "EB-HDS-C");
    await simulatedZone(env, "EB-HDS-C").arrange({ fault: "slow", resourceId: instance.id, delay: 1_500 });
    const id = await asked("stop-instance", instance);
    await wakeZone(env, "EB-HDS-C");
    await until(async () => (await simulatedZone(env, "EB-HDS-C").effects(instance.id)).length === 1);
    await evictDurableObject(env.ZONE_CONTROLLERS.getByName("EB-HDS-C"));
    const row = await run(id, "EB-HDS-C");
    expect(row).toMatchObject({ status: 2, fence: 2 });
    await expectEffects(id, "stop-instance", instance);
  });

  test("and whose wake was lost is found by the sweep", async () => {
    const instance = await subject("stop-instance", "ET-HDS-B");
    const id = await asked("stop-instance", instance);
    await wakeAll(env);
    expect(await ended(env, id)).toMatchObject({ status: 2 });
  });
});

describe("rights are asked again at the claim", () => {
  test("a profile withdrawn in between: ERROR with the reason, and the zone never hears of it", async () => {
    const instance = await subject("stop-instance");
    const id = await asked("stop-instance", instance, { actor: people.olga });
    const row = await run(id);
    expect(row).toMatchObject({ status: 3, step: 0, fence: 0 });
    expect(row.message).toContain("Nothing was done");
    expect(await statusOf(instance)).toBe("ACTIVE");
    expect(await simulatedZone(env, "EB-HDS-A").effects(instance.id)).toEqual([]);
  });

  test("a profile that is too low says which one is needed; the log has the code and no name", async () => {
    const instance = await subject("stop-instance");
    const row = await run(await asked("stop-instance", instance, { actor: people.stan }));
    expect(row.message).toContain("needs the profile OPE");
    const events = await eventsOf(env, instance);
    expect(events).toMatchObject([{ kind: "act-ended", status: "ERROR", message: "Nothing was done: profile_too_low." }]);
  });

  test("an API account that may is run for like a person; the one that only reads is not", async () => {
    const [runs, reads] = [await subject("stop-instance"), await subject("stop-instance")];
    expect(await run(await asked("stop-instance", runs, { actor: { ...named(people.runner), kind: "api-account" } }))).toMatchObject({ status: 2 });
    expect(await run(await asked("stop-instance", reads, { actor: { ...named(people.reader), kind: "api-account" } }))).toMatchObject({
      status: 3,
      step: 0,
    });
    expect(await run(await asked("stop-instance", reads, { actor: { ...named(people.runner), kind: "person" } }))).toMatchObject({
      status: 3,
      step: 0,
    });
  });

  test("somebody who has left can do nothing any more; a refused creation leaves nothing behind", async () => {
    const instance = await subject("create-instance");
    await prepare(env.DIRECTORY, sql`UPDATE actor SET state = 'ended' WHERE id = ${people.rita.id}`).run();
    const row = await run(await asked("create-instance", instance, { actor: people.rita }));
    expect(row).toMatchObject({ status: 3, message: "Nothing was done: Rita Blanc is no longer active." });
    expect(await statusOf(instance)).toBe("gone");
  });

  test("while the directory does not answer the operation waits, and then runs", async () => {
    const instance = await subject("stop-instance", "ET-HDS-A");
    await wakeZone(env, "ET-HDS-A");
    await replaceDatabase("ET-HDS-A", "DIRECTORY", away());
    const id = await asked("stop-instance", instance);
    await wakeZone(env, "ET-HDS-A");
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await readOperation(databaseOf(env, id), id)).toMatchObject({ status: 0, fence: 0 });
    expect(await simulatedZone(env, "ET-HDS-A").effects(instance.id)).toEqual([]);
    await replaceDatabase("ET-HDS-A", "DIRECTORY", null);
    expect(await ended(env, id)).toMatchObject({ status: 2 });
  });
});

describe("deadlines", () => {
  test("passed before the first step: ERROR, nothing done", async () => {
    const instance = await subject("stop-instance");
    const row = await run(await asked("stop-instance", instance, { deadline: Date.now() - 1 }));
    expect(row).toMatchObject({ status: 3, step: 0, message: "The deadline has passed; what had not begun was not done." });
    expect(await simulatedZone(env, "EB-HDS-A").effects(instance.id)).toEqual([]);
  });

  test("passed between two steps: the books say what is there", async () => {
    const instance = await subject("create-instance");
    await simulatedZone(env, "EB-HDS-A").arrange({ fault: "slow", verb: "create", resourceId: instance.id, delay: 700 });
    const row = await run(await asked("create-instance", instance, { deadline: Date.now() + 300 }));
    expect(row).toMatchObject({ status: 3, step: 1 });
    expect(row.message).toContain("deadline");
    expect(await statusOf(instance)).toBe("INACTIVE");
    const effects = await simulatedZone(env, "EB-HDS-A").effects(instance.id);
    expect(effects.map(({ verb, performed }) => ({ verb, performed }))).toEqual([{ verb: "create", performed: 1 }]);
  });

  test("passed while a request is still on its way: when it arrives it does nothing", async () => {
    const instance = await subject("stop-instance");
    const zone = simulatedZone(env, "EB-HDS-A");
    const id = await asked("stop-instance", instance, { fence: 1, deadline: Date.now() - 1 });
    expect(await run(id)).toMatchObject({ status: 3 });
    expect(await statusOf(instance)).toBe("ACTIVE");
    for (const fence of [1, 2])
      expect(await zone.apply(effectOf({ id, label: "stop-instance", resourceId: instance.id, parameters: {} }, 0, fence))).toEqual({
        state: "fenced",
      });
  });
});

test("of a cancellation and a claim exactly one happens, fifty times", async () => {
  const instance = await subject("stop-instance", "EB-HDS-B");
  let cancelled = 0;
  for (let round = 0; round < 50; round++) {
    const id = await asked("stop-instance", instance);
    const database = databaseOf(env, id);
    const held = (await readOpenOperation(database, id))!;
    const permit = {
      label: "cancel-action",
      actor: people.paul,
      target: { kind: "action", id, cloudId: held.cloud_id },
      proof: { kind: "none", challenge: null, evidence: null },
      requestId: "r",
      dryRun: false,
      now: Date.now(),
    };
    const cancel = () => cancelOperation(database, permit as unknown as Permit<"cancel-action">, held, {}, null);
    const claim = () => claimOperation(database, held, Date.now());
    const outcomes = await Promise.allSettled(round % 2 === 0 ? [cancel(), claim()] : [claim(), cancel()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((outcomes.find(({ status }) => status === "rejected") as PromiseRejectedResult).reason).toBeInstanceOf(MustHitOne);
    const row = (await readOperation(database, id))!;
    if (row.status === 3) cancelled++;
    else await prepare(database, sql`UPDATE operation SET status = 3 WHERE id = ${id}`).run();
    await prepare(database, sql`UPDATE resource SET open_operation = NULL, open_label = NULL WHERE id = ${instance.id}`).run();
  }
  expect(cancelled).toBeGreaterThan(0);
  expect(cancelled).toBeLessThan(50);
  expect(await simulatedZone(env, "EB-HDS-B").effects(instance.id)).toEqual([]);
});

test("a zone that is away keeps its operations waiting and leaves the others alone; when it is back they end", async () => {
  const [far, near] = [await subject("stop-instance", "EB-HDS-B"), await subject("stop-instance", "EB-HDS-A")];
  await simulatedZone(env, "EB-HDS-B").away(true);
  const [waiting, running] = [await asked("stop-instance", far), await asked("stop-instance", near)];
  await wakeZone(env, "EB-HDS-B");
  expect(await run(running)).toMatchObject({ status: 2 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await readOperation(env.REGION_EB, waiting))!.status).toBe(1);
  await simulatedZone(env, "EB-HDS-B").away(false);
  expect(await ended(env, waiting)).toMatchObject({ status: 2 });
  await expectEffects(waiting, "stop-instance", far);
});

describe("a region's database", () => {
  test("that is away while the zone works keeps nothing from ending once it is back", async () => {
    const instance = await subject("stop-instance", "ET-HDS-B");
    await simulatedZone(env, "ET-HDS-B").arrange({ fault: "slow", resourceId: instance.id, delay: 500 });
    const id = await asked("stop-instance", instance);
    await wakeZone(env, "ET-HDS-B");
    await until(async () => (await simulatedZone(env, "ET-HDS-B").effects(instance.id)).length === 1);
    await replaceDatabase("ET-HDS-B", "REGION_ET", away());
    await until(async () => (await simulatedZone(env, "ET-HDS-B").effects(instance.id))[0]!.performed === 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await readOperation(env.REGION_ET, id))!.status).toBe(1);
    await replaceDatabase("ET-HDS-B", "REGION_ET", null);
    expect(await ended(env, id)).toMatchObject({ status: 2, fence: 1 });
    await expectEffects(id, "stop-instance", instance);
  });

  test.each([1, 2, 3])("that does what it is told and loses the answer, %i times, hears everything once", async (times) => {
    const instance = await subject("stop-instance", "ET-HDS-B");
    await wakeZone(env, "ET-HDS-B");
    await replaceDatabase("ET-HDS-B", "REGION_ET", forgetful(env.REGION_ET, times));
    const id = await asked("stop-instance", instance);
    await wakeZone(env, "ET-HDS-B");
    expect(await ended(env, id)).toMatchObject({ status: 2 });
    await replaceDatabase("ET-HDS-B", "REGION_ET", null);
    await expectEffects(id, "stop-instance", instance);
    expect(await eventsOf(env, instance)).toHaveLength(1);
  });
});

test("a zone's health is what it says, and no answer within two seconds is none", async () => {
  expect(await zoneHealth(env, "EB-C")).toMatchObject({ zone: "EB-C", healthy: true });
  await simulatedZone(env, "EB-C").away(true);
  expect(await zoneHealth(env, "EB-C")).toEqual({ zone: "EB-C", healthy: false, instances: null });
});

test("every end is told once, under ids, with the Cloud it concerns", async () => {
  const instance = await subject("stop-instance");
  const id = await asked("stop-instance", instance);
  const row = await run(id);
  expect(await eventsOf(env, instance)).toEqual([
    {
      kind: "act-ended",
      at: new Date(row.completed!).toISOString(),
      cloudId: instance.cloudId,
      label: "stop-instance",
      operationId: id,
      target: { kind: "resource", id: instance.id },
      status: "SUCCESS",
      message: null,
    },
  ]);
});

test("forty operations at once all end, each effect once", async () => {
  const instances = await Promise.all(Array.from({ length: 40 }, () => subject("reset-instance", "ET-HDS-B")));
  const ids = await Promise.all(instances.map((instance) => asked("reset-instance", instance)));
  await wakeZone(env, "ET-HDS-B");
  for (const id of ids) expect(await ended(env, id)).toMatchObject({ status: 2, fence: 1 });
  for (const [index, instance] of instances.entries()) await expectEffects(ids[index]!, "reset-instance", instance);
});

const named = ({ id, name }: { id: number; name: string }) => ({ id, name });

/** The zone has been told of the instance, as it is before anything is asked of it. */
async function openZone(zone: Zone, resourceId: number): Promise<void> {
  const { engineFor } = await import("../../worker/zones/engines.ts");
  await engineFor(env, zone).observe(resourceId, "instance");
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400 && !(await holds()); tries++) await new Promise((resolve) => setTimeout(resolve, 25));
}

type Binding = "DIRECTORY" | "REGION_EB" | "REGION_ET";

/** The zone's controller finds this in place of the database; null: the database itself again. */
async function replaceDatabase(zone: Zone, binding: Binding, substitute: Partial<D1Database> | null): Promise<void> {
  await runInDurableObject(env.ZONE_CONTROLLERS.getByName(zone), (instance) => {
    (instance as unknown as { env: Env }).env = substitute ? { ...env, [binding]: substitute } : env;
  });
}

/** A database that cannot be reached. */
function away(): Partial<D1Database> {
  const lost = () => {
    throw new Error("D1_ERROR: Network connection lost.");
  };
  return { prepare: lost, batch: lost };
}

/** A database that does the next so many commits and loses its answers. */
function forgetful(database: D1Database, times: number): Partial<D1Database> {
  let left = times;
  return {
    prepare: (query) => database.prepare(query),
    async batch<Row>(statements: D1PreparedStatement[]) {
      const results = await database.batch<Row>(statements);
      if (left-- > 0) throw new Error("D1_ERROR: Network connection lost.");
      return results;
    },
  };
}
