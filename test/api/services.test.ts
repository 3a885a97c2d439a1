/** Services over HTTP: owned by the directory, copied by both regions, deleted only when both say that they are empty. */
import { env } from "cloudflare:test";
import { beforeAll, expect, test, vi } from "vitest";
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { ServiceRead } from "../../worker/contract/shapes/resources.ts";
import { regionList, type Region } from "../../worker/contract/topology.ts";
import type { LogExport } from "../../worker/contract/log-entry.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { sweepExpired } from "../../worker/sweep.ts";
import { withoutRegion } from "../away.ts";
import { world, type Ask, type Person, type World } from "../world.ts";
import { ended } from "./looking.ts";

/** Races are run this often; test:long asks for more. */
const ROUNDS = Number(env.ROUNDS);
const services = "/itcare/compute/services";
const toulouseAway = withoutRegion(env, "ET");

let it: World;
let care: number;
beforeAll(async () => {
  it = await world(env);
  care = it.planted.clouds.find(({ name }) => name === "Asclepia Care")!.id;
});

const remove: Ask = { method: "DELETE" };
const creation = (name: string, more: object = {}): Ask => ({ method: "POST", json: { cloudId: care, name, environment: "TEST", ...more } });
const update = (options: object): Ask => ({ method: "PATCH", json: { operation: "update", options } });
const instance = (name: string, serviceId: number, az: "EB-HDS-A" | "ET-HDS-A"): Ask => ({
  method: "POST",
  json: { name, serviceId, productCode: "debian12", resourceId: "2cpu4gb", az },
});

interface Refused {
  errorCode: string;
  detail: string;
  change?: string;
  challenge?: { operation: string };
}
const problem = (response: Response) => response.clone().json<Refused>();
const codeOf = async (response: Response) => `${response.status} ${(await problem(response)).errorCode}`;
const idOf = async (response: Response) => (await response.clone().json<Action>()).resourceId;

async function made(name: string, more: object = {}): Promise<number> {
  const response = await it.paul.act(services, creation(name, more));
  expect(response.status, await response.clone().text()).toBe(202);
  return idOf(response);
}

interface Copy {
  name: string;
  closing: number;
  version: number;
}
const copyIn = (region: Region, id: number) =>
  env[`REGION_${region}`].prepare("SELECT name, closing, version FROM service WHERE id = ?").bind(id).first<Copy>();
const owned = (id: number) => env.DIRECTORY.prepare("SELECT name, closing, version FROM service WHERE id = ?").bind(id).first<Copy>();
const waiting = async () => (await env.DIRECTORY.prepare("SELECT count(*) AS n FROM feed").first<number>("n"))!;
const read = async (who: Person, id: number) => (await who.fetch(`${services}/${id}`)).json<ServiceRead>();

async function logOf(actionId: number): Promise<{ kind: string; target: unknown; created?: unknown; status?: string }[]> {
  const page = await (
    await it.sybil.fetch("/itcare/log?size=200")
  ).json<{ content: { event: { kind: string; operationId?: number; target: unknown } }[] }>();
  return page.content
    .map(({ event }) => event)
    .filter(({ operationId }) => operationId === actionId)
    .reverse();
}

test("Paul makes a Service in Asclepia Care: his key signs it, both regions know it at once, and it holds what is created in it", async () => {
  const refused = await it.paul.fetch(
    services,
    creation("ASCLEPIA CARE - PHARMACY - TEST", { description: "Orders of drugs", changeReference: "RFC_9" }),
  );
  expect(await codeOf(refused)).toBe("401 SIGNATURE_REQUIRED");
  expect(JSON.parse((await problem(refused)).challenge!.operation)).toMatchObject({
    label: "create-service",
    target: { kind: "cloud", id: care, revision: null },
    parameters: { cloudId: care, name: "ASCLEPIA CARE - PHARMACY - TEST", environment: "TEST", description: "Orders of drugs" },
  });
  const accepted = await it.paul.sign(refused);
  const action = await accepted.json<Action>();
  expect([accepted.status, accepted.headers.get("location")]).toEqual([202, `/itcare/actions/${action.id}`]);
  expect(action).toMatchObject({
    process: "service_create",
    status: "SUCCESS",
    resourceType: "SERVICE",
    resourceName: "ASCLEPIA CARE - PHARMACY - TEST",
    submittedBy: "Paul Okafor",
    changeReference: "RFC_9",
    cancellable: false,
  });
  expect(action.completedAt).not.toBeNull();
  expect(await (await it.stan.fetch(`/itcare/actions/${action.id}`)).json()).toEqual(action);
  const listed = await (await it.stan.fetch(`/itcare/actions?serviceId=${action.resourceId}`)).json<Action[]>();
  expect(listed).toEqual([action]);

  for (const region of regionList)
    expect(await copyIn(region, action.resourceId)).toEqual({ name: "ASCLEPIA CARE - PHARMACY - TEST", closing: 0, version: 1 });
  expect(await waiting()).toBe(0);
  expect(await read(it.stan, action.resourceId)).toMatchObject({
    cloudName: "Asclepia Care",
    environment: "TEST",
    description: "Orders of drugs",
    deleting: false,
    revision: 1,
    resourceCount: 0,
  });
  for (const az of ["EB-HDS-A", "ET-HDS-A"] as const) {
    const created = await it.paul.act("/itcare/compute/instances", instance(`pharmacy-${az.toLowerCase()}`, action.resourceId, az));
    expect(created.status, await created.clone().text()).toBe(202);
    await ended(it.paul, (await created.json<Action>()).id);
  }
  expect((await read(it.stan, action.resourceId)).resourceCount).toBe(2);
  const page = await (await it.stan.fetch(`${services}?search=pharmacy`)).json<{ content: object[] }>();
  expect(page.content).toMatchObject([{ id: action.resourceId, resourceCount: 2, description: "Orders of drugs" }]);

  expect(await logOf(action.id)).toMatchObject([
    { kind: "act-accepted", target: { kind: "cloud", id: care }, created: { kind: "service", id: action.resourceId }, proof: "signature" },
    { kind: "act-ended", target: { kind: "service", id: action.resourceId }, status: "SUCCESS" },
  ]);
});

test("who may not, is told what would change it; another organization's Cloud and none at all are the same", async () => {
  expect(await codeOf(await it.odile.fetch(services, creation("NEW")))).toBe("403 PROFILE_TOO_LOW");
  expect(await codeOf(await it.nora.fetch(services, creation("NEW")))).toBe("403 MFA_NOT_CONFIGURED");
  expect(await codeOf(await it.rita.fetch(services, creation("NEW")))).toBe("404 NOT_FOUND");
  const [foreign, absent] = await Promise.all(
    [it.planted.clouds.find(({ name }) => name === "Borealis")!.id, 4242].map(async (cloudId) => {
      const { status, errorCode, detail } = await (await it.paul.fetch(services, creation("NEW", { cloudId }))).json<Refused & { status: number }>();
      return { status, errorCode, detail };
    }),
  );
  expect(foreign).toEqual(absent);
  const ours = it.planted.services.find(({ cloudId }) => cloudId === care)!.id;
  const theirs = it.planted.services.find(({ cloudId }) => cloudId !== care && it.foreign.cloudId === cloudId)!.id;
  expect((await it.boris.fetch(`${services}/${ours}`)).status).toBe(404);
  expect((await it.paul.fetch(`${services}/${theirs}`, update({ name: "OURS NOW" }))).status).toBe(404);
  expect((await it.paul.fetch(`${services}/${theirs}`, remove)).status).toBe(404);
  expect((await it.stan.fetch(`${services}/${ours}`, update({ name: "X" }))).status).toBe(403);
  expect((await it.odile.fetch(`${services}/${ours}`, remove)).status).toBe(403);
});

test("a name is one Service's in its Cloud, whatever its case, and told before anybody signs; another Cloud may have it too", async () => {
  const id = await made("BILLING");
  for (const name of ["BILLING", "Billing", "  billing "]) expect(await codeOf(await it.paul.fetch(services, creation(name)))).toBe("409 NAME_TAKEN");
  const research = it.planted.clouds.find(({ name }) => name === "Asclepia Research")!.id;
  expect((await it.paul.act(services, creation("BILLING", { cloudId: research }))).status).toBe(202);
  const other = await made("INVOICES");
  await it.odile.stepUp();
  expect(await codeOf(await it.odile.fetch(`${services}/${other}`, update({ name: "billing" })))).toBe("409 NAME_TAKEN");
  expect((await it.odile.fetch(`${services}/${id}`, update({ name: "Billing" }))).status).toBe(202);
  for (const name of ["", "!not", "a,b", "x".repeat(129), "tab\there"]) expect((await it.paul.fetch(services, creation(name))).status).toBe(400);
});

test("a request that names itself is done once, and answered the same", async () => {
  const ask = { ...creation("ONCE"), headers: { "idempotency-key": "service-once" } };
  const first = await it.paul.act(services, ask);
  const again = await it.paul.fetch(services, ask);
  expect([again.status, again.headers.get("idempotency-replayed"), await again.json()]).toEqual([202, "true", await first.json()]);
  expect(await codeOf(await it.paul.fetch(services, { ...creation("TWICE"), headers: ask.headers }))).toBe("422 IDEMPOTENCY_KEY_REUSED");
});

test("a dry run checks everything but the proof, and makes nothing", async () => {
  const dry = { headers: { "itcare-dryrun": "true" } };
  expect((await it.paul.fetch(services, { ...creation("DRY"), ...dry })).status).toBe(202);
  expect(await codeOf(await it.paul.fetch(services, { ...creation("ONCE"), ...dry }))).toBe("409 NAME_TAKEN");
  expect((await (await it.paul.fetch(`${services}?names=DRY`)).json<{ totalElements: number }>()).totalElements).toBe(0);
});

test("Odile renames a Service: the copies follow; one that she read before is stale, and PRODUCTION asks for her signature", async () => {
  const id = await made("RENAMED", { environment: "PRODUCTION" });
  const { headers } = await it.odile.fetch(`${services}/${id}`);
  await it.odile.stepUp();
  const refused = await it.odile.fetch(`${services}/${id}`, update({ environment: "TEST" }));
  expect(await codeOf(refused)).toBe("401 SIGNATURE_REQUIRED");
  expect(JSON.parse((await problem(refused)).challenge!.operation)).toMatchObject({ target: { kind: "service", id, revision: 1 } });
  expect((await it.odile.sign(refused)).status).toBe(202);
  const renamed = await it.odile.fetch(`${services}/${id}`, update({ name: "RENAMED TWICE", description: "why" }));
  expect(await renamed.json()).toMatchObject({ process: "service_update", status: "SUCCESS", resourceName: "RENAMED TWICE" });
  for (const region of regionList) expect(await copyIn(region, id)).toEqual({ name: "RENAMED TWICE", closing: 0, version: 3 });
  const stale = await it.odile.fetch(`${services}/${id}`, { ...update({ description: null }), headers: { "if-match": headers.get("etag")! } });
  expect(await codeOf(stale)).toBe("412 REVISION_STALE");
  expect(await read(it.odile, id)).toMatchObject({ name: "RENAMED TWICE", environment: "TEST", description: "why", revision: 3 });
  expect((await it.odile.fetch(`${services}/${id}`, update({}))).status).toBe(400);
});

test("a region that is away takes a Service when it is back, in order, and keeps it from nobody meanwhile", async () => {
  const ask = { ...creation("WHILE AWAY"), env: toulouseAway };
  const id = await idOf(await it.paul.act(services, ask));
  await it.odile.stepUp();
  await it.odile.fetch(`${services}/${id}`, { ...update({ name: "WHILE STILL AWAY" }), env: toulouseAway });
  expect(await copyIn("EB", id)).toMatchObject({ name: "WHILE STILL AWAY", version: 2 });
  expect(await copyIn("ET", id)).toBeNull();
  expect((await it.paul.act("/itcare/compute/instances", { ...instance("while-away", id, "EB-HDS-A"), env: toulouseAway })).status).toBe(202);
  expect((await (await it.paul.fetch(`${services}/${id}`, { env: toulouseAway })).json<ServiceRead>()).resourceCount).toBeNull();
  await sweepExpired(env, Date.now());
  expect(await copyIn("ET", id)).toEqual({ name: "WHILE STILL AWAY", closing: 0, version: 2 });
  expect(await waiting()).toBe(0);
});

test("what a region has taken comes a second time, or late, and does nothing", async () => {
  const id = await made("TAKEN");
  const { number } = (await env.DIRECTORY.prepare("SELECT max(seq) AS number FROM sqlite_sequence WHERE name = 'feed'").first<{ number: number }>())!;
  await it.odile.stepUp();
  await it.odile.fetch(`${services}/${id}`, update({ name: "TAKEN LATER" }));
  const late = JSON.stringify({
    kind: "service",
    service: { id, cloudId: care, name: "TAKEN", environment: 4, description: null, version: 1, closing: false },
  });
  await env.DIRECTORY.prepare("INSERT INTO feed(number, region, body) VALUES (?, 1, ?)").bind(number, late).run();
  await sweepExpired(env, Date.now());
  expect(await copyIn("EB", id)).toMatchObject({ name: "TAKEN LATER", version: 2 });
  expect(await waiting()).toBe(0);
});

test("a Service with something in it is not deleted, and nobody touches a key for that", async () => {
  const server = await it.addInstance({ zone: "ET-HDS-A" });
  const { id, name } = server.service;
  const refused = await it.paul.fetch(`${services}/${id}`, remove);
  expect(await codeOf(refused)).toBe("409 STATE_FORBIDS");
  expect((await problem(refused)).detail).toContain(name);
  expect((await problem(refused)).change).toBe("Move its resources to another Service of the Cloud, or delete them.");
  const { availableActions } = await read(it.paul, id);
  expect(availableActions.map(({ label, available }) => [label, available])).toEqual([
    ["update-service", true],
    ["delete-service", false],
  ]);
  expect((await read(it.odile, id)).availableActions[1]!.unavailabilityCauses).toHaveLength(2);
});

test("Paul deletes an empty Service: closed, then empty in both regions, then gone; asked again it answers the same", async () => {
  const id = await made("GONE SOON");
  const ask = { ...remove, headers: { "idempotency-key": "gone-soon" } };
  const accepted = await it.paul.act(`${services}/${id}`, ask);
  const action = await accepted.json<Action>();
  expect(action).toMatchObject({ process: "service_delete", status: "IN_PROGRESS", cancellable: false, resourceId: id });
  expect(await ended(it.stan, action.id)).toMatchObject({ status: "SUCCESS", message: null });
  expect(await owned(id)).toBeNull();
  for (const region of regionList) expect(await copyIn(region, id)).toBeNull();
  expect((await it.paul.fetch(`${services}/${id}`)).status).toBe(404);
  expect((await it.paul.fetch("/itcare/compute/instances", instance("too-late", id, "EB-HDS-A"))).status).toBe(404);
  const again = await it.paul.fetch(`${services}/${id}`, ask);
  expect([again.status, await again.json()]).toEqual([202, action]);
  expect((await it.paul.fetch(`${services}/${id}`, remove)).status).toBe(404);
  expect(await logOf(action.id)).toMatchObject([
    { kind: "act-accepted", target: { kind: "service", id } },
    { kind: "act-ended", target: { kind: "service", id }, status: "SUCCESS" },
  ]);
  expect((await it.paul.act(services, creation("GONE SOON"))).status).toBe(202);
});

test("with Toulouse away the deletion waits: nothing new comes into the Service, and the sweep ends it when Toulouse is back", async () => {
  const id = await made("WAITS");
  const accepted = await it.paul.act(`${services}/${id}`, { ...remove, env: toulouseAway });
  const action = await accepted.json<Action>();
  expect(await (await it.paul.fetch(`/itcare/actions/${action.id}`, { env: toulouseAway })).json()).toMatchObject({ status: "IN_PROGRESS" });
  expect(await read(it.paul, id)).toMatchObject({ deleting: true });
  expect(await codeOf(await it.paul.fetch("/itcare/compute/instances", instance("closed-door", id, "EB-HDS-A")))).toBe("409 STATE_FORBIDS");
  await it.paul.stepUp();
  expect(await codeOf(await it.paul.fetch(`${services}/${id}`, update({ name: "STAYS" })))).toBe("409 STATE_FORBIDS");
  expect(await codeOf(await it.paul.fetch(`${services}/${id}`, remove))).toBe("409 STATE_FORBIDS");
  expect(await codeOf(await it.paul.fetch(`/itcare/actions/${action.id}`, { method: "PATCH", json: { operation: "cancel" } }))).toBe(
    "409 ALREADY_STARTED",
  );
  await sweepExpired(toulouseAway, Date.now());
  expect(await owned(id)).not.toBeNull();
  await sweepExpired(env, Date.now());
  expect(await owned(id)).toBeNull();
  expect(await ended(it.paul, action.id)).toMatchObject({ status: "SUCCESS" });
});

test("what came into a Service in a region that was away keeps it alive: it is opened again, and the action says why", async () => {
  const id = await made("KEPT");
  const accepted = await it.paul.act(`${services}/${id}`, { ...remove, env: toulouseAway });
  // Toulouse answers others: its copy is still open.
  const created = await it.paul.act("/itcare/compute/instances", instance("kept-alive", id, "ET-HDS-A"));
  expect(created.status).toBe(202);
  await sweepExpired(env, Date.now());
  expect(await ended(it.paul, (await accepted.json<Action>()).id)).toMatchObject({
    status: "ERROR",
    message: "Nothing was deleted: a resource came into it meanwhile.",
  });
  expect(await owned(id)).toMatchObject({ closing: null, version: 3 });
  for (const region of regionList) expect(await copyIn(region, id)).toEqual({ name: "KEPT", closing: 0, version: 3 });
});

/** The file's environment, but the Service is closed in region EB at the last moment: right before the commit that writes a resource. */
function closedAtTheLastMoment(id: number): typeof env {
  const writes = new WeakSet<object>();
  const mark = (text: string, statement: D1PreparedStatement): D1PreparedStatement => {
    if (!/(insert into|update) "?resource"?[ (]/i.test(text)) return statement;
    const bind = statement.bind.bind(statement);
    statement.bind = (...values) => {
      const bound = bind(...values);
      writes.add(bound);
      return bound;
    };
    return statement;
  };
  const database = new Proxy(env.REGION_EB, {
    get: (target, name) => {
      if (name === "prepare") return (text: string) => mark(text, target.prepare(text));
      if (name === "batch")
        return async (statements: D1PreparedStatement[]) => {
          if (statements.some((statement) => writes.has(statement)))
            await target.prepare("UPDATE service SET closing = 1 WHERE id = ?").bind(id).run();
          return target.batch(statements);
        };
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  return { ...env, REGION_EB: database };
}

test("what was decided while the Service was open is refused by the commit once it is closed: creating in it, and moving into it", async () => {
  const id = await made("CLOSED IN BETWEEN");
  const created = await it.paul.act("/itcare/compute/instances", { ...instance("in-between", id, "EB-HDS-A"), env: closedAtTheLastMoment(id) });
  expect(await codeOf(created)).toBe("409 STATE_FORBIDS");
  const other = await made("CLOSED TOO");
  const server = await it.addInstance();
  await it.odile.stepUp();
  const move: Ask = { method: "PATCH", json: { operation: "move", options: { serviceId: other } }, env: closedAtTheLastMoment(other) };
  expect(await codeOf(await it.odile.fetch(`/itcare/compute/resources/${server.id}`, move))).toBe("409 STATE_FORBIDS");
  const { n } = (await env.REGION_EB.prepare("SELECT count(*) AS n FROM resource WHERE service_id IN (?, ?)")
    .bind(id, other)
    .first<{ n: number }>())!;
  expect(n).toBe(0);
});

test("a change that a region cannot take is tried, told, set aside, and blocks nobody for ever", async () => {
  const told: string[] = [];
  const log = vi.spyOn(console, "error").mockImplementation((...said: unknown[]) => void told.push(said.join(" ")));
  const health = async () => (await it.nobody.fetch("/itcare/health")).json<{ feedRefused: Record<string, number> }>();
  expect((await health()).feedRefused).toEqual({ EB: 0, ET: 0 });
  const broken = { id: 77, cloudId: care, name: null, environment: 1, description: "BROKEN", version: 1, closing: false };
  await env.DIRECTORY.prepare("INSERT INTO feed(region, body) VALUES (1, ?)")
    .bind(JSON.stringify({ kind: "service", service: broken }))
    .run();
  const id = await made("AFTER THE BROKEN ONE");
  await sweepExpired(env, Date.now());
  expect(await copyIn("ET", id)).toMatchObject({ name: "AFTER THE BROKEN ONE" });
  expect(await copyIn("EB", id)).toBeNull();
  for (let minute = 0; minute < 5; minute++) await sweepExpired(env, Date.now());
  expect(await copyIn("EB", id)).toMatchObject({ name: "AFTER THE BROKEN ONE" });
  expect((await health()).feedRefused).toEqual({ EB: 1, ET: 0 });
  expect(told.filter((line) => line.includes("cannot take row") && line.includes("BROKEN")).at(-1)).toMatch(/set aside.*NOT NULL/);
  log.mockRestore();
  await env.DIRECTORY.prepare("DELETE FROM feed WHERE aside IS NOT NULL").run();
});

test(
  `created while its Service is deleted: refused, or it keeps the Service, never an orphan: ${ROUNDS} rounds`,
  { timeout: 60_000 + ROUNDS * 3_000 },
  async () => {
    const outcomes: Record<string, number> = {};
    for (let round = 0; round < ROUNDS; round++) {
      const id = await made(`RACE ${round}`);
      const ask = instance(`race-${round}`, id, round % 2 ? "EB-HDS-A" : "ET-HDS-A");
      const [open, gone] = await Promise.all([it.paul.fetch("/itcare/compute/instances", ask), it.paul.fetch(`${services}/${id}`, remove)]);
      const [creating, deleting] = await Promise.all([it.paul.proofFor(open), it.paul.proofFor(gone)]);
      // Each round gives the one or the other another head start.
      const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      const [first, second] = round % 3 === 0 ? [0, round % 7] : [(round % 9) * 6, 0];
      const [created, deleted] = await Promise.all([
        later(first).then(() => it.paul.fetch("/itcare/compute/instances", { ...ask, headers: { "itcare-proof": creating } })),
        later(second).then(() => it.paul.fetch(`${services}/${id}`, { ...remove, headers: { "itcare-proof": deleting } })),
      ]);
      await sweepExpired(env, Date.now());
      const place = env[round % 2 ? "REGION_EB" : "REGION_ET"];
      const held = await place.prepare("SELECT count(*) AS n FROM resource WHERE service_id = ?").bind(id).first<number>("n");
      const service = await owned(id);
      const what = `${created.status} ${deleted.status}`;
      outcomes[what] = (outcomes[what] ?? 0) + 1;
      expect(held, what).toBe(created.status === 202 ? 1 : 0);
      if (held) {
        expect(service, what).toMatchObject({ closing: null });
        for (const region of regionList) expect(await copyIn(region, id), what).toMatchObject({ closing: 0 });
      }
      if (created.status !== 202) expect(["404 NOT_FOUND", "409 STATE_FORBIDS", "401 PROOF_REJECTED"]).toContain(await codeOf(created));
      if (deleted.status === 202 && !held) expect(service, what).toBeNull();
    }
    expect(Object.keys(outcomes).length, JSON.stringify(outcomes)).toBeGreaterThan(1);
  },
);

test("two make a Service of one name at the same moment: one is made, and the other is refused", async () => {
  for (let round = 0; round < 10; round++) {
    const ask = creation(`TWINS ${round}`);
    const asked = [await it.paul.fetch(services, ask), await it.paul.fetch(services, ask)];
    const proofs = [await it.paul.proofFor(asked[0]!), await it.paul.proofFor(asked[1]!)];
    const answers = await Promise.all(proofs.map((proof) => it.paul.fetch(services, { ...ask, headers: { "itcare-proof": proof } })));
    const codes = await Promise.all(answers.map(async (answer) => (answer.status === 202 ? "made" : codeOf(answer))));
    expect(
      codes.filter((code) => code === "made"),
      codes.join(),
    ).toHaveLength(1);
    expect(["409 NAME_TAKEN", "401 PROOF_REJECTED"]).toContain(codes.find((code) => code !== "made"));
  }
});

test("the exported log with all of this verifies", async () => {
  const log = await (await it.sybil.fetch("/itcare/log/export")).json<LogExport>();
  expect(await verifyExport(log)).toMatchObject({ valid: true, reason: null });
});
