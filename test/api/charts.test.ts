/** Charts and history of a resource over HTTP: what the zone has measured, and what was done. */
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { prepare } from "../../db/statement.ts";
import { makeId } from "../../worker/contract/ids.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { HistoryItem } from "../../worker/contract/shapes/operations.ts";
import { simulatedZone } from "../../worker/zones/simulated/engine.ts";
import { world, type Ask, type World } from "../world.ts";
import { ended } from "./looking.ts";

let it: World;
beforeAll(async () => {
  it = await world(env);
});

type Pairs = [number, number][];
const seconds = () => Math.floor(Date.now() / 1000);
const chartPath = (id: number, graph: string, more: Record<string, number> = {}) =>
  `/itcare/monitoring/resources/${id}/chart?${new URLSearchParams({ "graph-name": graph, ...Object.fromEntries(Object.entries(more).map(([name, value]) => [name, String(value)])) })}`;
async function chart(id: number, graph: string, more: Record<string, number> = {}): Promise<Record<string, Pairs>> {
  const response = await it.stan.fetch(chartPath(id, graph, more));
  expect(response.status, await response.clone().text()).toBe(200);
  const body = await response.json<Record<string, Record<string, Record<string, Pairs>>>>();
  expect(Object.keys(body)).toEqual([String(id)]);
  expect(Object.keys(body[id]!)).toEqual([graph]);
  return body[id]![graph]!;
}
async function act(id: number, json: object): Promise<void> {
  await it.odile.stepUp();
  const accepted = await it.odile.fetch(`/itcare/compute/instances/${id}`, { method: "PATCH", json } satisfies Ask);
  expect(accepted.status, await accepted.clone().text()).toBe(202);
  await ended(it.odile, (await accepted.json<Action>()).id);
}

test("a monitored Linux server has the series that existing clients read, over the time and with the points that were asked", async () => {
  const server = await it.addInstance({ monitored: true, family: "UBUNTU" });
  await backdate(server.id, 3 * 24 * 3600);
  const window = { start: seconds() - 7200, end: seconds(), points: 24 };
  const cpu = await chart(server.id, "SYS_LNX_CPU_USAGE", window);
  expect(Object.keys(cpu)).toEqual(["total_cpu_avg"]);
  expect(cpu["total_cpu_avg"]).toHaveLength(24);
  for (const [at, value] of cpu["total_cpu_avg"]!) {
    expect(at).toBeGreaterThanOrEqual(window.start);
    expect(at).toBeLessThan(window.end);
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThanOrEqual(100);
  }
  const memory = await chart(server.id, "SYS_LNX_MEMORY_USAGE", window);
  expect(Object.keys(memory)).toEqual(["used_prct", "used", "memory"]);
  const [share, used, all] = ["used_prct", "used", "memory"].map((name) => memory[name]![5]![1]) as [number, number, number];
  expect(share).toBeCloseTo((100 * used) / all, 1);
  expect(all % 2 ** 30).toBe(0);
  expect(await chart(server.id, "SYS_LNX_CPU_USAGE", window)).toEqual(cpu);
});

test("a Windows server has its own series, and is refused the others by name; what is not measured says so", async () => {
  const server = await it.addInstance({ monitored: true, family: "WINDOWS" });
  await backdate(server.id, 3600);
  const window = { start: seconds() - 600, end: seconds(), points: 5 };
  expect(Object.keys(await chart(server.id, "SYS_WIN_CPU_USAGE", window))).toEqual(["cpu"]);
  const memory = await chart(server.id, "SYS_WIN_PHYSICAL_MEMORY", window);
  expect(Object.keys(memory)).toEqual(["physical %", "physical"]);
  expect(memory["physical"]![0]![1]).toBeLessThan(256);
  const refused = await it.stan.fetch(chartPath(server.id, "SYS_LNX_CPU_USAGE"));
  expect(await refused.json()).toMatchObject({
    errorCode: "INVALID_FIELD_VALUE",
    errorDesc: "graph-name",
    detail: expect.stringContaining("SYS_WIN_CPU_USAGE"),
  });
  const balancer = await it.addInstance({ family: "LOAD_BALANCER" });
  expect((await it.stan.fetch(chartPath(balancer.id, "SYS_LNX_CPU_USAGE"))).status).toBe(400);
  for (const bad of [{ start: seconds() }, { start: 10, end: 5 }, { start: 0 }, { points: 0 }, { points: 501 }])
    expect((await it.stan.fetch(chartPath(server.id, "SYS_WIN_CPU_USAGE", bad as never))).status, JSON.stringify(bad)).toBe(400);
});

test("nothing is drawn of what is not monitored, or does not run, and the past stays as it was measured", async () => {
  const server = await it.addInstance();
  await backdate(server.id, 3600);
  const window = { start: seconds() - 1800, end: seconds() - 60, points: 20 };
  expect(await chart(server.id, "SYS_LNX_CPU_USAGE", window)).toEqual({ total_cpu_avg: [] });

  const watched = await it.addInstance({ monitored: true });
  await backdate(watched.id, 3600);
  const before = await chart(watched.id, "SYS_LNX_CPU_USAGE", window);
  expect(before["total_cpu_avg"]!.length).toBeGreaterThan(15);
  await act(watched.id, { operation: "stop" });
  expect(await chart(watched.id, "SYS_LNX_CPU_USAGE", window)).toEqual(before);
  const later = { start: seconds() + 60, end: seconds() + 600, points: 5 };
  expect(await chart(watched.id, "SYS_LNX_CPU_USAGE", later)).toEqual({ total_cpu_avg: [] });
  await act(watched.id, { operation: "disable_monitoring" });
  expect(await chart(watched.id, "SYS_LNX_CPU_USAGE", window)).toEqual(before);
});

test("what was stopped for a night has a gap there: the zone learns of it from the operations before its time", async () => {
  const server = await it.addInstance({ monitored: true });
  const now = Date.now();
  await backdate(server.id, 24 * 3600);
  await past(server.id, "stop-instance", now - 8 * 3_600_000);
  await past(server.id, "start-instance", now - 4 * 3_600_000);
  const points = (
    await chart(server.id, "SYS_LNX_CPU_USAGE", { start: Math.floor(now / 1000) - 12 * 3600, end: Math.floor(now / 1000), points: 12 })
  )["total_cpu_avg"]!;
  const hours = points.map(([at]) => Math.round((at * 1000 - now) / 3_600_000));
  expect(hours).toEqual([-12, -11, -10, -9, -4, -3, -2, -1]);
  const boot = Math.floor(now / 1000) - 4 * 3600;
  const after = (await chart(server.id, "SYS_LNX_CPU_USAGE", { start: boot, end: boot + 3600, points: 12 }))["total_cpu_avg"]!;
  expect(after[0]![1], "the boot leaves its trace, whatever the hour").toBeGreaterThan(after.at(-1)![1]);
});

test("a zone that is away says so, and a stranger learns nothing", async () => {
  const server = await it.addInstance({ monitored: true, zone: "EB-HDS-C" });
  await simulatedZone(env, "EB-HDS-C").away(true);
  const silent = await it.stan.fetch(chartPath(server.id, "SYS_LNX_CPU_USAGE"));
  await simulatedZone(env, "EB-HDS-C").away(false);
  expect([silent.status, (await silent.json<{ detail: string }>()).detail]).toEqual([
    503,
    "The zone EB-HDS-C does not answer; what it has measured cannot be read now.",
  ]);
  for (const path of [chartPath(server.id, "SYS_LNX_CPU_USAGE"), `/itcare/compute/resources/${server.id}/history`])
    expect((await it.boris.fetch(path)).status).toBe(404);
});

test("the history of a resource is a page of its actions, the newest first, with how long each took", async () => {
  const server = await it.addInstance();
  for (const operation of ["stop", "start", "reset"]) await act(server.id, { operation });
  const read = async (query = "") =>
    (await it.stan.fetch(`/itcare/compute/resources/${server.id}/history${query}`)).json<{
      content: HistoryItem[];
      totalElements: number;
      totalPages: number;
      last: boolean;
    }>();
  const whole = await read();
  expect(whole.content.map(({ process, status, submittedBy }) => [process, status, submittedBy])).toEqual([
    ["vm_reset", "SUCCESS", "Odile Renaud"],
    ["vm_start", "SUCCESS", "Odile Renaud"],
    ["vm_stop", "SUCCESS", "Odile Renaud"],
  ]);
  for (const { duration, submittedAt, completedAt } of whole.content)
    expect(duration).toBe(Math.round((Date.parse(completedAt!) - Date.parse(submittedAt)) / 1000));
  expect(whole).toMatchObject({ totalElements: 3, totalPages: 1, last: true });
  const second = await read("?page=1&size=2");
  expect([second.content.map(({ process }) => process), second.totalElements, second.totalPages, second.last]).toEqual([["vm_stop"], 3, 2, true]);
  expect((await read("?page=7")).content).toEqual([]);
  expect((await it.stan.fetch(`/itcare/compute/resources/${server.id}/history?page=600&size=20`)).status).toBe(400);
  const balancer = await it.addInstance({ family: "LOAD_BALANCER" });
  expect((await it.stan.fetch(`/itcare/compute/resources/${balancer.id}/history`)).status).toBe(200);
});

/** As if it had been there so many seconds. */
async function backdate(id: number, ago: number): Promise<void> {
  await prepare(env.REGION_EB, sql`UPDATE resource SET created = ${Date.now() - ago * 1000} WHERE id = ${id}`).run();
}

let sequence = 3_500_000_000;
async function past(id: number, label: string, at: number): Promise<void> {
  await prepare(
    env.REGION_EB,
    sql`INSERT INTO operation (id, organization_id, cloud_id, service_id, resource_id, resource_name, resource_type, zone, label, status, parameters, actor_kind, actor_id, actor_name, created, updated, completed, deadline)
      SELECT ${makeId({ region: 1, organization: 1, sequence: sequence++ })}, 1, cloud_id, service_id, id, name, type, zone, ${label}, 2, '{}', 'person', 1, 'Nobody', ${at}, ${at}, ${at}, ${at} FROM resource WHERE id = ${id}`,
  ).run();
}
