/** Monitoring of instances over HTTP: who may, what must be said, what the zone does, what stands afterwards. */
import { env } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { InstanceItem } from "../../worker/contract/shapes/resources.ts";
import type { LogEvent } from "../../worker/contract/log-entry.ts";
import { SimulatedEngine, simulatedZone } from "../../worker/zones/simulated/engine.ts";
import { world, type Ask, type Person, type World } from "../world.ts";
import { count, ended } from "./looking.ts";

let it: World;
beforeAll(async () => {
  it = await world(env);
});

const of = (id: number) => `/itcare/compute/instances/${id}`;
const enable = (options?: object): Ask => ({ method: "PATCH", json: { operation: "enable_monitoring", ...(options && { options }) } });
const disable = (noMonitoringReason?: string): Ask => ({
  method: "PATCH",
  json: { operation: "disable_monitoring", ...(noMonitoringReason && { options: { noMonitoringReason } }) },
});
const codeOf = async (response: Response) => `${response.status} ${(await response.clone().json<{ errorCode: string }>()).errorCode}`;
const read = async (id: number) =>
  (await it.stan.fetch(of(id))).json<InstanceItem & { availableActions: { label: string; unavailabilityCauses: string[] }[] }>();
const seen = (id: number) => new SimulatedEngine(env, "EB-HDS-A").observe(id, "instance");

async function done(who: Person, id: number, ask: Ask): Promise<Action> {
  const accepted = await who.act(of(id), ask);
  expect(accepted.status, await accepted.clone().text()).toBe(202);
  return ended(who, (await accepted.json<Action>()).id);
}

test("Odile has an instance monitored, with alerts; the zone does it, and then she ends it", async () => {
  const server = await it.addInstance();
  expect(await read(server.id)).toMatchObject({ monitoringEnabled: false, alertingEnabled: false, onCallSupervision: false });
  const action = await done(it.odile, server.id, enable({ alertingEnabled: true }));
  expect(action).toMatchObject({ status: "SUCCESS", process: "vm_enable_monitoring", submittedBy: "Odile Renaud" });
  expect(await read(server.id)).toMatchObject({ status: "ACTIVE", monitoringEnabled: true, alertingEnabled: true, onCallSupervision: false });
  expect(await seen(server.id)).toMatchObject({ monitoring: { alerting: true, onCall: false } });

  expect(await done(it.odile, server.id, disable())).toMatchObject({ status: "SUCCESS", process: "vm_disable_monitoring" });
  expect(await read(server.id)).toMatchObject({ monitoringEnabled: false, alertingEnabled: false, noMonitoringReason: null });
  expect(await seen(server.id)).toMatchObject({ monitoring: null });
});

test("nothing is switched on that nobody asked for, and what is no option is refused", async () => {
  const server = await it.addInstance({ status: "INACTIVE" });
  await done(it.odile, server.id, enable());
  expect(await read(server.id)).toMatchObject({ status: "INACTIVE", monitoringEnabled: true, alertingEnabled: false, onCallSupervision: false });
  expect(await codeOf(await it.odile.fetch(of(server.id), { ...enable({ pager: true }) }))).toBe("400 UNKNOWN_FIELD");
  expect(await codeOf(await it.odile.fetch(of(server.id), { ...enable({ onCallSupervision: "yes" }) }))).toBe("400 INVALID_FIELD_VALUE");
});

test("Odile changes the alerts of what is monitored already, and is told when nothing would change", async () => {
  const server = await it.addInstance({ monitored: true });
  const answer = await it.odile.fetch(of(server.id), enable());
  expect(await codeOf(answer)).toBe("409 STATE_FORBIDS");
  expect(await answer.json()).toMatchObject({
    detail: expect.stringContaining("in just this way already"),
    change: expect.stringContaining("options"),
  });
  expect(await done(it.odile, server.id, enable({ alertingEnabled: true, onCallSupervision: true }))).toMatchObject({ status: "SUCCESS" });
  expect(await read(server.id)).toMatchObject({ monitoringEnabled: true, alertingEnabled: true, onCallSupervision: true });
  expect(await seen(server.id)).toMatchObject({ monitoring: { alerting: true, onCall: true } });
  expect(await codeOf(await it.odile.fetch(of(server.id), enable({ alertingEnabled: true, onCallSupervision: true })))).toBe("409 STATE_FORBIDS");
  await done(it.odile, server.id, enable({ onCallSupervision: true }));
  expect(await seen(server.id)).toMatchObject({ monitoring: { alerting: false, onCall: true } });
  const { availableActions } = await (await it.odile.fetch(of(server.id))).json<{ availableActions: { label: string; available: boolean }[] }>();
  expect(availableActions.find(({ label }) => label === "enable-monitoring-instance")?.available).toBe(true);
});

test("what is not monitored says so before anybody signs", async () => {
  const off = await it.addInstance();
  const [label, cause] = ["disable-monitoring-instance", "disable-monitoring-instance is not available: it is not monitored."];
  const refused = await it.odile.fetch(of(off.id), disable());
  expect([refused.status, (await refused.json<{ detail: string }>()).detail]).toEqual([409, cause]);
  const said = (await (await it.odile.fetch(of(off.id))).json<{ availableActions: { label: string; unavailabilityCauses: string[] }[] }>())
    .availableActions;
  expect(said.find((action) => action.label === label)?.unavailabilityCauses).toEqual([cause]);
  expect((await read(off.id)).availableActions.find(({ label }) => label === "enable-monitoring-instance")?.unavailabilityCauses[0]).toMatch(
    /needs the profile OPE/,
  );
});

test("PRODUCTION goes without monitoring only for a stated reason, signed, kept, logged, and forgotten once it is monitored again", async () => {
  const server = await it.addInstance({ environment: "PRODUCTION", monitored: true });
  const unexplained = await it.odile.fetch(of(server.id), disable());
  expect(await codeOf(unexplained)).toBe("400 INVALID_FIELD_VALUE");
  expect(await unexplained.json()).toMatchObject({ errorDesc: "options.noMonitoringReason", change: "Say why in options.noMonitoringReason." });
  expect(await codeOf(await it.odile.fetch(of(server.id), disable("   ")))).toBe("400 INVALID_FIELD_VALUE");

  const asked = await it.odile.fetch(of(server.id), disable("replaced next week"));
  expect(await codeOf(asked)).toBe("401 SIGNATURE_REQUIRED");
  const { challenge } = await asked.clone().json<{ challenge: { operation: string } }>();
  expect(JSON.parse(challenge.operation)).toMatchObject({ parameters: { options: { noMonitoringReason: "replaced next week" } } });
  await ended(it.odile, (await (await it.odile.sign(asked)).json<Action>()).id);
  expect(await read(server.id)).toMatchObject({ monitoringEnabled: false, noMonitoringReason: "replaced next week" });
  const { content } = await (await it.stan.fetch(`/itcare/log?resourceId=${server.id}`)).json<{ content: { event: LogEvent }[] }>();
  expect(content.map(({ event }) => event)).toContainEqual(
    expect.objectContaining({ kind: "act-accepted", label: "disable-monitoring-instance", proof: "signature" }),
  );

  await done(it.odile, server.id, enable());
  expect(await read(server.id)).toMatchObject({ monitoringEnabled: true, noMonitoringReason: null });
});

test("a zone that refuses leaves the instance as it was, the reason included", async () => {
  const server = await it.addInstance({ environment: "PRODUCTION", monitored: true });
  await simulatedZone(env, "EB-HDS-A").arrange({ fault: "refuse", verb: "unmonitor", resourceId: server.id });
  expect(await done(it.odile, server.id, disable("a try"))).toMatchObject({ status: "ERROR", message: "The zone refused: the host would not do it" });
  expect(await read(server.id)).toMatchObject({ status: "ACTIVE", monitoringEnabled: true, noMonitoringReason: null });
});

test("a dry run checks all but the key and does nothing; the same idempotency key does it once", async () => {
  const server = await it.addInstance();
  const dry = await it.odile.fetch(of(server.id), { ...enable(), headers: { "itcare-dryrun": "true" } });
  expect([dry.status, dry.headers.get("itcare-dryrun")]).toEqual([202, "true"]);
  expect(await count("operation", `resource_id = ${server.id}`)).toBe(0);
  expect((await it.stan.fetch(of(server.id), { ...enable(), headers: { "itcare-dryrun": "true" } })).status).toBe(403);
  const keyed = { ...enable(), headers: { "idempotency-key": "monitor-once" } };
  const first = await (await it.odile.act(of(server.id), keyed)).json<Action>();
  expect(await (await it.odile.fetch(of(server.id), keyed)).json<Action>()).toMatchObject({ id: first.id });
  await ended(it.odile, first.id);
  expect(await count("operation", `resource_id = ${server.id}`)).toBe(1);
});

test("a start, a stop and a resize leave the monitoring as it is", async () => {
  const server = await it.addInstance();
  await done(it.odile, server.id, enable({ onCallSupervision: true }));
  for (const json of [{ operation: "stop" }, { operation: "resize", options: { resourceId: "16cpu64gb" } }, { operation: "start" }])
    await done(it.odile, server.id, { method: "PATCH", json });
  expect(await read(server.id)).toMatchObject({ status: "ACTIVE", cpu: 16, monitoringEnabled: true, onCallSupervision: true });
});
