/** Plans in a zone: through crashes, faults, cancellations, withdrawn rights and late hours, the items in order, each once, and the books right. */
import { env, evictDurableObject } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { prepare, readAll } from "../../db/statement.ts";
import { readPlan } from "../../db/region/read/plans.ts";
import type { OperationRow } from "../../db/region/read/operations.ts";
import type { SeededResource } from "../../db/seed/resources.ts";
import type { ActEnded } from "../../worker/contract/log-entry.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { Zone } from "../../worker/contract/topology.ts";
import { SimulatedEngine, simulatedZone } from "../../worker/zones/simulated/engine.ts";
import type { Fault } from "../../worker/zones/simulated/zone.ts";
import { wakeZone } from "../../worker/zones/wake.ts";
import { chance } from "../policy/zone-world.ts";
import { ended } from "../api/looking.ts";
import { world, type World } from "../world.ts";
import { eventsOf, resourceState } from "./opening.ts";

let it: World;
beforeAll(async () => {
  it = await world(env);
});

/** A zone of its own for each kind of trouble: what is arranged for one touches no other. */
async function anInstance(zone: Zone = "EB-HDS-A"): Promise<SeededResource> {
  const made = await it.addInstance({ zone });
  await env.REGION_EB.prepare("UPDATE resource SET attributes = json_set(attributes, '$.resourceId', '2cpu4gb') WHERE id = ?").bind(made.id).run();
  return made;
}

const restart = ["stop-instance", "start-instance"];

async function asked(instance: SeededResource, labels: readonly string[], from = env): Promise<Action> {
  const items = labels.map((label) => (label === "resize-compute-instance" ? { label, options: { resourceId: "16cpu64gb" } } : { label }));
  const accepted = await it.odile.act(`/itcare/compute/resources/${instance.id}/plans`, { method: "POST", json: { items }, env: from });
  expect(accepted.status, await accepted.clone().text()).toBe(202);
  return accepted.json();
}

async function cancel(id: number): Promise<Response> {
  await it.odile.stepUp();
  return it.odile.fetch(`/itcare/actions/${id}`, { method: "PATCH", json: { operation: "cancel" } });
}

const results = ({ items }: Action) => items!.map(({ status }) => status).join(" ");
const zoneOf = (instance: SeededResource) => simulatedZone(env, instance.zone!);

/** What must hold when a plan has ended, however it went. @returns the complaints */
async function complaints(instance: SeededResource, id: number): Promise<string[]> {
  const found: string[] = [];
  const isTrue = (holds: boolean, what: string) => holds || found.push(what);
  const { plan, items } = (await readPlan(env.REGION_EB, id))!;
  const told = (row: OperationRow) => (row.status === 2 ? "SUCCESS" : row.status === 3 ? (row.fence > 0 ? "ERROR" : "NOT_BEGUN") : "open");
  const line = items.map(told).join(" ");
  isTrue(/^(SUCCESS ?)*(ERROR ?)?(NOT_BEGUN ?)*$/.test(line), `out of order: ${line}`);
  isTrue((plan.status === 2) === /^(SUCCESS ?)+$/.test(line), `the plan has the status ${plan.status}: ${line}`);
  const state = await resourceState(env, instance.id);
  isTrue(state!.open_operation === null && state!.open_label === null, "the resource is still taken");
  isTrue(state!.revision === 2, `its revision is ${state!.revision}`);
  const observed = (await new SimulatedEngine(env, instance.zone!).observe(instance.id, "instance")) as { power: "on" | "off" };
  isTrue(state!.status === (observed.power === "on" ? 1 : 3), `the books say ${state!.status}, the zone ${observed.power}`);
  const effects = (await zoneOf(instance).effects(instance.id)).filter(({ key }) => items.some((item) => key.startsWith(`${item.id}/`)));
  const order = effects.map(({ key }) => items.findIndex((item) => key.startsWith(`${item.id}/`)));
  isTrue(
    order.every((place, index) => index === 0 || place >= order[index - 1]!),
    `done in the order ${order.join(" ")}`,
  );
  isTrue(
    effects.every(({ performed, state }) => performed === (state === "done" ? 1 : 0)),
    `performed ${effects.map(({ performed }) => performed).join(" ")} times`,
  );
  isTrue(
    items.every((item, index) => told(item) !== "NOT_BEGUN" || !order.includes(index)),
    "something was done of an item that was not begun",
  );
  const events = (await eventsOf(env, instance)).filter((event): event is ActEnded => event.kind === "act-ended");
  isTrue(events.filter(({ operationId }) => operationId === id).length === 1, "the plan's end is not told once");
  const end = events.find(({ operationId }) => operationId === id);
  isTrue(end?.items?.map(({ status }) => status).join(" ") === line, `the log tells ${JSON.stringify(end?.items)} of ${line}`);
  for (const item of items)
    isTrue(
      events.filter(({ operationId }) => operationId === item.id).length ===
        (item.fence > 0 ? 1 : events.filter((e) => e.operationId === item.id).length),
      `the end of ${item.label} is not told once`,
    );
  const snapshots = await readAll<{ status: number }>(env.REGION_EB, sql`SELECT status FROM snapshot WHERE resource_id = ${instance.id}`);
  isTrue(
    snapshots.every(({ status }) => status === 1),
    "a snapshot is left half made",
  );
  return found;
}

test.each([0, 1, 2])("a controller that dies during item %i leaves a plan that the next one finishes", async (place) => {
  const instance = await anInstance("EB-HDS-C");
  const verb = (["stop", "resize", "start"] as const)[place]!;
  await zoneOf(instance).arrange({ fault: "slow", verb, resourceId: instance.id, delay: 1_500 });
  const { id } = await asked(instance, ["stop-instance", "resize-compute-instance", "start-instance"]);
  await until(async () => (await zoneOf(instance).effects(instance.id)).some((effect) => effect.verb === verb));
  await evictDurableObject(env.ZONE_CONTROLLERS.getByName("EB-HDS-C"));
  await wakeZone(env, "EB-HDS-C");
  expect(results(await ended(it.odile, id))).toBe("SUCCESS SUCCESS SUCCESS");
  expect(await complaints(instance, id)).toEqual([]);
});

test("what is cancelled before the zone has begun is not done at all, and the instance is free", async () => {
  const instance = await anInstance("EB-HDS-B");
  const unheard = { ...env, ZONE_CONTROLLERS: { getByName: () => ({ wake: async () => {} }) } } as unknown as typeof env;
  const { id } = await asked(instance, ["create-snapshot", ...restart], unheard);
  const answer = await cancel(id);
  expect(answer.status, await answer.clone().text()).toBe(202);
  const over = await answer.json<Action>();
  expect(over).toMatchObject({ status: "ERROR", message: "Cancelled by Odile Renaud; what had not begun is not done.", cancellable: false });
  expect(results(over)).toBe("NOT_BEGUN NOT_BEGUN NOT_BEGUN");
  expect(await (await it.odile.fetch(`/itcare/actions/${id}`)).json()).toEqual(over);
  await wakeZone(env, "EB-HDS-B");
  expect(await complaints(instance, id)).toEqual([]);
});

test("what is cancelled while an item runs ends with that item: it is finished, and nothing after it is begun", async () => {
  const instance = await anInstance();
  await zoneOf(instance).arrange({ fault: "slow", verb: "stop", resourceId: instance.id, delay: 1_500 });
  const { id, items } = await asked(instance, ["stop-instance", "create-snapshot", "start-instance"]);
  await until(async () => (await zoneOf(instance).effects(instance.id)).length === 1);
  const alone = await cancel(items![1]!.id);
  expect(alone.status).toBe(409);
  expect(await alone.json()).toMatchObject({ errorCode: "STATE_FORBIDS", change: `Cancel the plan: the action ${id}.` });
  const answer = await cancel(id);
  expect(answer.status).toBe(202);
  expect(await answer.json<Action>()).toMatchObject({ status: "IN_PROGRESS", cancellable: false });
  expect((await cancel(id)).status).toBe(409);
  const over = await ended(it.odile, id);
  expect(over).toMatchObject({ status: "ERROR", message: "Cancelled by Odile Renaud; what had not begun is not done." });
  expect(results(over)).toBe("SUCCESS NOT_BEGUN NOT_BEGUN");
  expect(await complaints(instance, id)).toEqual([]);
  expect((await resourceState(env, instance.id))!.status).toBe(3);
});

test("who may not do all that is in a plan cannot cancel it", async () => {
  const instance = await anInstance();
  await zoneOf(instance).arrange({ fault: "slow", verb: "stop", resourceId: instance.id, delay: 1_500 });
  const { id } = await asked(instance, restart);
  await it.mona.stepUp();
  const refused = await it.mona.fetch(`/itcare/actions/${id}`, { method: "PATCH", json: { operation: "cancel" } });
  expect([refused.status, (await refused.json<{ errorCode: string }>()).errorCode]).toEqual([403, "PROFILE_TOO_LOW"]);
  expect((await ended(it.odile, id)).status).toBe("SUCCESS");
});

test("a right that is withdrawn while the plan runs ends it at the next item", async () => {
  const instance = await anInstance();
  await zoneOf(instance).arrange({ fault: "slow", verb: "stop", resourceId: instance.id, delay: 1_500 });
  const { id } = await asked(instance, restart);
  await until(async () => (await zoneOf(instance).effects(instance.id)).length === 1);
  await prepare(env.DIRECTORY, sql`UPDATE actor SET state = 'suspended' WHERE id = ${it.odile.id}`).run();
  try {
    const over = await ended(it.paul, id);
    expect(results(over)).toBe("SUCCESS NOT_BEGUN");
    expect(over.message).toMatch(/^Stopped at item 2 of 2 \(start-instance\)\. Nothing was done: Odile Renaud is no longer active\.$/);
    expect(await complaints(instance, id)).toEqual([]);
  } finally {
    await prepare(env.DIRECTORY, sql`UPDATE actor SET state = 'active' WHERE id = ${it.odile.id}`).run();
  }
});

test("each item's time begins when its turn has come", async () => {
  const instance = await anInstance();
  await zoneOf(instance).arrange({ fault: "slow", verb: "stop", resourceId: instance.id, delay: 1_000 });
  const { id } = await asked(instance, restart);
  await prepare(env.REGION_EB, sql`UPDATE operation SET deadline = 1 WHERE plan_id = ${id} AND position = 2`).run();
  expect(results(await ended(it.odile, id))).toBe("SUCCESS SUCCESS");
});

test("an item whose subject has changed under it ends the plan, and the item before it has its end", async () => {
  const instance = await anInstance();
  const first = await asked(instance, ["create-snapshot", "create-snapshot"]);
  await ended(it.odile, first.id);
  const [kept] = await (await it.odile.fetch(`/itcare/compute/instances/${instance.id}/snapshots`)).json<{ id: string }[]>();
  await zoneOf(instance).arrange({ fault: "slow", verb: "stop", resourceId: instance.id, delay: 1_500 });
  const accepted = await it.odile.act(`/itcare/compute/resources/${instance.id}/plans`, {
    method: "POST",
    json: { items: [{ label: "stop-instance" }, { label: "recover-snapshot", options: { snapshot: kept!.id } }, { label: "start-instance" }] },
  });
  const { id } = await accepted.json<Action>();
  await until(async () => (await zoneOf(instance).effects(instance.id)).some(({ verb }) => verb === "stop"));
  await prepare(env.REGION_EB, sql`DELETE FROM snapshot WHERE resource_id = ${instance.id}`).run();
  const over = await ended(it.odile, id);
  expect(results(over)).toBe("SUCCESS NOT_BEGUN NOT_BEGUN");
  expect(over.message).toBe("Stopped after item 1 of 3; 2 items were not begun: what item 2 is about has changed.");
  expect((await resourceState(env, instance.id))!.open_operation).toBeNull();
});

const ROUNDS = Math.ceil(Number((env as unknown as { ROUNDS: string }).ROUNDS) / 5);

test(`${ROUNDS} plans through whatever a seed brings: in order, each item once, and told as it was`, { timeout: 20_000 * ROUNDS }, async () => {
  const seed = Number((env as unknown as { SEED: string }).SEED);
  const seen = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const random = chance(seed + round);
    const pick = <Item>(some: readonly Item[]): Item => some[Math.floor(random() * some.length)]!;
    const instance = await anInstance(pick(["EB-HDS-B", "EB-HDS-C"] as const));
    const verbs = ["stop", "start", "resize", "snapshot", "reset"] as const;
    const faults: Fault[] = ["time-out-after-effect", "duplicate-answer", "reorder", "vanish", "slow", "refuse"];
    for (let count = Math.floor(random() * 3); count > 0; count--)
      await zoneOf(instance).arrange({ fault: pick(faults), verb: pick(verbs), resourceId: instance.id, delay: Math.floor(random() * 600) });
    const labels = pick([
      ["stop-instance", "create-snapshot", "resize-compute-instance", "start-instance"],
      ["reset-instance", "stop-instance", "start-instance"],
      ["create-snapshot", "resize-compute-instance", "create-snapshot", ...restart, ...restart],
    ]);
    const { id } = await asked(instance, labels);
    const troubles = Array.from({ length: Math.floor(random() * 3) }, () => pick(["evict", "cancel", "wait"] as const));
    for (const trouble of troubles) {
      await new Promise((resolve) => setTimeout(resolve, Math.floor(random() * 400)));
      if (trouble === "evict") {
        await evictDurableObject(env.ZONE_CONTROLLERS.getByName(instance.zone!)).catch(() => {});
        await wakeZone(env, instance.zone!);
      } else if (trouble === "cancel") expect([202, 409]).toContain((await cancel(id)).status);
    }
    const over = await ended(it.odile, id, 60_000);
    seen.add(over.status);
    expect(await complaints(instance, id), `seed ${seed + round}: ${labels.join(", ")}; ${troubles.join(", ")}; ${results(over)}`).toEqual([]);
  }
  expect(seen.size).toBeGreaterThan(0);
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("It did not happen.");
}
