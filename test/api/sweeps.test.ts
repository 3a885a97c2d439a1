/** What holds for every row of the table, over HTTP: total by construction, so that nothing is forgotten. */
import { env } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { isPrivilegedAct, isWrite, labels, methodOf, notOffered, pathOf, pending, rowOf, type Label } from "../../worker/contract/actions.ts";
import type { Actor } from "../../worker/contract/actor.ts";
import { decideRight } from "../../worker/contract/decide.ts";
import { makeId } from "../../worker/contract/ids.ts";
import { problems } from "../../worker/contract/problems.ts";
import type { Family } from "../../worker/contract/resource-types.ts";
import { openApiDocument, statusesOf } from "../../worker/gate/openapi.ts";
import { identifyActor } from "../../worker/identity/actor.ts";
import { readResourceTarget } from "../../worker/routing/targets.ts";
import { world, type Caller, type World } from "../world.ts";
import { count } from "./looking.ts";

let it: World;
/** One resource of Asclepia Care for each category that rows speak of, and one of Borealis. */
const own: Record<string, number> = {};
const foreign: Record<string, number> = {};
let service: { own: number; foreign: number };
let action: { own: number; foreign: number };

const familyOf: Record<string, Family> = { INSTANCE: "DEBIAN", LOAD_BALANCER: "LOAD_BALANCER", STORAGE: "OBJECT_STORE", CONTAINER: "KUBERNETES" };

beforeAll(async () => {
  it = await world(env);
  for (const [category, family] of Object.entries(familyOf)) {
    own[category] = (await it.addInstance({ family, environment: "TEST" })).id;
    foreign[category] = (await it.addInstance({ family, environment: "TEST", organizationId: 2, cloud: "Borealis" })).id;
  }
  const serviceOf = (cloud: string) =>
    it.planted.services.find(({ cloudId }) => cloudId === it.planted.clouds.find(({ name }) => name === cloud)!.id)!.id;
  service = { own: serviceOf("Asclepia Care"), foreign: serviceOf("Borealis") };
  await addSnapshot(1, own["INSTANCE"]!);
  await addSnapshot(2, foreign["INSTANCE"]!);
  action = { own: await waitingAction(own["INSTANCE"]!), foreign: await waitingAction(foreign["INSTANCE"]!) };
});

/** `<instance>-snap-4` */
async function addSnapshot(organization: number, instanceId: number): Promise<void> {
  await env.REGION_EB.prepare(
    "INSERT INTO snapshot (id, resource_id, label, author, status, created, expires, due) VALUES (?, ?, 'before', 'nobody', 1, 0, 4e12, 4e12)",
  )
    .bind(makeId({ region: 1, organization, sequence: 4 }), instanceId)
    .run();
}

/** An operation that nobody runs: it belongs to a zone without a controller. */
async function waitingAction(resourceId: number): Promise<number> {
  const target = (await readResourceTarget(env, resourceId))!;
  const id = makeId({ region: 1, organization: target.organizationId, sequence: 4_100_000_000 });
  await env.REGION_EB.prepare(
    `INSERT INTO operation (id, organization_id, cloud_id, service_id, resource_id, resource_name, resource_type, zone, label, parameters, actor_kind, actor_id, actor_name, created, updated, deadline)
     VALUES (?, ?, ?, ?, ?, ?, 1, 99, 'stop-instance', '{}', 'person', 1, 'nobody', ?, ?, ?)`,
  )
    .bind(id, target.organizationId, target.cloudId, target.serviceId, target.id, target.name, Date.now(), Date.now(), Date.now() + 3_600_000)
    .run();
  return id;
}

type Whose = "own" | "foreign" | "absent";

/** A request of the row that is well formed as far as the gate must understand it. */
function requestOf(label: Label, whose: Whose): { path: string; init: { method: string; json?: unknown; headers?: Record<string, string> } } {
  const row = rowOf(label);
  const of = (values: { own: number; foreign: number }) => (whose === "absent" ? it.absent : values[whose]);
  const category = row.category ?? "INSTANCE";
  const first =
    row.target === "service" ? of(service) : row.target === "action" ? of(action) : of({ own: own[category]!, foreign: foreign[category]! });
  let path = pathOf(label).replace(/:\w+/, String(first)).replace(":snapshot", `${first}-snap-4`).replaceAll(/:\w+/g, "4");
  if (label === "list-tag-values") path += "?key=application";
  const body = row.operation
    ? { operation: row.operation }
    : row.target === "service" && isWrite(label)
      ? { serviceId: first, az: "EB-HDS-A" }
      : undefined;
  return {
    path: `/itcare${path}`,
    init: { method: methodOf(label), ...(body && { json: body }), ...(label === "follow-log" && { headers: { upgrade: "websocket" } }) },
  };
}

async function actorOf(who: Caller): Promise<Actor | null> {
  const seen = await captureRequest(who);
  return identifyActor(seen, env, Date.now());
}

/** The request that a caller sends, without sending it. */
async function captureRequest(who: Caller): Promise<Request> {
  const credentials = (who as unknown as { credentials: Record<string, string> }).credentials;
  return new Request(`${env.ORIGIN}/itcare/me`, { headers: credentials });
}

describe("nobody, strangers, the wrong profile and the missing key are refused by every row that is not for them", () => {
  const callers = ["nobody", "stan", "mona", "odile", "paul", "nora", "sybil", "rita", "boris", "reader", "runner"] as const;
  for (const name of callers) {
    test(name, { timeout: 120_000 }, async () => {
      const who = it[name];
      const actor = await actorOf(who);
      for (const label of labels.filter((label) => !["end-my-session", "follow-log"].includes(label))) {
        for (const whose of ["own", "foreign", "absent"] as const) {
          const { path, init } = requestOf(label, whose);
          const response = await who.fetch(path, init);
          const body = await response.text();
          const expected = expectedStatus(label, actor, whose);
          const what = `${name} ${label} (${whose}): ${body.slice(0, 200)}`;
          if (expected === "passes") expect([200, 202, 204, 400, 401, 403, 409], what).toContain(response.status);
          else expect(response.status, what).toBe(expected);
          expect(statusesOf(label), `${what} is not declared`).toContain(response.status);
        }
      }
    });
  }
});

/** What the pure decision says; `passes`: it is no longer the right that decides. */
function expectedStatus(label: Label, actor: Actor | null, whose: Whose): number | "passes" {
  const row = rowOf(label);
  const hasTarget = ["resource", "service", "action"].includes(row.target);
  const cloudId = it.instances.EB.ACTIVE.TEST.cloudId;
  const ownTarget = { kind: "resource", organizationId: 1, cloudId } as const;
  const foreignTarget = { kind: "resource", organizationId: 2, cloudId: it.foreign.cloudId } as const;
  const stands = whose === "absent" ? null : whose === "own" ? ownTarget : foreignTarget;
  const target = hasTarget
    ? row.target === "action" && stands
      ? { ...stands, kind: "action", label: "stop-instance" }
      : stands
    : row.target === "organization"
      ? { kind: "organization", id: actor?.organizationId }
      : { kind: row.target };
  const right = decideRight(label, actor, target as never);
  if (!right.allow) return problems[right.code].status;
  return [...pending, ...notOffered].some((absent) => absent === label) ? 501 : "passes";
}

test("what has no handler yet answers 501 to Paul, and what is ordered on request says so", async () => {
  for (const label of [...pending, ...notOffered]) {
    const { path, init } = requestOf(label, "own");
    const body = await (await it.paul.fetch(path, init)).json<{ errorCode: string }>();
    expect(body.errorCode, label).toBe((pending as readonly Label[]).includes(label) ? "NOT_AVAILABLE_YET" : "NOT_OFFERED");
  }
});

test("every refused privileged act is in the log of the one who asked, and nothing of another organization's", async () => {
  const refusedBy = labels.filter((label) => isPrivilegedAct(label) && rowOf(label).target === "resource");
  for (const label of refusedBy) {
    const { path, init } = requestOf(label, "own");
    await it.boris.fetch(path, init);
  }
  const told = await until(async () => {
    const page = await (
      await it.bea.fetch("/itcare/log?size=200&kind=act-refused")
    ).json<{ content: { event: { label: Label; actor: { id: number } } }[] }>();
    const labelsTold = new Set(page.content.map(({ event }) => event.label));
    return refusedBy.every((label) => labelsTold.has(label)) ? page.content : null;
  });
  expect(told.every(({ event }) => event.actor.id === it.boris.id)).toBe(true);
}, 120_000);

test("no read leaves anything behind: neither an operation nor an outbox row", async () => {
  const before = [await count("operation"), await count("outbox"), await count("challenge"), await count("idempotency")];
  for (const label of labels.filter((label) => !isWrite(label) && label !== "follow-log")) {
    const { path, init } = requestOf(label, "own");
    await it.paul.fetch(path, init);
  }
  expect([await count("operation"), await count("outbox"), await count("challenge"), await count("idempotency")]).toEqual(before);
});

test("no byte of another organization reaches Boris, whatever he reads", async () => {
  const canaries = [...Object.values(it.instances.EB.ACTIVE), ...Object.values(it.instances.ET.ACTIVE)]
    .map(({ name }) => name)
    .concat("Asclepia", "asclepia");
  for (const label of labels.filter((label) => !isWrite(label) && label !== "follow-log")) {
    for (const whose of ["own", "foreign"] as const) {
      const { path, init } = requestOf(label, whose);
      const text = await (await it.boris.fetch(path, init)).text();
      for (const canary of canaries) expect(text.includes(canary), `${label}: ${canary}`).toBe(false);
    }
  }
});

test("the OpenAPI document and the routes are the same set, both ways", async () => {
  const { paths } = openApiDocument() as { paths: Record<string, Record<string, { "x-actions": { label: Label }[] }>> };
  const declared = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => operation["x-actions"].map(({ label }) => `${label} ${method.toUpperCase()} ${path}`)),
  );
  const rows = labels.map((label) => `${label} ${methodOf(label)} /itcare${pathOf(label).replaceAll(/:(\w+)/g, "{$1}")}`);
  expect(declared.sort()).toEqual(rows.sort());
  for (const path of Object.keys(paths)) {
    const response = await it.paul.fetch(path.replaceAll(/\{\w+\}/g, "4"), { method: "PUT" });
    expect(response.status, path).toBe(405);
    expect(response.headers.get("allow")).toBeTruthy();
  }
});

test("an unknown path under /itcare or /auth is a problem, for a browser's navigation too", async () => {
  for (const path of [
    "/itcare",
    "/itcare/",
    "/itcare/nothing",
    "/auth/nothing",
    "/auth/realms/other/protocol",
    "/itcare/compute/instances/4/nothing",
  ]) {
    const response = await it.nobody.fetch(path, { headers: { accept: "text/html", "sec-fetch-mode": "navigate" } });
    expect([response.status, response.headers.get("content-type")], path).toEqual([404, "application/problem+json"]);
    expect(response.headers.get("itcare-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  }
});

async function until<Value>(look: () => Promise<Value | null>): Promise<Value> {
  for (const end = Date.now() + 90_000; Date.now() < end;) {
    const value = await look();
    if (value !== null) return value;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error("It did not happen.");
}
