/**
 * Plans that take an instance out of its load balancers and back: the items on a balancer are the region's, the others the zone's, and the plan is handed
 * over between the two. Nobody else comes in between, and what the balancer is at work on is waited for.
 */
import { env, evictDurableObject } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { readPlan } from "../../db/region/read/plans.ts";
import { prepare, readAll, readFirst } from "../../db/statement.ts";
import type { SeededResource } from "../../db/seed/resources.ts";
import { memberPhaseList, memberStateOf } from "../../worker/contract/load-balancers.ts";
import type { ActEnded, LogExport } from "../../worker/contract/log-entry.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { simulatedZone } from "../../worker/zones/simulated/engine.ts";
import type { Fault } from "../../worker/zones/simulated/zone.ts";
import { wakeZone } from "../../worker/zones/wake.ts";
import { chance } from "../policy/zone-world.ts";
import { ended } from "../api/looking.ts";
import { world, type Ask, type Person, type World } from "../world.ts";
import { eventsOf, resourceState } from "./opening.ts";

let it: World;
beforeAll(async () => {
  it = await world(env);
});

const region = () => simulatedZone(env, "EB");
const zone = () => simulatedZone(env, "EB-HDS-A");
const unheard = { ...env, ZONE_CONTROLLERS: { getByName: () => ({ wake: async () => {} }) } } as unknown as typeof env;

interface Served {
  instance: SeededResource;
  balancer: SeededResource;
}

/** A running instance behind a balancer, beside as many others that serve as well. */
async function served(others = 1, balancer?: SeededResource): Promise<Served> {
  const made = balancer ?? (await it.addInstance({ family: "LOAD_BALANCER" }));
  const [instance, ...more] = await Promise.all(Array.from({ length: others + 1 }, () => it.addInstance()));
  for (const one of [instance!, ...more]) await join(made, one, 80);
  await prepare(
    env.REGION_EB,
    sql`UPDATE resource SET attributes = json_set(attributes, '$.resourceId', '2cpu4gb') WHERE id = ${instance!.id}`,
  ).run();
  return { instance: instance!, balancer: made };
}

async function join(balancer: SeededResource, instance: SeededResource, port: number): Promise<void> {
  await prepare(
    env.REGION_EB,
    sql`INSERT INTO balancer_member (balancer_id, member_id, port, state, status, phase) VALUES (${balancer.id}, ${instance.id}, ${port}, 1, 1, 1)`,
  ).run();
}

const at = (balancer: { id: number }, state: string, more: object = {}) => ({
  label: "update-member-state",
  options: { loadbalancer: balancer.id, state, ...more },
});
const drain = ({ balancer }: Served) => at(balancer, "disabled");
const enable = ({ balancer }: Served) => at(balancer, "enabled");
const resize = { label: "resize-compute-instance", options: { resourceId: "16cpu64gb" } };
const safely = (about: Served) => [drain(about), { label: "stop-instance" }, resize, { label: "start-instance" }, enable(about)];
const planOf = (items: readonly object[], more: object = {}): Ask => ({ method: "POST", json: { items, ...more } });
const pathOf = ({ instance }: Served) => `/itcare/compute/resources/${instance.id}/plans`;

async function asked(
  about: Served,
  items: readonly object[],
  { from = env, ...more }: { from?: typeof env; deadline?: number } = {},
): Promise<Action> {
  const accepted = await it.odile.act(pathOf(about), { ...planOf(items, more), env: from });
  expect(accepted.status, await accepted.clone().text()).toBe(202);
  return accepted.json();
}

async function cancel(id: number): Promise<Response> {
  await it.odile.stepUp();
  return it.odile.fetch(`/itcare/actions/${id}`, { method: "PATCH", json: { operation: "cancel" } });
}

const results = ({ items }: Action) => items!.map(({ status }) => status).join(" ");

async function memberOf({ balancer, instance }: Served, port = 80): Promise<string> {
  const row = await readFirst<{ state: number; phase: number }>(
    env.REGION_EB,
    sql`SELECT state, phase FROM balancer_member WHERE balancer_id = ${balancer.id} AND member_id = ${instance.id} AND port = ${port}`,
  );
  return row ? `${memberStateOf(row.state)} ${memberPhaseList[row.phase]}` : "none";
}

/** What both engines did for the plan, in the order of its items. */
async function done(about: Served, id: number): Promise<string[]> {
  const { items } = (await readPlan(env.REGION_EB, id))!;
  const effects = [...(await region().effects(about.balancer.id)), ...(await zone().effects(about.instance.id))];
  return items.flatMap((item) =>
    effects.filter(({ key }) => key.startsWith(`${item.id}/`)).map(({ verb, performed }) => `${item.position} ${verb} ${performed}`),
  );
}

const all = ["1 drain-member 1", "1 set-member 1", "2 stop 1", "3 resize 1", "3 confirm-resize 1", "4 start 1", "5 set-member 1"];

/** What must hold when a plan has ended, however it went. @returns the complaints */
async function complaints(about: Served, id: number): Promise<string[]> {
  const found: string[] = [];
  const isTrue = (holds: boolean, what: string) => holds || found.push(what);
  const { plan, items } = (await readPlan(env.REGION_EB, id))!;
  const line = items.map((row) => (row.status === 2 ? "SUCCESS" : row.status === 3 ? (row.fence > 0 ? "ERROR" : "NOT_BEGUN") : "open")).join(" ");
  isTrue(/^(SUCCESS ?)*(ERROR ?)?(NOT_BEGUN ?)*$/.test(line), `out of order: ${line}`);
  isTrue((plan.status === 2) === /^(SUCCESS ?)+$/.test(line), `the plan has the status ${plan.status}: ${line}`);
  const [instance, balancer] = [await resourceState(env, about.instance.id), await resourceState(env, about.balancer.id)];
  isTrue(instance!.open_operation === null && instance!.open_label === null, "the instance is still taken");
  isTrue(balancer!.open_operation === null && balancer!.open_label === null, "the balancer is still taken");
  isTrue(instance!.revision === 2, `the instance's revision is ${instance!.revision}`);
  const begun = items.filter((item) => item.label === "update-member-state" && item.fence > 0).length;
  isTrue(balancer!.revision === 1 + begun, `the balancer's revision is ${balancer!.revision} after ${begun} items`);
  isTrue((await memberOf(about)).endsWith("ACTIVE"), "a member is left half changed");
  const effects = await done(about, id);
  isTrue(
    effects.every((effect) => /[01]$/.test(effect)),
    `done more than once: ${effects.join(", ")}`,
  );
  isTrue(
    effects.every((effect) => items[Number(effect.split(" ")[0]) - 1]!.fence > 0),
    `something was done of what was not begun: ${effects.join(", ")}`,
  );
  const ends = items.filter((item) => item.fence > 0).map((item) => item.completed!);
  isTrue(ends.toSorted((left, right) => left - right).join() === ends.join(), "the items did not end in their order");
  return found;
}

test("Odile drains, stops, resizes, starts and enables a server of two with one signature: the region's part, the zone's part, the region's", async () => {
  const about = await served();
  const { instance, balancer } = about;
  const challenged = await it.odile.fetch(pathOf(about), planOf(safely(about)));
  expect(challenged.status).toBe(401);
  const { challenge } = await challenged.clone().json<{ challenge: { operation: string } }>();
  const operation = JSON.parse(challenge.operation) as { target: object; parameters: { items: object[] } };
  expect(operation.target).toEqual({ kind: "resource", id: instance.id, revision: 1 });
  expect(operation.parameters.items[0]).toEqual({
    label: "update-member-state",
    options: { loadbalancer: balancer.id, state: "disabled", acceptOutage: false },
  });
  const { id } = await (await it.odile.sign(challenged)).json<Action>();
  const over = await ended(it.odile, id);
  expect([results(over), over.message]).toEqual(["SUCCESS SUCCESS SUCCESS SUCCESS SUCCESS", null]);
  expect(await done(about, id)).toEqual(all);
  expect(await memberOf(about)).toBe("enabled ACTIVE");
  expect(await complaints(about, id)).toEqual([]);

  // What was done to the balancer is in its past; the instance's past has the plan.
  const past = async (of: number) => (await (await it.stan.fetch(`/itcare/actions?resourceId=${of}`)).json<Action[]>()).map(({ process }) => process);
  expect(await past(balancer.id)).toEqual(["lb_update_member_state", "lb_update_member_state"]);
  expect(await past(instance.id)).toEqual(["run_plan"]);
  const history = await (
    await it.stan.fetch(`/itcare/compute/resources/${balancer.id}/history`)
  ).json<{ totalElements: number; content: Action[] }>();
  expect([history.totalElements, history.content[0]]).toEqual([2, expect.objectContaining({ planId: id, resourceName: balancer.name })]);

  const events = (await eventsOf(env, balancer)).filter((event): event is ActEnded => event.kind === "act-ended");
  expect(events.map(({ plan }) => plan)).toEqual([1, 5].map((position) => ({ operationId: id, position })));
  expect(await verifyExport(await (await it.sybil.fetch("/itcare/log/export")).json<LogExport>())).toMatchObject({ valid: true });
});

interface Refused {
  errorCode: string;
  errorDesc: string;
  detail: string;
  change?: string;
}

test("what could not be done in its turn is refused before anybody signs, naming the item", async () => {
  const about = await served();
  const { balancer, instance } = about;
  const lonely = await served(0);
  const twice = await served();
  await join(twice.balancer, twice.instance, 81);
  const stranger = await it.addInstance({ family: "LOAD_BALANCER", organizationId: 2, cloud: "Borealis" });
  const cases: [Served, object[], Person, string, string, RegExp][] = [
    [
      about,
      [at(lonely.balancer, "disabled"), resize],
      it.odile,
      "INVALID_FIELD_VALUE",
      "items.0.options.loadbalancer",
      /no member of this load balancer/,
    ],
    [about, [at(stranger, "disabled"), resize], it.odile, "INVALID_FIELD_VALUE", "items.0.options.loadbalancer", /no member of this load balancer/],
    [about, [at(balancer, "disabled", { port: 81 }), resize], it.odile, "INVALID_FIELD_VALUE", "items.0.options.loadbalancer", /by port 81/],
    [about, [enable(about), resize], it.odile, "INVALID_FIELD_VALUE", "items.0.options.state", /is enabled at .* already by then/],
    [about, [drain(about), enable(about), enable(about)], it.odile, "INVALID_FIELD_VALUE", "items.2.options.state", /already by then/],
    [twice, [drain(twice), resize], it.odile, "INVALID_FIELD_VALUE", "items.0.options.port", /by the ports 80, 81; name one/],
    [lonely, [drain(lonely), resize], it.odile, "OUTAGE_NOT_ACCEPTED", "items.0.options.acceptOutage", /the last healthy member/],
    [about, [{ label: "create-snapshot" }, drain(about)], it.mona, "PROFILE_TOO_LOW", "items.1", /update-member-state needs the profile OPE/],
    [about, [{ label: "stop-instance" }, { label: "delete-instance" }], it.paul, "STATE_FORBIDS", "items.1", /is a member of .* \(port 80\)/],
  ];
  for (const [on, items, who, code, field, detail] of cases) {
    const response = await who.fetch(pathOf(on), planOf(items));
    const problem = await response.json<Refused>();
    expect([problem.errorCode, problem.errorDesc], problem.detail).toEqual([code, field]);
    expect(problem.detail).toMatch(detail);
    expect(problem.change).toBeTruthy();
  }
  const onBalancer = await it.odile.fetch(`/itcare/compute/resources/${balancer.id}/plans`, planOf([at(balancer, "disabled"), enable(about)]));
  expect(await onBalancer.json<Refused>()).toMatchObject({ errorCode: "INVALID_FIELD_VALUE", errorDesc: "items.0.label" });
  const dry = await it.odile.fetch(pathOf(about), { ...planOf(safely(about)), headers: { "itcare-dryrun": "true" } });
  expect(await dry.json()).toMatchObject({ valid: true, items: Array.from({ length: 5 }, () => ({ available: true })) });
  expect(await memberOf(about)).toBe("enabled ACTIVE");
  expect((await resourceState(env, instance.id))!.revision).toBe(1);
});

test("of a member by two ports each has its own items, and an outage that is said and signed is done", async () => {
  const about = await served(0);
  await join(about.balancer, about.instance, 81);
  const unsaid = planOf([at(about.balancer, "disabled", { port: 80 }), at(about.balancer, "disabled", { port: 81 })]);
  expect(await (await it.odile.fetch(pathOf(about), unsaid)).json<Refused>()).toMatchObject({
    errorCode: "OUTAGE_NOT_ACCEPTED",
    errorDesc: "items.1.options.acceptOutage",
  });
  const { id } = await asked(about, [
    at(about.balancer, "disabled", { port: 80 }),
    at(about.balancer, "offline", { port: 81, acceptOutage: true }),
    { label: "reset-instance" },
  ]);
  expect(results(await ended(it.odile, id))).toBe("SUCCESS SUCCESS SUCCESS");
  expect([await memberOf(about), await memberOf(about, 81)]).toEqual(["disabled ACTIVE", "offline ACTIVE"]);
});

test("a balancer that is at work is waited for, however many wait for it, and whoever asked first", { timeout: 60_000 }, async () => {
  const first = await served();
  const all = [first];
  for (let more = 0; more < 8; more++) all.push(await served(0, first.balancer));
  const plans: { about: Served; id: number }[] = [];
  for (const about of all) plans.push({ about, id: (await asked(about, [drain(about), enable(about)], { from: unheard })).id });
  // Nine wait in front of what they wait for.
  await region().arrange({ fault: "slow", verb: "supervise-balancer", resourceId: first.balancer.id, delay: 800 });
  await it.odile.stepUp();
  const act = await it.odile.fetch(`/itcare/networking/loadbalancers/${first.balancer.id}`, {
    method: "PATCH",
    json: { operation: "enable_monitoring" },
  });
  expect(act.status, await act.clone().text()).toBe(202);
  const between = (await readPlan(env.REGION_EB, plans[0]!.id))!;
  expect(between.items.map(({ status, fence }) => `${status} ${fence}`)).toEqual(["0 0", "4 0"]);
  for (const { about, id } of plans) {
    expect(results(await ended(it.odile, id, 40_000))).toBe("SUCCESS SUCCESS");
    expect(await memberOf(about)).toBe("enabled ACTIVE");
    expect((await resourceState(env, about.instance.id))!.open_operation).toBeNull();
  }
  expect((await resourceState(env, first.balancer.id))!.revision).toBe(1 + 1 + 2 * plans.length);
});

test("what waits for a balancer can be cancelled: the instance is free, and what the balancer is at work on goes on", async () => {
  const about = await served(2);
  const [, other] = await readAll<{ id: number }>(
    env.REGION_EB,
    sql`SELECT member_id AS id FROM balancer_member WHERE balancer_id = ${about.balancer.id} ORDER BY member_id`,
  );
  await region().arrange({ fault: "slow", verb: "drain-member", resourceId: about.balancer.id, delay: 1_000 });
  await it.paul.stepUp();
  const act = await it.paul.fetch(`/itcare/networking/loadbalancers/${about.balancer.id}`, {
    method: "PATCH",
    json: { operation: "update_member_state", options: { id: other!.id, state: "disabled" } },
  });
  expect(act.status, await act.clone().text()).toBe(202);
  const { id } = await asked(about, safely(about));
  expect((await cancel(id)).status).toBe(202);
  expect(results(await ended(it.odile, id))).toBe("NOT_BEGUN NOT_BEGUN NOT_BEGUN NOT_BEGUN NOT_BEGUN");
  expect(await memberOf(about)).toBe("enabled ACTIVE");
  expect((await resourceState(env, about.instance.id))!.open_operation).toBeNull();
  expect(await ended(it.paul, (await act.json<Action>()).id)).toMatchObject({ status: "SUCCESS" });
  expect(await memberOf({ ...about, instance: { ...about.instance, id: other!.id } })).toBe("disabled ACTIVE");
});

test("what has become the last one that serves by its turn is not drained, and what is no member any more neither", async () => {
  for (const [change, why] of [
    [sql`UPDATE balancer_member SET status = 2 WHERE balancer_id = `, /Nothing was done: .*: It is the last healthy member/],
    [sql`DELETE FROM balancer_member WHERE balancer_id = `, /Nothing was done: the instance is no longer a member of .* by port 80\./],
  ] as const) {
    const about = await served();
    const { id } = await asked(about, safely(about), { from: unheard });
    const which = why.source.includes("last") ? sql`<>` : sql`=`;
    await prepare(env.REGION_EB, sql`${change} ${about.balancer.id} AND member_id ${which} ${about.instance.id}`).run();
    await wakeZone(env, "EB");
    const over = await ended(it.odile, id);
    expect(results(over)).toBe("NOT_BEGUN NOT_BEGUN NOT_BEGUN NOT_BEGUN NOT_BEGUN");
    expect(over.message).toMatch(why);
    expect((await resourceState(env, about.instance.id))!.open_operation).toBeNull();
    expect(await resourceState(env, about.balancer.id)).toMatchObject({ open_operation: null, revision: 1 });
    expect(await done(about, id)).toEqual([]);
  }
});

test("a right that is gone by the turn of a later item ends the plan there: the server stays stopped and out, and both are free", async () => {
  const about = await served();
  await zone().arrange({ fault: "slow", verb: "stop", resourceId: about.instance.id, delay: 1_000 });
  const { id } = await asked(about, [drain(about), { label: "stop-instance" }, enable(about)]);
  await until(async () => (await zone().effects(about.instance.id)).length > 0);
  await prepare(env.DIRECTORY, sql`UPDATE actor SET state = 'suspended' WHERE id = ${it.odile.id}`).run();
  const over = await ended(it.paul, id);
  await prepare(env.DIRECTORY, sql`UPDATE actor SET state = 'active' WHERE id = ${it.odile.id}`).run();
  expect(results(over)).toBe("SUCCESS SUCCESS NOT_BEGUN");
  expect(await memberOf(about)).toBe("disabled ACTIVE");
  expect(await complaints(about, id)).toEqual([]);
});

test("the plan's own deadline holds for all that is in it", async () => {
  const about = await served();
  const { id } = await asked(about, safely(about), { from: unheard, deadline: 120 });
  const { plan, items } = (await readPlan(env.REGION_EB, id))!;
  expect(plan.deadline - plan.created).toBe(120_000);
  expect(new Set(items.map(({ deadline }) => deadline))).toEqual(new Set([plan.deadline]));
  await wakeZone(env, "EB");
  await ended(it.odile, id);
  expect(new Set((await readPlan(env.REGION_EB, id))!.items.map(({ deadline }) => deadline))).toEqual(new Set([plan.deadline]));
});

test.each([
  ["drain-member", "EB"],
  ["stop", "EB-HDS-A"],
  ["start", "EB-HDS-A"],
  ["set-member", "EB"],
] as const)("a controller that dies during %s leaves a plan that the next one finishes", async (verb, who) => {
  const about = await served();
  const engine = who === "EB" ? region() : zone();
  const id = who === "EB" ? about.balancer.id : about.instance.id;
  await engine.arrange({ fault: "slow", verb, resourceId: id, delay: 1_000 });
  const plan = await asked(about, safely(about));
  await until(async () => (await engine.effects(id)).some((effect) => effect.verb === verb));
  await evictDurableObject(env.ZONE_CONTROLLERS.getByName(who));
  await wakeZone(env, who);
  expect(results(await ended(it.odile, plan.id))).toBe("SUCCESS SUCCESS SUCCESS SUCCESS SUCCESS");
  expect(await done(about, plan.id)).toEqual(all);
  expect(await complaints(about, plan.id)).toEqual([]);
});

const ROUNDS = Math.ceil(Number((env as unknown as { ROUNDS: string }).ROUNDS) / 10);

test(`${ROUNDS} plans through faults, evictions and cancellations at random moments`, { timeout: 20_000 + ROUNDS * 20_000 }, async () => {
  const seed = Number((env as unknown as { SEED: string }).SEED);
  for (let round = 0; round < ROUNDS; round++) {
    const random = chance(seed + round);
    const pick = <Item>(some: readonly Item[]): Item => some[Math.floor(random() * some.length)]!;
    const about = await served();
    const faults: Fault[] = ["time-out-after-effect", "duplicate-answer", "reorder", "vanish", "slow", "refuse"];
    for (let count = Math.floor(random() * 4); count > 0; count--) {
      const there = random() < 0.5;
      const verb = there ? pick(["drain-member", "set-member"] as const) : pick(["stop", "resize", "start"] as const);
      const on = there ? about.balancer : about.instance;
      await (there ? region() : zone()).arrange({ fault: pick(faults), verb, resourceId: on.id, delay: Math.floor(random() * 600) });
    }
    const { id } = await asked(about, safely(about));
    const troubles = Array.from({ length: Math.floor(random() * 3) }, () => pick(["EB", "EB-HDS-A", "cancel", "wait"] as const));
    for (const trouble of troubles) {
      await new Promise((resolve) => setTimeout(resolve, Math.floor(random() * 400)));
      if (trouble === "cancel") expect([202, 409]).toContain((await cancel(id)).status);
      else if (trouble !== "wait") {
        await evictDurableObject(env.ZONE_CONTROLLERS.getByName(trouble)).catch(() => {});
        await wakeZone(env, trouble);
      }
    }
    const over = await ended(it.odile, id, 60_000);
    expect(await complaints(about, id), `seed ${seed + round}: ${troubles.join(", ")}; ${results(over)}`).toEqual([]);
  }
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20))) if (await holds()) return;
  throw new Error("It did not happen.");
}
