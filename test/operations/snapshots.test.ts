/** Snapshots in a zone: through every fault, every crash, refusals and cancellations. */
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { commit } from "../../db/commit.ts";
import { insert, prepare, readFirst } from "../../db/statement.ts";
import { snapshot } from "../../db/region/schema/index.ts";
import type { SeededResource } from "../../db/seed/resources.ts";
import { makeId } from "../../worker/contract/ids.ts";
import { snapshotActs, type SnapshotAct } from "../../worker/contract/lifecycle.ts";
import { snapshotStatuses, snapshotStatusList } from "../../worker/contract/snapshots.ts";
import { SimulatedEngine, simulatedZone } from "../../worker/zones/simulated/engine.ts";
import type { Fault } from "../../worker/zones/simulated/zone.ts";
import { effectOf, keyOf, stepsOf } from "../../worker/zones/steps.ts";
import { wakeZone } from "../../worker/zones/wake.ts";
import { world, type World } from "../world.ts";
import { ended, open, resourceState } from "./opening.ts";

let people: World;
beforeAll(async () => {
  people = await world(env);
});

const place = "EB-HDS-A";
const zone = () => simulatedZone(env, place);
let sequence = 2_000_000_000;

async function run(id: number) {
  await wakeZone(env, place);
  return ended(env, id);
}

interface Subject {
  instance: SeededResource;
  snapshot: number;
  /** How the zone's disks were when it was made. */
  held: string[];
}

/** An instance with a snapshot that the zone has made; for a creation one that is about to be made. */
async function subject(label: SnapshotAct): Promise<Subject> {
  const instance = await people.addInstance({ status: "INACTIVE" });
  const id = makeId({ region: 1, organization: 1, sequence: sequence++ });
  const row = { id, resourceId: instance.id, label: "x", author: "Mona Petit", status: 0, created: 1, expires: 4e12, due: 4e12 };
  await commit(env.REGION_EB, [{ query: insert(snapshot, row) }]);
  if (label !== "create-snapshot") {
    await run(await asked("create-snapshot", instance, id));
    const status = label === "recover-snapshot" ? snapshotStatuses.RECOVERY : snapshotStatuses.DELETION;
    await prepare(env.REGION_EB, sql`UPDATE snapshot SET status = ${status} WHERE id = ${id}`).run();
  }
  const held = await zone().contents(instance.id);
  if (label === "recover-snapshot") {
    await run(await open(env, "start-instance", instance, { actor: people.odile }));
    await run(await open(env, "stop-instance", instance, { actor: people.odile }));
    expect(await zone().contents(instance.id)).not.toEqual(held);
  }
  return { instance, snapshot: id, held };
}

function asked(label: SnapshotAct, instance: SeededResource, id: number, more: Parameters<typeof open>[3] = {}): Promise<number> {
  return open(env, label, instance, { parameters: { snapshot: id }, actor: people.mona, ...more });
}

async function stateOf(id: number) {
  const row = await readFirst<{ status: number; recovered: number | null }>(
    env.REGION_EB,
    sql`SELECT status, recovered FROM snapshot WHERE id = ${id}`,
  );
  return row && { status: snapshotStatusList[row.status], recovered: row.recovered !== null };
}

async function expectDone(label: SnapshotAct, { instance, snapshot: id, held }: Subject): Promise<void> {
  expect(await stateOf(id)).toEqual(label === "delete-snapshot" ? null : { status: "ACTIVE", recovered: label === "recover-snapshot" });
  const seen = await zone().observe(instance.id, "instance");
  expect("observed" in seen && seen.observed?.kind === "instance" && seen.observed.snapshots.map((one) => one.id)).toEqual(
    label === "delete-snapshot" ? [] : [id],
  );
  if (label !== "create-snapshot") expect(await zone().contents(instance.id)).toEqual(held);
  expect(await resourceState(env, instance.id)).toMatchObject({ status: 3, open_operation: null });
}

async function performed(operation: number, instance: SeededResource): Promise<number[]> {
  return (await zone().effects(instance.id)).filter(({ key }) => key.startsWith(`${operation}/`)).map((effect) => effect.performed);
}

describe.each(snapshotActs)("%s", (label) => {
  const faults: (Fault | "none")[] = ["none", "time-out-after-effect", "duplicate-answer", "reorder", "vanish", "slow"];

  test.each(faults)("through %s ends in SUCCESS with its effect once", async (fault) => {
    const about = await subject(label);
    if (fault !== "none") await zone().arrange({ fault, resourceId: about.instance.id, times: 2, delay: 300 });
    const id = await asked(label, about.instance, about.snapshot);
    expect(await run(id)).toMatchObject({ status: 2, message: null, step: 1 });
    await expectDone(label, about);
    expect(await performed(id, about.instance)).toEqual([1]);
  });

  test.each([false, true])("is finished by the next controller when one dies, effect happened: %s", async (happened) => {
    const about = await subject(label);
    const { instance, snapshot: snapshotId } = about;
    const id = await asked(label, instance, snapshotId, { fence: 1 });
    const effect = effectOf({ id, label, resourceId: instance.id, parameters: { snapshot: snapshotId } }, 0, 1);
    if (happened) expect(await new SimulatedEngine(env, place).apply(effect)).toMatchObject({ state: "done" });
    expect(await run(id)).toMatchObject({ status: 2, fence: 2 });
    await expectDone(label, about);
    expect(await performed(id, instance)).toEqual([1]);
    expect(await zone().apply(effect)).toEqual({ state: "fenced" });
    expect(stepsOf(label).map((_, step) => keyOf(id, step))).toEqual([effect.key]);
  });

  test("that the zone refuses leaves the snapshot as it was, and one that was to be made is not there", async () => {
    const about = await subject(label);
    const before = await zone().contents(about.instance.id);
    await zone().arrange({ fault: "refuse", resourceId: about.instance.id });
    const id = await asked(label, about.instance, about.snapshot);
    expect(await run(id)).toMatchObject({ status: 3, message: "The zone refused: the host would not do it" });
    expect(await stateOf(about.snapshot)).toEqual(label === "create-snapshot" ? null : { status: "ACTIVE", recovered: false });
    if (label !== "create-snapshot") expect(await zone().contents(about.instance.id)).toEqual(before);
  });

  test("whose asker has lost the right is not done", async () => {
    const about = await subject(label);
    const id = await asked(label, about.instance, about.snapshot, { actor: people.stan });
    expect(await run(id)).toMatchObject({ status: 3, step: 0 });
    expect(await stateOf(about.snapshot)).toEqual(label === "create-snapshot" ? null : { status: "ACTIVE", recovered: false });
    expect(await performed(id, about.instance)).toEqual([]);
  });
});

test("what the zone has lost is not shown any more", async () => {
  const about = await subject("recover-snapshot");
  await zone().lose(about.instance.id);
  expect(await run(await asked("recover-snapshot", about.instance, about.snapshot))).toMatchObject({ status: 3 });
  expect(await stateOf(about.snapshot)).toBeNull();
});

test("a snapshot that was there before its zone was simulated holds other disks than now, and they come back", async () => {
  const instance = await people.addInstance({ status: "INACTIVE" });
  const id = makeId({ region: 1, organization: 1, sequence: sequence++ });
  const row = {
    id,
    resourceId: instance.id,
    label: "before the patches",
    author: "Service Delivery",
    created: 1,
    expires: 4e12,
    due: 4e12,
    sizeGb: 21,
  };
  await commit(env.REGION_EB, [{ query: insert(snapshot, { ...row, status: snapshotStatuses.RECOVERY }) }]);
  const observed = await new SimulatedEngine(env, place).observe(instance.id, "instance");
  expect(observed).toMatchObject({ snapshots: [{ id, size: 21 }] });
  const before = await zone().contents(instance.id);
  expect(await run(await asked("recover-snapshot", instance, id))).toMatchObject({ status: 2, message: null });
  const after = await zone().contents(instance.id);
  expect(after).toHaveLength(before.length);
  expect(after.filter((content) => before.includes(content))).toEqual([]);
  expect(await stateOf(id)).toEqual({ status: "ACTIVE", recovered: true });
});
