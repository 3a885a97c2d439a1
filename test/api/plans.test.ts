/** Plans over HTTP: several acts on one resource under one signature, down to what the zone did and what the log tells. */
import { env } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { ActAccepted, ActEnded, LogExport } from "../../worker/contract/log-entry.ts";
import type { SnapshotItem } from "../../worker/contract/shapes/snapshots.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { simulatedZone } from "../../worker/zones/simulated/engine.ts";
import type { SeededResource } from "../../db/seed/resources.ts";
import { world, type Ask, type NewInstance, type Person, type World } from "../world.ts";
import { count, ended, revisionOf, statusOf } from "./looking.ts";

let it: World;
beforeAll(async () => {
  it = await world(env);
});

const of = (id: number) => `/itcare/compute/resources/${id}/plans`;
const plan = (...items: (string | object)[]): Ask => ({
  method: "POST",
  json: { items: items.map((item) => (typeof item === "string" ? { label: item } : item)) },
});
const resize = (resourceId: string) => ({ label: "resize-compute-instance", options: { resourceId } });
const snapshot = (label: string) => ({ label: "create-snapshot", options: { label } });
const safely = plan("stop-instance", snapshot("before"), resize("16cpu64gb"), "start-instance");

/** Of a size that no plan here asks for. */
async function anInstance(what: NewInstance = {}): Promise<SeededResource> {
  const made = await it.addInstance(what);
  await env.REGION_EB.prepare("UPDATE resource SET attributes = json_set(attributes, '$.resourceId', '2cpu4gb') WHERE id = ?").bind(made.id).run();
  return made;
}

interface Refused {
  errorCode: string;
  errorDesc: string;
  detail: string;
  change?: string;
  items?: { position: number; label: string; available: boolean; unavailabilityCauses: string[] }[];
  challenge?: { operation: string };
}
const refusedBy = async (response: Response) => (await response.clone().json()) as Refused;
const zone = () => simulatedZone(env, "EB-HDS-A");

/** Signs it and waits for its end. */
async function done(who: Person, id: number, ask: Ask): Promise<Action> {
  const accepted = await who.act(of(id), ask);
  expect(accepted.status, await accepted.clone().text()).toBe(202);
  return ended(who, (await accepted.json<Action>()).id);
}

const results = ({ items }: Action) => items!.map(({ label, status }) => `${label} ${status}`);

test("Odile stops, keeps, resizes and starts an instance with one signature, in this order", async () => {
  const server = await anInstance({ environment: "PRODUCTION" });
  const before = await revisionOf(server.id);
  const asked = await it.odile.fetch(of(server.id), safely);
  expect(asked.status).toBe(401);
  const { challenge } = await refusedBy(asked);
  const operation = JSON.parse(challenge!.operation) as { label: string; target: object; parameters: { items: object[] } };
  expect(operation).toMatchObject({ label: "run-plan", target: { kind: "resource", id: server.id, revision: before } });
  expect(operation.parameters.items).toEqual([
    { label: "stop-instance" },
    { label: "create-snapshot", options: { label: "before", lifetime: 7 } },
    { label: "resize-compute-instance", options: { resourceId: "16cpu64gb" } },
    { label: "start-instance" },
  ]);

  const accepted = await it.odile.sign(asked);
  expect(accepted.status).toBe(202);
  const action = await accepted.json<Action>();
  expect(accepted.headers.get("location")).toBe(`/itcare/actions/${action.id}`);
  expect(action).toMatchObject({ process: "run_plan", status: "IN_PROGRESS", resourceId: server.id, cancellable: true });
  expect(action.items!.map(({ status }) => status)).toEqual(["WAITING", "WAITING", "WAITING", "WAITING"]);

  const over = await ended(it.odile, action.id);
  expect(over).toMatchObject({ status: "SUCCESS", message: null, cancellable: false });
  expect(results(over)).toEqual(["stop-instance SUCCESS", "create-snapshot SUCCESS", "resize-compute-instance SUCCESS", "start-instance SUCCESS"]);
  const instance = await (
    await it.odile.fetch(`/itcare/compute/instances/${server.id}`)
  ).json<{ status: string; cpu: number; actionsInProgress: [] }>();
  expect(instance).toMatchObject({ status: "ACTIVE", cpu: 16, actionsInProgress: [] });
  const verbs = (await zone().effects(server.id)).map(({ verb, performed }) => `${verb} ${performed}`);
  expect(verbs).toEqual(["stop 1", "snapshot 1", "resize 1", "confirm-resize 1", "start 1"]);
  // One person asked once: one revision.
  expect(await revisionOf(server.id)).toBe(before + 1);

  const item = await (await it.odile.fetch(`/itcare/actions/${over.items![1]!.id}`)).json<Action>();
  expect(item).toMatchObject({ process: "vm_create_snapshot", planId: action.id, status: "SUCCESS", cancellable: false });
  const listed = await (await it.odile.fetch(`/itcare/actions?resourceId=${server.id}`)).json<Action[]>();
  expect(listed).toEqual([over]);
  const everywhere = await (await it.odile.fetch("/itcare/actions")).json<Action[]>();
  expect(everywhere.filter(({ resourceId }) => resourceId === server.id)).toEqual([over]);
  const [kept] = await (await it.odile.fetch(`/itcare/compute/instances/${server.id}/snapshots`)).json<SnapshotItem[]>();
  expect(kept).toMatchObject({ label: "before", author: "Odile Renaud", status: "ACTIVE" });
});

test("the log holds the whole list as it was signed, each item's end and the plan's, and anybody can verify it offline", async () => {
  const server = await anInstance({ environment: "TEST" });
  const over = await done(it.odile, server.id, plan("stop-instance", "start-instance"));
  await env.ORGANIZATION_LOGS.getByName("1").deliver();
  const exported = await (await it.sybil.fetch("/itcare/log/export")).json<LogExport>();
  expect(await verifyExport(exported)).toMatchObject({ valid: true });
  const events = exported.entries.map(({ event }) => event).filter((event) => "target" in event && event.target?.id === server.id);
  const [accepted, stopped, started, ended_] = events as [ActAccepted, ActEnded, ActEnded, ActEnded];
  expect(events).toHaveLength(4);
  expect(accepted).toMatchObject({
    kind: "act-accepted",
    label: "run-plan",
    operationId: over.id,
    proof: "signature",
    parameters: { items: [{ label: "stop-instance" }, { label: "start-instance" }] },
  });
  expect(stopped).toMatchObject({ label: "stop-instance", status: "SUCCESS", plan: { operationId: over.id, position: 1 } });
  expect(started).toMatchObject({ label: "start-instance", status: "SUCCESS", plan: { operationId: over.id, position: 2 } });
  expect(ended_).toMatchObject({ label: "run-plan", operationId: over.id, status: "SUCCESS", message: null });
  expect(ended_.items).toEqual(over.items!.map(({ id }) => ({ operationId: id, status: "SUCCESS" })));

  const bent = structuredClone(exported);
  const at = bent.entries.findIndex(({ event }) => event.kind === "act-accepted" && event.operationId === over.id);
  (bent.entries[at]!.event as ActAccepted & { parameters: { items: object[] } }).parameters.items.reverse();
  expect(await verifyExport(bent)).toMatchObject({ valid: false, firstBad: at + 1 });
});

test("it stops at the first failure: what follows is not begun, and each item says what became of it", async () => {
  const server = await anInstance();
  await zone().arrange({ fault: "refuse", verb: "resize", resourceId: server.id });
  const over = await done(it.odile, server.id, safely);
  expect(results(over)).toEqual(["stop-instance SUCCESS", "create-snapshot SUCCESS", "resize-compute-instance ERROR", "start-instance NOT_BEGUN"]);
  expect(over).toMatchObject({
    status: "ERROR",
    message: "Stopped at item 3 of 4 (resize-compute-instance); one item was not begun. The zone refused: the host would not do it",
  });
  expect(over.items!.map(({ message }) => message)).toEqual([null, null, "The zone refused: the host would not do it", "Not begun: item 3 failed."]);
  expect(await statusOf(it.odile, server.id)).toBe("INACTIVE");
  const next = await it.odile.act(`/itcare/compute/instances/${server.id}`, { method: "PATCH", json: { operation: "start" } });
  expect(next.status).toBe(202);
});

test("what could not be done in its turn is refused before anybody signs, naming the item", async () => {
  const server = await anInstance();
  const { id } = server;
  const foreign = `${it.foreign.id}-snap-4`;
  const cases: [Ask, number, string, string, RegExp][] = [
    [
      plan("stop-instance", "start-instance", "start-instance"),
      409,
      "STATE_FORBIDS",
      "items.2",
      /^Item 3 of 3: start-instance is not available: the status is ACTIVE/,
    ],
    [plan("start-instance", "stop-instance"), 409, "STATE_FORBIDS", "items.0", /^Item 1 of 2: /],
    [plan(resize("16cpu64gb"), resize("16cpu64gb")), 400, "INVALID_FIELD_VALUE", "items.1.options.resourceId", /the size .* already by then/],
    [
      plan("stop-instance", { label: "recover-snapshot", options: { snapshot: foreign } }),
      400,
      "INVALID_FIELD_VALUE",
      "items.1.options.snapshot",
      /no snapshot/,
    ],
    [
      plan(...Array.from({ length: 11 }, (_, index) => snapshot(`s${index}`))),
      409,
      "STATE_FORBIDS",
      "items.10",
      /^Item 11 of 11: .* has 10 snapshots by then/,
    ],
  ];
  for (const [ask, status, code, field, detail] of cases) {
    const response = await it.odile.fetch(of(id), ask);
    const problem = await refusedBy(response);
    expect([response.status, problem.errorCode, problem.errorDesc], problem.detail).toEqual([status, code, field]);
    expect(problem.detail).toMatch(detail);
    expect(problem.change).toBeTruthy();
    expect(problem.items!.filter(({ available }) => !available).length).toBeGreaterThan(0);
  }
  expect(await count("operation", `resource_id = ${id}`)).toBe(0);
});

test("each item is decided by its own row: Mona may take snapshots, and no plan gives her more", async () => {
  const server = await anInstance();
  const mixed = await it.mona.fetch(of(server.id), plan(snapshot("one"), "stop-instance"));
  expect(mixed.status).toBe(403);
  expect(await refusedBy(mixed)).toMatchObject({
    errorCode: "PROFILE_TOO_LOW",
    errorDesc: "items.1",
    detail: "Item 2 of 2: stop-instance needs the profile OPE (Modify resources); you have DTM on Asclepia Care.",
    change: "The security representative of Asclepia can give you OPE (Operator) on Asclepia Care.",
    items: [
      { position: 1, label: "create-snapshot", available: true, unavailabilityCauses: [] },
      { position: 2, label: "stop-instance", available: false },
    ],
  });
  expect((await done(it.mona, server.id, plan(snapshot("one"), snapshot("two")))).status).toBe("SUCCESS");
  const deletion = await it.odile.fetch(of(server.id), plan("stop-instance", "delete-instance"));
  expect(await refusedBy(deletion)).toMatchObject({ errorCode: "PROFILE_TOO_LOW", errorDesc: "items.1" });
  expect((await it.stan.fetch(of(server.id), safely)).status).toBe(403);
  const asked = await it.runner.fetch(of(server.id), safely);
  expect(asked.status, await asked.clone().text()).toBe(401);
  expect((await it.boris.fetch(of(server.id), safely)).status).toBe(404);
  expect((await it.odile.fetch(of(it.foreign.id), safely)).status).toBe(404);
});

test("what is no plan is told by its field", async () => {
  const { id } = await anInstance();
  const cases: [object, string][] = [
    [{ items: [{ label: "stop-instance" }] }, "items"],
    [{ items: Array.from({ length: 51 }, () => ({ label: "reset-instance" })) }, "items"],
    [{ items: [{ label: "stop-instance" }, { label: "create-instance" }] }, "items.1.label"],
    [{ items: [{ label: "stop-instance" }, { label: "start-instance", force: true }] }, "items.1.force"],
    [{ items: [{ label: "stop-instance" }, { label: "resize-compute-instance" }] }, "items.1.options"],
    [{ items: [{ label: "stop-instance" }, resize("1cpu1tb")] }, "items.1.options.resourceId"],
  ];
  for (const [json, field] of cases) {
    const response = await it.odile.fetch(of(id), { method: "POST", json });
    expect([response.status, (await refusedBy(response)).errorDesc], field).toEqual([400, field]);
  }
  const balancer = await it.addInstance({ family: "LOAD_BALANCER" });
  const response = await it.odile.fetch(of(balancer.id), plan("stop-instance", "start-instance"));
  expect([response.status, (await refusedBy(response)).errorDesc]).toEqual([400, "items.0.label"]);
});

test("fifty items are the most, and all of them run", { timeout: 120_000 }, async () => {
  const { id } = await anInstance();
  const items = Array.from({ length: 25 }, () => ["stop-instance", "start-instance"]).flat();
  const accepted = await it.odile.act(of(id), plan(...items));
  expect(accepted.status).toBe(202);
  const actionId = (await accepted.json<Action>()).id;
  const over = await ended(it.odile, actionId, 100_000);
  expect(new Set(results(over))).toEqual(new Set(["stop-instance SUCCESS", "start-instance SUCCESS"]));
  expect(over.items).toHaveLength(50);
});

test("a dry run tells of each item, asks for no key and changes nothing", async () => {
  const { id } = await anInstance({ environment: "PRODUCTION" });
  const before = [await count("operation"), await count("challenge"), await revisionOf(id)];
  const dry = (ask: Ask): Ask => ({ ...ask, headers: { "itcare-dryrun": "true" } });
  const good = await it.odile.fetch(of(id), dry(safely));
  expect(good.status).toBe(202);
  expect(await good.json()).toMatchObject({
    label: "run-plan",
    valid: true,
    items: [{ available: true }, { available: true }, { available: true }, { available: true }],
  });
  const bad = await refusedBy(await it.odile.fetch(of(id), dry(plan("stop-instance", "reset-instance", "start-instance"))));
  expect(bad.items!.map(({ available }) => available)).toEqual([true, false, true]);
  expect([await count("operation"), await count("challenge"), await revisionOf(id)]).toEqual(before);
});

test("the signature is over this list: another order, another item, another option is not what was signed", async () => {
  const { id } = await anInstance();
  const asked = await it.odile.fetch(of(id), safely);
  const proof = await it.odile.proofFor(asked);
  for (const other of [
    plan("stop-instance", resize("16cpu64gb"), snapshot("before"), "start-instance"),
    plan("stop-instance", snapshot("before"), resize("16cpu64gb")),
    plan("stop-instance", snapshot("after"), resize("16cpu64gb"), "start-instance"),
  ]) {
    const response = await it.odile.fetch(of(id), { ...other, headers: { "itcare-proof": proof } });
    expect([response.status, (await refusedBy(response)).errorCode]).toEqual([401, "PROOF_REJECTED"]);
  }
  expect(await count("operation", `resource_id = ${id}`)).toBe(0);
});

test("the same key gets the same plan again, and a stale ETag none", async () => {
  const { id } = await anInstance();
  const ask = (key: string, etag: string): Ask => ({
    ...plan("stop-instance", "start-instance"),
    headers: { "idempotency-key": key, "if-match": etag },
  });
  const first = await it.odile.act(of(id), ask("twice", '"1.0"'));
  const text = await first.text();
  await ended(it.odile, (JSON.parse(text) as Action).id);
  const again = await it.odile.fetch(of(id), ask("twice", '"1.0"'));
  expect([again.status, again.headers.get("idempotency-replayed"), await again.text()]).toEqual([202, "true", text]);
  expect((await it.odile.fetch(of(id), ask("late", '"1.0"'))).status).toBe(412);
  expect(await count("operation", `resource_id = ${id} AND plan_id IS NULL`)).toBe(1);
});

test("of two plans, and of a plan and an act, one has the instance and the other is told", async () => {
  for (const rival of [of, (id: number) => `/itcare/compute/instances/${id}`]) {
    const { id } = await anInstance({ environment: "PRODUCTION" });
    const act: Ask = rival === of ? plan("reset-instance", "stop-instance") : { method: "PATCH", json: { operation: "reset" } };
    const [one, other] = await Promise.all([it.odile.fetch(of(id), safely), it.paul.fetch(rival(id), act)]);
    const answers = await Promise.all([it.odile.sign(one), it.paul.sign(other)]);
    expect(answers.map(({ status }) => status).toSorted((left, right) => left - right)[0]).toBe(202);
    const lost = answers.filter(({ status }) => status !== 202);
    expect(lost).toHaveLength(1);
    expect([409, 412]).toContain(lost[0]!.status);
    const won = answers.find(({ status }) => status === 202)!;
    expect((await ended(it.odile, (await won.json<Action>()).id)).status).toBe("SUCCESS");
    expect(await revisionOf(id)).toBe(2);
  }
});

test("while it runs nothing else can be asked of the instance, at no moment", async () => {
  const { id } = await anInstance();
  await zone().arrange({ fault: "slow", resourceId: id, times: 4, delay: 300 });
  const accepted = await it.odile.act(of(id), safely);
  const action = await accepted.json<Action>();
  let seen = 0;
  for (
    let status = "IN_PROGRESS";
    status === "IN_PROGRESS";
    { status } = await (await it.odile.fetch(`/itcare/actions/${action.id}`)).json<Action>()
  ) {
    const answer = await it.odile.fetch(`/itcare/compute/instances/${id}`, { method: "PATCH", json: { operation: "reset" } });
    if (answer.status === 401) break;
    expect((await refusedBy(answer)).errorCode).toBe("OPERATION_IN_PROGRESS");
    seen++;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(seen).toBeGreaterThan(3);
  expect((await ended(it.odile, action.id)).status).toBe("SUCCESS");
});

test("a plan may end with the instance itself", async () => {
  const { id } = await anInstance();
  const late = await it.paul.fetch(of(id), plan("stop-instance", "delete-instance", "start-instance"));
  expect(await refusedBy(late)).toMatchObject({ errorCode: "STATE_FORBIDS", errorDesc: "items.2" });
  const over = await done(it.paul, id, plan("stop-instance", "delete-instance"));
  expect(results(over)).toEqual(["stop-instance SUCCESS", "delete-instance SUCCESS"]);
  expect((await it.paul.fetch(`/itcare/compute/instances/${id}`)).status).toBe(404);
  expect(await (await it.paul.fetch(`/itcare/actions/${over.id}`)).json()).toEqual(over);
});
