/** What the gate promises whoever asks twice, asks for what is not theirs, or asks oddly. */
import { env, runInDurableObject } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import type { Action } from "../../worker/contract/shapes/common.ts";
import { organizationLog } from "../../worker/log/notify.ts";
import type { OrganizationLog } from "../../worker/log/organization-log.ts";
import { world, type Caller, type World } from "../world.ts";
import { count, ended } from "./looking.ts";

let it: World;
beforeAll(async () => {
  it = await world(env);
});

const at = (id: number) => `/itcare/compute/instances/${id}`;
const keyed = (key: string) => ({ "idempotency-key": key });
const serviceOf = (cloud: string) =>
  it.planted.services.find(({ cloudId }) => cloudId === it.planted.clouds.find(({ name }) => name === cloud)!.id)!.id;

/** The refusals that the log of somebody's organization counts at this moment, without waiting for their minute to end. */
async function refusalsOf(who: Caller): Promise<{ label: string; code: string; target: unknown }[]> {
  return runInDurableObject(organizationLog(env, who.organizationId), (_log: OrganizationLog, { storage }) =>
    storage.sql
      .exec<{ event: string }>("SELECT event FROM refusal ORDER BY first")
      .toArray()
      .map(({ event }) => JSON.parse(event) as { actor: { id: number }; label: string; code: string; target: unknown })
      .filter(({ actor }) => actor.id === who.id)
      .map(({ label, code, target }) => ({ label, code, target })),
  );
}

test("the log of a refusal does not tell either whether a stranger's thing exists", async () => {
  const foreignAction = (
    await (
      await it.boris.act(at((await it.addInstance({ organizationId: 2, cloud: "Borealis" })).id), { method: "PATCH", json: { operation: "stop" } })
    ).json<Action>()
  ).id;
  const absentAction = foreignAction + 1_000_000;
  const [foreignService, absentService] = [serviceOf("Borealis"), serviceOf("Borealis") + 1_000_000];
  const ask = {
    action: (id: number) => it.sybil.fetch(`/itcare/actions/${id}`, { method: "PATCH", json: { operation: "cancel" } }),
    service: (id: number) => it.sybil.fetch("/itcare/compute/instances", { method: "POST", json: { serviceId: id, az: "EB-HDS-A" } }),
  };
  for (const answer of [
    await ask.action(foreignAction),
    await ask.action(absentAction),
    await ask.service(foreignService),
    await ask.service(absentService),
  ])
    expect(answer.status).toBe(404);
  const told = await refusalsOf(it.sybil);
  const targets = (label: string) => told.filter((refusal) => refusal.label === label).map(({ target }) => target);
  expect(targets("cancel-action")).toEqual([foreignAction, absentAction].map((id) => ({ kind: "action", id })));
  expect(targets("create-instance")).toEqual([foreignService, absentService].map((id) => ({ kind: "service", id })));
});

test("sent twice at once with one key, both get the one answer", async () => {
  await it.odile.stepUp();
  for (let round = 0; round < 10; round++) {
    const server = await it.addInstance();
    const ask = { method: "PATCH", json: { operation: "reset" }, headers: keyed(`both-${round}`) };
    const answers = await Promise.all([0, 1].map(() => it.odile.fetch(at(server.id), ask)));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(
      answers.map(({ status }) => status),
      texts.join(),
    ).toEqual([202, 202]);
    expect(texts[0]).toBe(texts[1]);
    expect(await count("operation", `resource_id = ${server.id}`)).toBe(1);
  }
});

test("sent twice at once with one signature and one key, it is one operation, and asked again both get its answer", async () => {
  for (let round = 0; round < 5; round++) {
    const server = await it.addInstance({ status: "INACTIVE" });
    const ask = { method: "DELETE", headers: keyed(`signed-${round}`) };
    const proof = await it.paul.proofFor(await it.paul.fetch(at(server.id), ask));
    const signed = { ...ask, headers: { ...ask.headers, "itcare-proof": proof } };
    const answers = await Promise.all([0, 1].map(() => it.paul.fetch(at(server.id), signed)));
    const accepted = answers.find(({ status }) => status === 202)!;
    const first = await accepted.text();
    expect(await count("operation", `resource_id = ${server.id}`)).toBe(1);
    for (const again of await Promise.all([0, 1].map(() => it.paul.fetch(at(server.id), signed)))) expect(await again.text()).toBe(first);
  }
});

test("a deletion that is asked again when it is done gets its first answer; without a profile on the Cloud, none", async () => {
  const server = await it.addInstance({ status: "INACTIVE" });
  const ask = { method: "DELETE", headers: keyed("delete-once") };
  const accepted = await it.paul.sign(await it.paul.fetch(at(server.id), ask));
  const first = await accepted.text();
  await ended(it.paul, (JSON.parse(first) as Action).id);
  const again = await it.paul.fetch(at(server.id), ask);
  expect([again.status, again.headers.get("idempotency-replayed"), await again.text()]).toEqual([202, "true", first]);
  for (const headers of [{}, keyed("another"), { ...ask.headers, "itcare-dryrun": "true" }])
    expect((await it.paul.fetch(at(server.id), { method: "DELETE", headers })).status).toBe(404);
  expect((await it.odile.fetch(at(server.id), ask)).status).toBe(404);
  const membership = (state: string) =>
    env.DIRECTORY.prepare("UPDATE membership SET state = ? WHERE actor_id = ? AND cloud_id = ?").bind(state, it.paul.id, server.cloudId).run();
  await membership("suspended");
  expect((await it.paul.fetch(at(server.id), ask)).status).toBe(404);
  await membership("confirmed");
});

test("a key whose day is over is a new key, whether or not it has been swept", async () => {
  const server = await it.addInstance();
  await it.odile.stepUp();
  const ask = { method: "PATCH", json: { operation: "reset" }, headers: keyed("yesterday") };
  const first = await it.odile.fetch(at(server.id), ask);
  await ended(it.odile, (await first.json<Action>()).id);
  await env.REGION_EB.prepare("UPDATE idempotency SET expires = ? WHERE key = 'yesterday'")
    .bind(Date.now() - 1)
    .run();
  const second = await it.odile.fetch(at(server.id), ask);
  expect([second.status, second.headers.get("idempotency-replayed")]).toEqual([202, null]);
  expect((await it.odile.fetch(at(server.id), ask)).headers.get("idempotency-replayed")).toBe("true");
});

test("a zone that is not for a customer: the refusal is in the log like every other", async () => {
  const codeOf = async (list: string, code: string) =>
    (await (await it.paul.fetch(`/itcare/compute/${list}`)).json<Record<string, string>[]>())[0]![code]!;
  const [productCode, resourceId] = [await codeOf("products", "productCode"), await codeOf("sizings", "resourceId")];
  const json = { name: "asc-reserved-01", serviceId: serviceOf("Asclepia Care"), productCode, resourceId, az: "EB-A" };
  const refused = await it.paul.fetch("/itcare/compute/instances", { method: "POST", json });
  expect(await refused.json()).toMatchObject({ status: 403, errorCode: "ZONE_RESERVED", errorDesc: "az" });
  const target = { kind: "service", id: json.serviceId };
  expect(await refusalsOf(it.paul)).toContainEqual({ label: "create-instance", code: "zone_reserved", target });
});

test("what may have been meant as a dry run is not done for real", async () => {
  await it.odile.stepUp();
  const server = await it.addInstance();
  for (const [value, status] of [
    ["1", 400],
    ["yes", 400],
    ["", 400],
    ["TRUE", 202],
  ] as const) {
    const answer = await it.odile.fetch(at(server.id), { method: "PATCH", json: { operation: "reset" }, headers: { "itcare-dryrun": value } });
    expect(answer.status, value).toBe(status);
  }
  expect(await count("operation", `resource_id = ${server.id}`)).toBe(0);
  const real = await it.odile.fetch(at(server.id), { method: "PATCH", json: { operation: "reset" }, headers: { "itcare-dryrun": "false" } });
  expect([real.status, real.headers.get("itcare-dryrun")]).toEqual([202, null]);
});

test("while the directory is away, no region is blamed for it", async () => {
  const server = await it.addInstance({ environment: "PRODUCTION" });
  const ask = { method: "PATCH", json: { operation: "stop" } };
  // It answers who Odile is, and then no more.
  let reads = 0;
  const directory = new Proxy(env.DIRECTORY, {
    get: (database, name) => {
      if (name === "prepare" && reads++ > 0) throw new Error("D1_ERROR: Network connection lost.");
      const member: unknown = Reflect.get(database, name);
      return typeof member === "function" ? member.bind(database) : member;
    },
  });
  const answer = await it.odile.fetch(at(server.id), { ...ask, env: { ...env, DIRECTORY: directory } });
  expect(await answer.json()).toMatchObject({ status: 503, errorCode: "UNAVAILABLE" });
});
