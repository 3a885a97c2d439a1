/** What an act may cost, as D1 reports it. A rise fails; a fall is written down here. */
import { env } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import type { Action } from "../../worker/contract/shapes/common.ts";
import { measure, type Cost } from "../measure.ts";
import { world, type Ask, type Person, type World } from "../world.ts";
import { ended } from "./looking.ts";

let it: World;
const directory = measure(env.DIRECTORY);
const region = measure(env.REGION_EB);
const measured = { ...env, DIRECTORY: directory.database, REGION_EB: region.database };

beforeAll(async () => {
  it = await world(env);
  await it.stan.fetch("/itcare/me");
});

async function costOf(who: Person, path: string, ask: Ask): Promise<{ response: Response; directory: Cost; region: Cost }> {
  directory.reset();
  region.reset();
  const response = await who.fetch(path, { ...ask, env: measured });
  return { response, directory: { ...directory.cost }, region: { ...region.cost } };
}

async function costOfSigned(who: Person, path: string, ask: Ask) {
  const proof = await who.proofFor(await who.fetch(path, ask));
  return costOf(who, path, { ...ask, headers: { ...(ask.headers as object), "itcare-proof": proof } });
}

const creation = (name: string, tags: number): Ask => ({
  method: "POST",
  json: {
    name,
    serviceId: it.instances.EB.ACTIVE.TEST.service.id,
    productCode: "debian12",
    resourceId: "2cpu4gb",
    az: "EB-HDS-A",
    noReplicationReason: "one building is enough",
    tags: Array.from({ length: tags }, (_, index) => ({ key: `key${index}`, value: "value" })),
  },
  headers: { "idempotency-key": name },
});

test("a signed creation writes at most 24 rows in its region, tags that are known included, and touches the directory for the key's counter alone", async () => {
  // Whoever is the first with some tags, or with some set of keys, writes them down for those who follow.
  for (const tags of [0, 2]) await it.paul.act("/itcare/compute/instances", creation(`asc-cost-0${tags}`, tags));
  for (const [tags, rows] of [
    [0, 20],
    [2, 24],
  ] as const) {
    const { response, directory, region } = await costOfSigned(it.paul, "/itcare/compute/instances", creation(`asc-cost-1${tags}`, tags));
    expect(response.status).toBe(202);
    expect(region.rowsWritten, `${tags} tags`).toBeLessThanOrEqual(rows);
    // Three of them for its Cloud's quotas: looked at before anybody signs, and in the commit.
    expect(region.rowsRead, `${tags} tags`).toBeLessThanOrEqual(48);
    expect(region.roundTrips).toBeLessThanOrEqual(5);
    expect(directory.rowsRead).toBeLessThanOrEqual(20);
    expect(directory.rowsWritten).toBeLessThanOrEqual(1);
    expect(directory.roundTrips).toBeLessThanOrEqual(3);
  }
});

test("a signed stop is cheap, and one that loses its race writes nothing in the region", async () => {
  const server = await it.addInstance({ environment: "PRODUCTION" });
  const path = `/itcare/compute/instances/${server.id}`;
  const stop: Ask = { method: "PATCH", json: { operation: "stop" }, headers: { "idempotency-key": "cost-stop" } };
  const late = await it.paul.proofFor(await it.paul.fetch(path, { method: "PATCH", json: { operation: "reset" } }));
  const { response, directory, region } = await costOfSigned(it.odile, path, stop);
  expect(response.status).toBe(202);
  expect(region.rowsWritten).toBeLessThanOrEqual(11);
  expect(region.rowsRead).toBeLessThanOrEqual(20);
  expect(region.roundTrips).toBeLessThanOrEqual(5);
  expect(directory.rowsRead).toBeLessThanOrEqual(20);

  const lost = await costOf(it.paul, path, { method: "PATCH", json: { operation: "reset" }, headers: { "itcare-proof": late } });
  expect([409, 412]).toContain(lost.response.status);
  expect(lost.region.rowsWritten).toBe(0);
  await ended(it.odile, (await response.json<Action>()).id);
});

test("what is told before a stop is one look for most instances, four rows for each member of a balancer, and nothing for the stop itself", async () => {
  const alone = await it.addInstance({ environment: "PRODUCTION" });
  const servers = [await it.addInstance({ environment: "PRODUCTION" }), await it.addInstance({ environment: "PRODUCTION" })];
  const balancer = await it.addInstance({ family: "LOAD_BALANCER" });
  for (const { id } of servers)
    await env.REGION_EB.prepare("INSERT INTO balancer_member (balancer_id, member_id, port, state, status, phase) VALUES (?, ?, 80, 1, ?, 1)")
      .bind(balancer.id, id, id === servers[0]!.id ? 1 : 2)
      .run();
  const stop: Ask = { method: "PATCH", json: { operation: "stop" } };
  const pathOf = (id: number) => `/itcare/compute/instances/${id}`;
  const told = async (id: number, ask: Ask) => {
    const { response, region } = await costOf(it.odile, pathOf(id), ask);
    return { ...region, warnings: (await response.json<{ warnings?: object }>()).warnings };
  };
  const dry = { ...stop, headers: { "itcare-dryrun": "true" } };
  const [plain, serving] = [await told(alone.id, dry), await told(servers[0]!.id, dry)];
  expect(plain).toMatchObject({ rowsWritten: 0, roundTrips: 2, warnings: undefined });
  expect(plain.rowsRead).toBeLessThanOrEqual(4);
  expect(serving).toMatchObject({ rowsWritten: 0, roundTrips: 2, warnings: { outages: [{ loadbalancer: balancer.id, of: "balancer" }] } });
  expect(serving.rowsRead - plain.rowsRead).toBeLessThanOrEqual(2 + 4 * servers.length);
  const challenged = await told(servers[0]!.id, stop);
  expect(challenged.warnings, "beside the challenge too").toEqual(serving.warnings);
  expect(challenged.rowsRead - serving.rowsRead).toBeLessThanOrEqual(2);
});

test("a refusal writes nothing in either database", async () => {
  const { response, directory, region } = await costOf(it.stan, `/itcare/compute/instances/${it.instances.EB.ACTIVE.TEST.id}`, {
    method: "PATCH",
    json: { operation: "stop" },
  });
  expect(response.status).toBe(403);
  expect([directory.rowsWritten, region.rowsWritten]).toEqual([0, 0]);
  expect(region.rowsRead).toBeLessThanOrEqual(5);
});

test("a signed load balancer writes 22 rows with its URL, and two for each member; its acts and its readings are cheap", async () => {
  const network = it.planted.networks.find(({ organizationId, zone }) => organizationId === 1 && zone === "EB-HDS-A")!;
  const members = [await it.addInstance(), await it.addInstance()];
  const make = (url: string, ids: number[]): Ask => ({
    method: "POST",
    json: {
      serviceId: it.instances.EB.ACTIVE.TEST.service.id,
      area: "EB-HDS",
      networkId: network.id,
      url,
      domain: "asclepia.example",
      profileName: "HTTP",
      healthcheck: "/",
      persistence: "none",
      portMembers: 80,
      members: ids,
      environment: "TEST",
    },
    headers: { "idempotency-key": url },
  });
  const all = "/itcare/networking/loadbalancers";
  let id = 0;
  for (const [count, rows] of [
    [0, 22],
    [1, 24],
    [2, 26],
  ] as const) {
    const ask = make(
      `cost-${count}.asclepia.example`,
      members.slice(0, count).map((member) => member.id),
    );
    const { response, directory, region } = await costOfSigned(it.paul, all, ask);
    expect(response.status).toBe(202);
    expect(region.rowsWritten, `${count} members`).toBeLessThanOrEqual(rows);
    expect(region.rowsRead, `${count} members`).toBeLessThanOrEqual(50);
    expect(region.roundTrips).toBeLessThanOrEqual(6);
    expect(directory.rowsRead).toBeLessThanOrEqual(20);
    const action = await ended(it.paul, (await response.json<Action>()).id);
    id = action.resourceId;
  }
  const { response, region } = await costOfSigned(it.odile, `${all}/${id}`, {
    method: "PATCH",
    json: { operation: "delete_member", options: { id: members[0]!.id, acceptOutage: true } },
  });
  expect(response.status).toBe(202);
  expect(region.rowsWritten).toBeLessThanOrEqual(10);
  expect(region.rowsRead).toBeLessThanOrEqual(30);
  await ended(it.odile, (await response.json<Action>()).id);
  for (const [path, rowsRead, roundTrips] of [
    [`${all}/${id}`, 10, 3],
    [`${all}/${id}/members`, 10, 2],
  ] as const) {
    const reading = await costOf(it.stan, path, {});
    expect(reading.response.status).toBe(200);
    expect(reading.region.rowsRead, path).toBeLessThanOrEqual(rowsRead);
    expect(reading.region.roundTrips, path).toBeLessThanOrEqual(roundTrips);
    expect([reading.region.rowsWritten, reading.directory.rowsWritten]).toEqual([0, 0]);
  }
});

test("a plan costs a little for itself and the same for each item: linear, in one round trip more than a single act", async () => {
  const costs: Record<number, Cost> = {};
  for (const items of [2, 10, 50]) {
    const server = await it.addInstance({ environment: "PRODUCTION" });
    const path = `/itcare/compute/resources/${server.id}/plans`;
    const labels = Array.from({ length: items }, () => ({ label: "reset-instance" }));
    const plan: Ask = { method: "POST", json: { items: labels }, headers: { "idempotency-key": `plan-${items}` } };
    const { response, directory, region } = await costOfSigned(it.odile, path, plan);
    expect(response.status).toBe(202);
    expect(directory.rowsRead).toBeLessThanOrEqual(20);
    expect(region.roundTrips).toBeLessThanOrEqual(7);
    costs[items] = region;
    const { id } = await response.json<Action>();
    const read = await costOf(it.odile, `/itcare/actions/${id}`, { method: "GET" });
    // Twice: what is decided about, and what is answered.
    expect(read.region.rowsRead, `reading a plan of ${items}`).toBeLessThanOrEqual(4 + 2 * items);
    await ended(it.odile, id, 60_000);
  }
  const perItem = (costs[50]!.rowsWritten - costs[10]!.rowsWritten) / 40;
  expect(perItem, "rows written for each item").toBeLessThanOrEqual(4);
  expect(costs[2]!.rowsWritten, "rows written for a plan of two").toBeLessThanOrEqual(26);
  expect((costs[50]!.rowsRead - costs[10]!.rowsRead) / 40, "rows read for each item").toBeLessThanOrEqual(5);
});
