/** What holds for every row of the table, over HTTP: total by construction, so that nothing is forgotten. */
import { env, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import {
  isPrivilegedAct,
  isWrite,
  labels,
  methodOf,
  notOffered,
  pathOf,
  pending,
  rowOf,
  type HandledLabel,
  type Label,
} from "../../worker/contract/actions.ts";
import type { Actor } from "../../worker/contract/actor.ts";
import { decideRight } from "../../worker/contract/decide.ts";
import { readId } from "../../worker/contract/ids.ts";
import type { LogExport } from "../../worker/contract/log-entry.ts";
import { problems } from "../../worker/contract/problems.ts";
import type { Family } from "../../worker/contract/resource-types.ts";
import { openApiDocument, statusesOf } from "../../worker/gate/openapi.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { notifyAllLogs, organizationLog } from "../../worker/log/notify.ts";
import { identifyActor } from "../../worker/identity/actor.ts";
import { absentThings, asking, requestOf as askFor, serviceOf, type Things } from "../asking.ts";
import { world, type Ask, type Caller, type World } from "../world.ts";
import { count } from "./looking.ts";

const absentLabels: readonly Label[] = [...pending, ...notOffered];
const handled = labels.filter((label): label is HandledLabel => !absentLabels.includes(label));

let it: World;
/** What each handled row is asked about, in Asclepia Care and in Borealis: test/asking.ts. */
const things: Record<"own" | "foreign", Map<Label, Things>> = { own: new Map(), foreign: new Map() };
/** For rows without a handler: one resource for each category that they speak of, and a Service. */
const plain: Record<"own" | "foreign", Record<string, number>> = { own: {}, foreign: {} };

const familyOf: Record<string, Family> = { INSTANCE: "DEBIAN", LOAD_BALANCER: "LOAD_BALANCER", STORAGE: "OBJECT_STORE", CONTAINER: "KUBERNETES" };

beforeAll(async () => {
  it = await world(env);
  const places = { own: { organizationId: 1, cloud: "Asclepia Care" }, foreign: { organizationId: 2, cloud: "Borealis" } };
  for (const whose of ["own", "foreign"] as const) {
    const place = { ...places[whose], env };
    for (const [category, family] of Object.entries(familyOf))
      plain[whose][category] = (await it.addInstance({ family, environment: "TEST", ...places[whose] })).id;
    plain[whose]["service"] = serviceOf(it, place);
    for (const label of handled) things[whose].set(label, (await asking[label].about?.(it, place)) ?? {});
  }
}, 120_000);

type Whose = "own" | "foreign" | "absent";

function requestOf(label: Label, whose: Whose): { path: string; init: Ask } {
  const place = whose === "foreign" ? "foreign" : "own";
  const about = things[place].get(label);
  if (about) {
    const { path, ask } = askFor(label as HandledLabel, whose === "absent" ? absentThings(label as HandledLabel, about) : about);
    return { path, init: ask };
  }
  // Well formed as far as the gate must understand it.
  const row = rowOf(label);
  const first = whose === "absent" ? it.absent : plain[place][row.target === "service" ? "service" : (row.category ?? "INSTANCE")]!;
  const path = pathOf(label).replace(/:\w+/, String(first)).replaceAll(/:\w+/g, "4");
  const body = row.operation ? { operation: row.operation } : row.target === "service" ? { serviceId: first, az: "EB-HDS-A" } : undefined;
  return { path: `/itcare${path}`, init: { method: methodOf(label), ...(body && { json: body }) } };
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

/** Rows with a handler are asked by everybody in the decision table. */
describe("what has no handler yet is refused to nobody, strangers, the wrong profile and the missing key all the same", () => {
  const callers = ["nobody", "stan", "mona", "odile", "paul", "nora", "sybil", "rita", "boris", "reader", "runner"] as const;
  for (const name of callers) {
    test(name, { timeout: 120_000 }, async () => {
      const who = it[name];
      const actor = await actorOf(who);
      for (const label of absentLabels) {
        for (const whose of ["own", "foreign", "absent"] as const) {
          const { path, init } = requestOf(label, whose);
          const response = await who.fetch(path, init);
          const body = await response.text();
          const what = `${name} ${label} (${whose}): ${body.slice(0, 200)}`;
          expect(response.status, what).toBe(expectedStatus(label, actor, whose));
          expect(statusesOf(label), `${what} is not declared`).toContain(response.status);
        }
      }
    });
  }
});

/** What the pure decision says; 501 for whom it is no longer the right that decides. */
function expectedStatus(label: Label, actor: Actor | null, whose: Whose): number {
  const row = rowOf(label);
  const ownTarget = { kind: "resource", organizationId: 1, cloudId: it.instances.EB.ACTIVE.TEST.cloudId } as const;
  const foreignTarget = { kind: "resource", organizationId: 2, cloudId: it.foreign.cloudId } as const;
  const stands = whose === "absent" ? null : whose === "own" ? ownTarget : foreignTarget;
  const target = row.target === "resource" || row.target === "service" ? stands : { kind: row.target };
  const right = decideRight(label, actor, target as never);
  return right.allow ? 501 : problems[right.code].status;
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
  // Equal ones are counted for a minute: let it be over.
  const log = organizationLog(env, 2);
  await runInDurableObject(log, (_, { storage }) => storage.sql.exec("UPDATE refusal SET first = first - 60000").toArray());
  await runDurableObjectAlarm(log);
  const page = await it.bea.fetch("/itcare/log?size=200&kind=act-refused");
  const { content: told } = await page.json<{ content: { event: { label: Label; actor: { id: number } } }[] }>();
  const labelsTold = new Set(told.map(({ event }) => event.label));
  expect(refusedBy.filter((label) => !labelsTold.has(label))).toEqual([]);
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

describe("Service Delivery is of an organization like any other", () => {
  const aboutSomething = handled.filter((label) => ["resource", "service", "cloud", "action", "member", "own-cloud"].includes(rowOf(label).target));

  test("David is told of every thing of Asclepia's that it is not there, with the bytes that he is told of nothing with", async () => {
    await it.david.stepUp();
    const told = async (label: Label, whose: Whose) => {
      const { path, init } = requestOf(label, whose);
      const answer = await it.david.fetch(path, init);
      return { status: answer.status, text: (await answer.text()).replace(/"requestId":"[^"]*"/, "") };
    };
    for (const label of aboutSomething) {
      const [own, absent] = [await told(label, "own"), await told(label, "absent")];
      expect(own.status, `${label}: ${own.text}`).toBe(404);
      expect(own, label).toEqual(absent);
    }
    expect(aboutSomething.length).toBeGreaterThan(60);
  });

  test("no name of Asclepia's people or servers is in anything that he reads", async () => {
    const secrets = [it.instances.EB.ACTIVE.TEST.name, it.instances.ET.ACTIVE.PRODUCTION.name, it.odile.email, it.paul.email];
    for (const label of handled.filter((label) => !isWrite(label) && label !== "follow-log" && rowOf(label).target !== "request")) {
      const { path, init } = requestOf(label, "own");
      // What was asked of Service Delivery is theirs to read.
      const text = label === "list-requests" ? "" : await (await it.david.fetch(path, init)).text();
      for (const secret of secrets) expect(text.includes(secret), `${label}: ${secret}`).toBe(false);
    }
  });

  test("what he does for a customer is told in that customer's log, which verifies, and in his own", async () => {
    const place = { organizationId: 1, cloud: "Asclepia Care", env };
    // What he asks of his own organization concerns nobody else yet.
    const acts = handled.filter((label) => rowOf(label).who === "service-delivery" && isPrivilegedAct(label) && label !== "request-organization");
    expect(acts.length).toBeGreaterThanOrEqual(7);
    const done: { label: Label; customer: number }[] = [];
    for (const label of acts) {
      const about = (await asking[label].about?.(it, place)) ?? {};
      const { path, ask } = askFor(label, about);
      const answer = await it.david.act(path, ask);
      expect(answer.status, `${label}: ${await answer.text()}`).toBeLessThan(300);
      done.push({ label, customer: Number(about["organization"] ?? readId(Number(about["recovery"] ?? about["request"]))!.organization) });
    }
    await notifyAllLogs(env);
    const exportOf = async (organizationId: number) =>
      new Response(await organizationLog(env, organizationId).readExport("one of them", "json", {})).json<LogExport>();
    const own = await exportOf(it.david.organizationId);
    for (const { label, customer } of done) {
      const log = await exportOf(customer);
      expect(await verifyExport(log), `${label}: the log of ${customer}`).toMatchObject({ valid: true, reason: null });
      const isIt = ({ event }: LogExport["entries"][number]) =>
        event.kind === "act-accepted" && event.label === label && event.actor.id === it.david.id && event.proof === "signature";
      expect(log.entries.some(isIt), `${label} in the log of ${customer}`).toBe(true);
      expect(own.entries.some(isIt), `${label} in the provider's own log`).toBe(true);
    }
  });
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
