/** What people change of a resource without its zone: its Service, its tags, its environment. */
import { env } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import { labels, rowOf } from "../../worker/contract/actions.ts";
import { decide } from "../../worker/contract/decide.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { ResourceItem } from "../../worker/contract/shapes/resources.ts";
import { identifyActor } from "../../worker/identity/actor.ts";
import { readResourceTarget } from "../../worker/routing/targets.ts";
import type { SeededResource } from "../../db/seed/resources.ts";
import { world, type Ask, type Caller, type World } from "../world.ts";
import { ended, revisionOf } from "./looking.ts";

let it: World;
beforeAll(async () => {
  it = await world(env);
  await it.odile.stepUp();
});

const at = (id: number) => `/itcare/compute/resources/${id}`;
const patch = (operation: string, options: object, more: object = {}): Ask => ({ method: "PATCH", json: { operation, options, ...more } });
const move = (serviceId: number) => patch("move", { serviceId });
const tags = (options: object) => patch("update_tags", options);
const update = (options: object) => patch("update", options);

interface Refused {
  errorCode: string;
  errorDesc: string;
  detail: string;
  change?: string;
  challenge?: { operation: string };
}
const problem = (response: Response) => response.clone().json<Refused>();
const codeOf = async (response: Response) => `${response.status} ${(await problem(response)).errorCode}`;
const read = async (who: Caller, id: number) =>
  (await who.fetch(at(id))).json<ResourceItem & { availableActions: { label: string; available: boolean }[] }>();
const list = async (who: Caller, query: string) =>
  await (await who.fetch(`/itcare/compute/resources?${query}`)).json<{ content: { id: number }[]; totalElements: number }>();

/** Another Service of the same Cloud. */
const sibling = (server: SeededResource) => it.planted.services.find(({ id, cloudId }) => cloudId === server.cloudId && id !== server.service.id)!;

async function done(response: Response): Promise<Action> {
  expect(response.status, await response.clone().text()).toBe(202);
  const action = await response.json<Action>();
  expect(action).toMatchObject({ status: "SUCCESS", message: null, cancellable: false });
  return action;
}

const cost = async (query: string) => (await env.REGION_EB.prepare(query).first<number>("n"))!;

test("Odile moves a server to another Service of its Cloud: the action is done at once, and both Services count it right", async () => {
  const server = await it.addInstance();
  const to = sibling(server);
  const countOf = async (id: number) =>
    (await (await it.stan.fetch(`/itcare/compute/services/${id}`)).json<{ resourceCount: number }>()).resourceCount;
  const before = [await countOf(server.service.id), await countOf(to.id)];
  const action = await done(await it.odile.fetch(at(server.id), move(to.id)));
  expect(action).toMatchObject({ process: "resource_move", resourceId: server.id, resourceName: server.name, submittedBy: "Odile Renaud" });
  expect(await read(it.stan, server.id)).toMatchObject({ serviceId: to.id, serviceName: to.name, revision: 2, actionsInProgress: [] });
  expect([await countOf(server.service.id), await countOf(to.id)]).toEqual([before[0]! - 1, before[1]! + 1]);
  expect((await list(it.stan, `services=${to.id}&names=${server.name}`)).totalElements).toBe(1);
  expect(await (await it.stan.fetch(`/itcare/actions/${action.id}`)).json()).toEqual(action);
  const { content } = await (await it.sybil.fetch("/itcare/log?size=20")).json<{ content: { event: { kind: string; operationId: number } }[] }>();
  expect(content.filter(({ event }) => event.operationId === action.id).map(({ event }) => event.kind)).toEqual(["act-ended", "act-accepted"]);
});

test("a Service of another Cloud, of another organization, and none at all are the same to a move; so is its own to no purpose", async () => {
  const server = await it.addInstance();
  const research = it.planted.services.find(({ cloudId }) => it.planted.clouds.find(({ name }) => name === "Asclepia Research")!.id === cloudId)!;
  const borealis = it.planted.services.find(({ cloudId }) => cloudId === it.foreign.cloudId)!;
  const answers = await Promise.all(
    [research.id, borealis.id, 4242].map(async (id) => {
      const { requestId: _, ...body } = await (await it.paul.fetch(at(server.id), move(id))).json<Record<string, unknown>>();
      return body;
    }),
  );
  expect(answers[0]).toMatchObject({ status: 404, errorDesc: "options.serviceId" });
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
  expect(await codeOf(await it.odile.fetch(at(server.id), move(server.service.id)))).toBe("400 INVALID_FIELD_VALUE");
  expect(await codeOf(await it.paul.fetch(at(it.foreign.id), move(borealis.id)))).toBe("404 NOT_FOUND");
  expect(await revisionOf(server.id)).toBe(1);
});

test("a move changes nobody's rights: every decision about it is the same before and after, whoever asks for whatever", async () => {
  const server = await it.addInstance({ environment: "PRODUCTION" });
  const callers = [...it.people, it.reader, it.runner, it.runnerWithSecret];
  const now = Date.now();
  const decisions = async () => {
    const target = (await readResourceTarget(env, server.id))!;
    const actors = await Promise.all(
      callers.map((who) =>
        identifyActor(new Request(`${env.ORIGIN}/itcare/me`, { headers: (who as unknown as { credentials: HeadersInit }).credentials }), env, now),
      ),
    );
    return actors.flatMap((actor) =>
      labels
        .filter((label) => rowOf(label).target === "resource")
        .flatMap((label) => [false, true].map((signature) => [actor!.name, label, signature, decide(label, actor, target, { signature }, now)])),
    );
  };
  const before = await decisions();
  expect(before.length).toBeGreaterThan(500);
  await done(await it.odile.act(at(server.id), move(sibling(server).id)));
  expect(await decisions()).toEqual(before);
});

test("tags are added, given another value, removed and replaced; lists and dictionary follow", async () => {
  const server = await it.addInstance({
    tags: [
      { key: "team", value: "imaging" },
      { key: "owner", value: "Odile" },
    ],
  });
  const action = await done(
    await it.odile.fetch(
      at(server.id),
      tags({
        add: [
          { key: "owner", value: "Paul" },
          { key: "ward-budget", value: "42:a" },
        ],
        remove: ["team", "never there"],
      }),
    ),
  );
  expect(action.process).toBe("resource_update_tags");
  const after = [
    { key: "owner", value: "Paul" },
    { key: "ward-budget", value: "42:a" },
  ];
  expect(await (await it.stan.fetch(`${at(server.id)}/tags`)).json()).toEqual(after);
  expect((await read(it.stan, server.id)).tags).toEqual(after);
  expect((await list(it.stan, "tags=ward-budget:42:a")).content.map(({ id }) => id)).toEqual([server.id]);
  expect((await list(it.stan, `tags=owner:Odile&names=${server.name}`)).totalElements).toBe(0);
  expect(await (await it.stan.fetch("/itcare/compute/tag-values?key=ward-budget")).json()).toEqual(["42:a"]);

  await done(await it.odile.fetch(at(server.id), tags({ replace: [{ key: "Owner", value: "Odile" }] })));
  expect((await read(it.stan, server.id)).tags).toEqual([{ key: "Owner", value: "Odile" }]);
  expect(await (await it.stan.fetch("/itcare/compute/tag-values?key=ward-budget")).json()).toEqual([]);
  expect(await cost("SELECT count(*) AS n FROM tag WHERE key = 'ward-budget'")).toBe(0);
  await done(await it.odile.fetch(at(server.id), tags({ replace: [] })));
  expect(await cost(`SELECT count(*) AS n FROM resource_tag WHERE resource_id = ${server.id}`)).toBe(0);
  expect(await revisionOf(server.id)).toBe(4);
});

test("what no tag can be is refused, and says which and why", async () => {
  const server = await it.addInstance();
  const tag = (key: string, value = "v") => ({ key, value });
  const wrong: [object, string][] = [
    [{}, "options"],
    [{ replace: [], add: [] }, "options.replace"],
    [{ add: [tag("a"), tag("a", "w")] }, "options.add"],
    [{ add: [tag("a")], remove: ["a"] }, "options.remove"],
    [{ add: [tag("a:b")] }, "options.add.0.key"],
    [{ add: [tag("!a")] }, "options.add.0.key"],
    [{ add: [tag("a,b")] }, "options.add.0.key"],
    [{ add: [tag(" ")] }, "options.add.0.key"],
    [{ add: [tag("k".repeat(65))] }, "options.add.0.key"],
    [{ add: [tag("k", "")] }, "options.add.0.value"],
    [{ add: [tag("k", "a,b")] }, "options.add.0.value"],
    [{ add: [tag("k", "line\nbreak")] }, "options.add.0.value"],
    [{ add: [tag("k", "v".repeat(129))] }, "options.add.0.value"],
    [{ add: [{ ...tag("k"), more: 1 }] }, "options.add.0.more"],
  ];
  for (const [options, field] of wrong) {
    const refused = await it.odile.fetch(at(server.id), tags(options));
    expect([refused.status, (await problem(refused)).errorDesc], JSON.stringify(options)).toEqual([400, field]);
  }
  const many = (from: number, count: number) => Array.from({ length: count }, (_, index) => tag(`k${from + index}`));
  await done(await it.odile.fetch(at(server.id), tags({ add: many(0, 50) })));
  const full = await it.odile.fetch(at(server.id), tags({ add: many(50, 1) }));
  expect(await problem(full)).toMatchObject({
    errorCode: "INVALID_FIELD_VALUE",
    errorDesc: "options.add",
    change: expect.stringContaining("Remove"),
  });
  await done(await it.odile.fetch(at(server.id), tags({ add: many(50, 1), remove: ["k0"] })));
});

test("tags and Service change while something runs on it; the environment waits", async () => {
  const server = await it.addInstance({ status: "INACTIVE" });
  await env.REGION_EB.prepare("UPDATE resource SET open_operation = 1, open_label = 'start-instance' WHERE id = ?").bind(server.id).run();
  await done(await it.odile.fetch(at(server.id), tags({ add: [{ key: "while", value: "starting" }] })));
  await done(await it.odile.fetch(at(server.id), move(sibling(server).id)));
  expect(await codeOf(await it.odile.fetch(at(server.id), update({ environment: "QA" })))).toBe("409 OPERATION_IN_PROGRESS");
  const { availableActions } = await read(it.odile, server.id);
  const available = Object.fromEntries(availableActions.map(({ label, available: may }) => [label, may]));
  expect(available).toMatchObject({ "move-resource": true, "update-tags": true, "update-resource": false });
});

test("what ran meanwhile ends as if nothing had been moved, and a deleted resource leaves no tag behind", async () => {
  const server = await it.addInstance({ status: "INACTIVE", tags: [{ key: "goes", value: "away" }] });
  const remove: Ask = { method: "DELETE" };
  const opened = await it.paul.act(`/itcare/compute/instances/${server.id}`, remove);
  await it.odile.fetch(at(server.id), tags({ add: [{ key: "goes", value: "away too" }] }));
  expect(await ended(it.paul, (await opened.json<Action>()).id)).toMatchObject({ status: "SUCCESS" });
  expect(await cost(`SELECT count(*) AS n FROM resource_tag WHERE resource_id = ${server.id}`)).toBe(0);
  expect(await cost("SELECT count(*) AS n FROM tag WHERE key = 'goes'")).toBe(0);
});

test("taking PRODUCTION away is signed; giving it needs the key's use; and what comes after asks for what the new environment asks", async () => {
  const server = await it.addInstance({ environment: "PRODUCTION" });
  const refused = await it.odile.fetch(at(server.id), update({ environment: "TEST", comment: "no longer used" }));
  expect(await codeOf(refused)).toBe("401 SIGNATURE_REQUIRED");
  expect(JSON.parse((await problem(refused)).challenge!.operation)).toMatchObject({
    label: "update-resource",
    target: { kind: "resource", id: server.id, revision: 1 },
    parameters: { operation: "update", options: { environment: "TEST", comment: "no longer used" } },
  });
  await done(await it.odile.sign(refused));
  expect(await read(it.stan, server.id)).toMatchObject({ environment: "TEST", comment: "no longer used", revision: 2 });
  expect((await list(it.stan, `environments=TEST&names=${server.name}`)).totalElements).toBe(1);
  // As TEST: the key's use in this session is enough.
  await done(await it.odile.fetch(at(server.id), update({ comment: null })));
  const why = { noBackupReason: "rebuilt from its image", noMonitoringReason: "watched elsewhere", noReplicationReason: "one building is enough" };
  await it.odile.stepUp(6 * 60_000);
  expect(await codeOf(await it.odile.fetch(at(server.id), update({ environment: "PRODUCTION", ...why })))).toBe("401 STEP_UP_REQUIRED");
  await it.odile.stepUp();
  await done(await it.odile.fetch(at(server.id), update({ environment: "PRODUCTION", ...why })));
  for (const ask of [update({ comment: "x" }), tags({ replace: [] }), move(sibling(server).id)])
    expect(await codeOf(await it.odile.fetch(at(server.id), ask))).toBe("401 SIGNATURE_REQUIRED");
  expect(await codeOf(await it.odile.fetch(`/itcare/compute/instances/${server.id}`, { method: "PATCH", json: { operation: "stop" } }))).toBe(
    "401 SIGNATURE_REQUIRED",
  );
  expect(await codeOf(await it.odile.fetch(at(server.id), update({ environment: "PRODUCTION" })))).toBe("400 INVALID_FIELD_VALUE");
  expect((await it.odile.fetch(at(server.id), update({ name: "another" }))).status).toBe(400);
});

test("what becomes PRODUCTION says why it goes without backup, monitoring and a replica, each time that nobody has said so yet", async () => {
  const server = await it.addInstance({ environment: "TEST", monitored: true });
  const path = at(server.id);
  const become = (options: object = {}) => update({ environment: "PRODUCTION", ...options });
  const refused = await it.odile.fetch(path, become());
  expect(await codeOf(refused)).toBe("400 INVALID_FIELD_VALUE");
  expect(await problem(refused)).toMatchObject({
    errorDesc: "options.noBackupReason",
    change: "Say why in options.noBackupReason and options.noReplicationReason, or have it protected first.",
  });
  const dry = { "itcare-dryrun": "true" };
  expect(await codeOf(await it.odile.fetch(path, { ...become({ noBackupReason: "rebuilt" }), headers: dry }))).toBe("400 INVALID_FIELD_VALUE");
  const why = { noBackupReason: "rebuilt", noReplicationReason: "one is enough" };
  expect((await it.odile.fetch(path, { ...become(why), headers: dry })).status).toBe(202);
  expect(await problem(await it.odile.fetch(path, become({ ...why, noMonitoringReason: "needless" })))).toMatchObject({
    errorDesc: "options.noMonitoringReason",
    detail: expect.stringContaining("it has monitoring"),
  });
  expect(await read(it.stan, server.id)).toMatchObject({ environment: "TEST", noBackupReason: null });
  await done(await it.odile.fetch(path, become(why)));
  expect(await read(it.stan, server.id)).toMatchObject({ environment: "PRODUCTION", ...why, noMonitoringReason: null });
  const { content } = await (await it.stan.fetch(`/itcare/log?resourceId=${server.id}`)).json<{ content: { event: { parameters?: object } }[] }>();
  expect(content.map(({ event }) => event.parameters)).toContainEqual({ operation: "update", options: { environment: "PRODUCTION", ...why } });

  // What was said stays said, and can be said otherwise; no other environment asks.
  await done(await it.odile.act(path, update({ environment: "QA" })));
  await done(await it.odile.fetch(path, update({ noBackupReason: "kept in the database" })));
  await done(await it.odile.fetch(path, become()));
  expect(await read(it.stan, server.id)).toMatchObject({
    environment: "PRODUCTION",
    noBackupReason: "kept in the database",
    noReplicationReason: "one is enough",
  });

  const balancer = it.planted.resources.find(({ family, cloudId }) => family === "LOAD_BALANCER" && cloudId === server.cloudId);
  if (balancer) expect(await problem(await it.odile.fetch(at(balancer.id), update(why)))).toMatchObject({ errorDesc: "options.noBackupReason" });
});

test("a signature over a resource is void once its environment, Service or tags have changed", async () => {
  const server = await it.addInstance({ environment: "PRODUCTION" });
  const stop: Ask = { method: "PATCH", json: { operation: "stop" } };
  const path = `/itcare/compute/instances/${server.id}`;
  const asked = await it.odile.fetch(path, stop);
  const proof = await it.odile.proofFor(asked);
  await done(await it.paul.act(at(server.id), tags({ add: [{ key: "new", value: "one" }] })));
  expect(await codeOf(await it.odile.fetch(path, { ...stop, headers: { "itcare-proof": proof } }))).toBe("412 REVISION_STALE");
  const { headers } = await it.odile.fetch(at(server.id));
  await done(await it.paul.act(at(server.id), move(sibling(server).id)));
  const stale = await it.odile.fetch(at(server.id), { ...tags({ replace: [] }), headers: { "if-match": headers.get("etag")! } });
  expect(await codeOf(stale)).toBe("412 REVISION_STALE");
});

test("each acts once for one idempotency key; a dry run only looks; who may not is told", async () => {
  const server = await it.addInstance();
  const ask = { ...tags({ add: [{ key: "once", value: "only" }] }), headers: { "idempotency-key": "tags-once" } };
  const first = await it.odile.fetch(at(server.id), ask);
  const again = await it.odile.fetch(at(server.id), ask);
  expect([again.headers.get("idempotency-replayed"), await again.json()]).toEqual(["true", await first.json()]);
  expect(await revisionOf(server.id)).toBe(2);
  for (const dry of [tags({ replace: [] }), move(sibling(server).id), update({ environment: "QA" })]) {
    const looked = await it.odile.fetch(at(server.id), { ...dry, headers: { "itcare-dryrun": "true" } });
    expect([looked.status, looked.headers.get("itcare-dryrun")]).toEqual([202, "true"]);
  }
  expect(await revisionOf(server.id)).toBe(2);
  expect(await codeOf(await it.mona.fetch(at(server.id), tags({ replace: [] })))).toBe("403 PROFILE_TOO_LOW");
  expect(await codeOf(await it.rita.fetch(at(server.id), tags({ replace: [] })))).toBe("404 NOT_FOUND");
  expect((await it.runner.fetch(at(server.id), tags({ replace: [] }))).status).toBe(202);
  expect(await codeOf(await it.reader.fetch(at(server.id), tags({ replace: [] })))).toBe("403 PROFILE_TOO_LOW");
  expect(await codeOf(await it.runnerWithSecret.fetch(at(server.id), tags({ replace: [] })))).toBe("403 KEY_REQUIRED");
});

test("two change the tags of one resource at once: neither is lost, one is told to look again", async () => {
  for (let round = 0; round < 10; round++) {
    const server = await it.addInstance();
    await it.paul.stepUp();
    const answers = await Promise.all([
      it.odile.fetch(at(server.id), tags({ add: [{ key: "a", value: "odile" }] })),
      it.paul.fetch(at(server.id), tags({ add: [{ key: "b", value: "paul" }] })),
    ]);
    const codes = answers.map(({ status }) => status).sort();
    expect([
      [202, 202],
      [202, 412],
    ]).toContainEqual(codes);
    expect((await read(it.stan, server.id)).tags).toHaveLength(codes.filter((code) => code === 202).length);
  }
});
