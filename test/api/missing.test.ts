/**
 * WHY CAN'T I? Of every row that has a handler, whoever is refused with 403 or 409 reads what is missing; with all of it changed the same call succeeds,
 * and without any one part of it it does not. What is changed is read from the answer alone.
 */
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { prepare } from "../../db/statement.ts";
import { sizeOf } from "../../scripts/lib/sizes.ts";
import { labels, notOffered, pending, rowOf, type HandledLabel, type Label } from "../../worker/contract/actions.ts";
import { isResourceAct, transitionOf } from "../../worker/contract/lifecycle.ts";
import type { Missing } from "../../worker/contract/missing.ts";
import { statuses } from "../../worker/contract/resource-types.ts";
import { asking, requestOf, serviceOf, type Things } from "../asking.ts";
import { changed, keyOf, signedBy, type Attempt } from "../decision/changing.ts";
import { everybody, refreshUses, type Asker } from "../decision/people.ts";
import { takingBack } from "../decision/taking-back.ts";
import { world, type Person, type World } from "../world.ts";

const absentLabels: readonly Label[] = [...pending, ...notOffered];
const handled = labels.filter((label): label is HandledLabel => !absentLabels.includes(label));

let it: World;
let askers: Asker[];
let requests = 0;
let cases = 0;
const kinds = new Set<string>();
const isLong = sizeOf("ALIKE") > 1;

beforeAll(async () => {
  it = await world(env);
  const cloudOf = (wanted: string) => it.planted.clouds.find(({ name }) => name === wanted)!.id;
  askers = await everybody(it, { own: cloudOf("Asclepia Care"), toRead: cloudOf("Asclepia Research") }, env);
  // Commits that are taken back look like outages.
  vi.spyOn(console, "error").mockImplementation(() => {});
}, 120_000);
afterAll(() => {
  vi.restoreAllMocks();
  console.warn(`What was missing: ${cases} times, ${requests} requests.`);
});

interface Answered {
  status: number;
  passes: boolean;
  text: string;
  missing: Missing[];
}

/** A write counts as done when its commit would have stood. */
async function send({ asker, path, ask, proves }: Attempt): Promise<Answered> {
  const sent = async (caller: Asker["caller"], more: Record<string, string> = {}) => {
    requests++;
    const attempt = takingBack(env);
    const response = await caller.fetch(path, { ...ask, headers: { ...(ask.headers as Record<string, string>), ...more }, env: attempt.env });
    response.webSocket?.accept();
    response.webSocket?.close();
    return { attempt, response };
  };
  const { person } = asker;
  const caller = person && proves ? person.holding(await keyOf(person, env)) : asker.caller;
  let { attempt, response } = await sent(caller);
  if (proves && response.status === 401 && person)
    ({ attempt, response } = await sent(caller, { "itcare-proof": await (caller as NonNullable<Asker["person"]>).proofFor(response) }));
  else if (proves && !person) ({ attempt, response } = await sent(caller, await signedBy(asker, path, ask, env)));
  const text = response.status === 101 ? "" : await response.text();
  const { missing = [] } = response.status >= 400 && text ? (JSON.parse(text) as { missing?: Missing[] }) : {};
  return { status: response.status, passes: attempt.reached() || response.status < 400, text, missing };
}

/** Takes away the state that the row wants, where an act gives it back. */
async function spoil(label: HandledLabel, things: Things): Promise<void> {
  const id = Number(things["loadbalancer"] ?? things["instance"] ?? things["resource"]);
  if (isResourceAct(label) && transitionOf(label).from.length > 0) {
    const [first] = transitionOf(label).from;
    const isOpen = transitionOf(label).from.length > 1 || transitionOf(label).to === "same";
    if (isOpen) await openOn(id, things["loadbalancer"] ? "stop-lb" : "stop-instance");
    else
      await prepare(
        env.REGION_EB,
        sql`UPDATE resource SET status = ${first === "ACTIVE" ? statuses.INACTIVE : statuses.ACTIVE} WHERE id = ${id}`,
      ).run();
  }
  if (label === "run-plan" || label === "update-resource") await openOn(id, "reset-instance");
  const [, verb, noun] = /^(resume|suspend)-(person|cloud|organization)$/.exec(label) ?? [];
  if (!verb) return;
  const table = noun === "person" ? sql`actor` : noun === "cloud" ? sql`cloud` : sql`organization`;
  const state = verb === "resume" ? "active" : "suspended";
  await prepare(env.DIRECTORY, sql`UPDATE ${table} SET state = ${state} WHERE id = ${Number(things[noun!])}`).run();
}

/** Something that nobody runs has begun on it. */
async function openOn(id: number, label: string): Promise<void> {
  const now = Date.now();
  const action = id + 3_000_000_000;
  await env.REGION_EB.batch([
    prepare(
      env.REGION_EB,
      sql`INSERT INTO operation (id, organization_id, cloud_id, service_id, resource_id, resource_name, resource_type, zone, label, parameters,
          actor_kind, actor_id, actor_name, created, updated, deadline)
        SELECT ${action}, 1, cloud_id, service_id, id, name, type, 99, ${label}, '{}', 'person', 1, 'nobody', ${now}, ${now}, ${now + 3_600_000}
        FROM resource WHERE id = ${id}`,
    ),
    prepare(env.REGION_EB, sql`UPDATE resource SET open_operation = ${action}, open_label = ${label} WHERE id = ${id}`),
  ]);
}

/** Refused for the same: told apart by what is missing and what would change it, whoever lacks it. */
function signatureOf(missing: readonly Missing[]): string {
  return JSON.stringify(missing.map(({ kind, needed, change, by }) => [kind, needed, change.kind, "label" in change ? change.label : null, by]));
}

async function thingsFor(label: HandledLabel, asker: Asker, environment: "TEST" | "PRODUCTION"): Promise<Things> {
  const place = { organizationId: 1, cloud: "Asclepia Care", environment, env, ...(asker.person && { personId: asker.person.id }) };
  return (await asking[label].about?.(it, place)) ?? {};
}

/** What it is about is of the one who asks, and nobody else's. */
const isOwn = (label: HandledLabel): boolean => rowOf(label).target === "self" || /session|read-export/.test(label);

/** With all of it the call succeeds; with all but one part it does not. */
async function proveEnough(label: HandledLabel, first: Attempt, missing: readonly Missing[]): Promise<void> {
  cases++;
  for (const without of [null, ...missing]) {
    const undo: (() => Promise<void>)[] = [];
    let attempt = first;
    for (const part of missing.filter((one) => one !== without)) {
      const change = await changed(attempt, part, askers, env);
      attempt = change.attempt;
      undo.unshift(change.undo);
    }
    // Who does it in somebody's place does it with their own.
    if (isOwn(label) && attempt.asker !== first.asker) attempt = { ...attempt, ...requestOf(label, await thingsFor(label, attempt.asker, "TEST")) };
    const answer = await send(attempt);
    for (const back of undo) await back();
    const what = `${label}, ${JSON.stringify(first.asker.who)}, ${JSON.stringify(missing)}${without ? `, without ${JSON.stringify(without)}` : ""}: ${answer.text}`;
    expect(answer.passes, what).toBe(without === null);
  }
}

const isMendable = (missing: readonly Missing[]) => missing.every(({ change }) => !["none", "as-told", "ask-otherwise"].includes(change.kind));

test.each(handled)("%s", { timeout: 120_000 }, async (label) => {
  await refreshUses(askers, env);
  const shared = isOwn(label) ? null : await thingsFor(label, askers[1]!, "TEST");
  // How colleagues and Clouds stand is told to those who govern them alone: for the others nothing stands in the way.
  const isGoverned = ["member", "own-cloud"].includes(rowOf(label).target);
  const plain = isGoverned ? await thingsFor(label, askers[1]!, "TEST") : shared;
  if (shared) await spoil(label, shared);
  const met = new Map<string, number>();
  const refused: { attempt: Attempt; missing: Missing[] }[] = [];
  for (const asker of askers.filter(({ who }) => isLong || isTelling(who))) {
    const about = asker.who.kind === "person" && asker.who.duty ? shared : plain;
    const { path, ask } = requestOf(label, about ?? (await thingsFor(label, asker, "TEST")));
    const attempt: Attempt = { asker, path, ask, proves: false };
    const { status, missing, text } = await send(attempt);
    if (status === 404) expect(text, `${label}: what is not there lacks nothing`).not.toContain('"missing"');
    if (status !== 403 && status !== 409) continue;
    expect(missing.length, `${label}: ${text}`).toBeGreaterThan(0);
    for (const { kind } of missing) kinds.add(kind);
    const signature = signatureOf(missing);
    met.set(signature, (met.get(signature) ?? 0) + 1);
    if (met.get(signature)! <= sizeOf("ALIKE")) refused.push({ attempt, missing });
  }
  // The one who lacks most, of people and of programs: without any one part of that they are refused for less.
  const most = isLong ? refused : fullest(refused);
  for (const { attempt, missing } of most.filter((one) => isMendable(one.missing))) {
    // The name of a creation that was taken back stays reserved for a while.
    const again = label === "create-lb" ? requestOf(label, await thingsFor(label, attempt.asker, "TEST")) : attempt;
    await proveEnough(label, { ...attempt, path: again.path, ask: again.ask }, missing);
  }
});

/** Who together lacks everything that can be lacked, each for another reason. */
function isTelling(who: Asker["who"]): boolean {
  if (who.kind === "account") return who.profile === "STD" || (who.profile === "POW" && who.uses === "secret");
  return who.kind === "person" && who.key === "none" && (who.profile === "STD" || who.profile === "POW");
}

function fullest<One extends { attempt: Attempt; missing: Missing[] }>(all: readonly One[]): One[] {
  return ["person", "account"].flatMap((kind) => {
    const [first] = all.filter(({ attempt }) => attempt.asker.who.kind === kind).sort((a, b) => b.missing.length - a.missing.length);
    return first ? [first] : [];
  });
}

test("each kind of thing has refused somebody", () => {
  expect([...kinds].sort()).toEqual(["duty", "key", "organization", "person", "profile", "proof", "state"]);
});

describe("what is asked otherwise succeeds", () => {
  const body = (more: object) => ({
    name: "why-not",
    serviceId: serviceOf(it, place),
    productCode: "debian13",
    resourceId: "2cpu4gb",
    replicationEnabled: true,
    ...more,
  });
  const place = { organizationId: 1, cloud: "Asclepia Care", env };

  async function refusedBy(path: string, json: object): Promise<Missing> {
    const response = await it.paul.fetch(path, { method: "POST", json, headers: { "itcare-dryrun": "true" } });
    const { missing } = await response.json<{ missing: Missing[] }>();
    expect(missing, JSON.stringify(missing)).toHaveLength(1);
    return missing[0]!;
  }

  test("in another zone, another domain, another name", async () => {
    const zone = await refusedBy("/itcare/compute/instances", body({ az: "EB-A" }));
    expect(zone).toMatchObject({ kind: "zone", held: "EB-A", by: ["self"], change: { kind: "ask-otherwise", field: "az" } });
    const { oneOf } = zone.change as { oneOf: string[] };
    const accepted = await it.paul.fetch("/itcare/compute/instances", {
      method: "POST",
      json: body({ az: oneOf[0] }),
      headers: { "itcare-dryrun": "true" },
    });
    expect(accepted.status, await accepted.clone().text()).toBe(202);

    const { id, name } = await it.addInstance();
    const domain = await refusedBy(`/itcare/compute/instances/${id}/dns`, { alias: "why.group.itcare.example", domain: "group.itcare.example" });
    expect(domain).toMatchObject({ kind: "organization", needed: ["group"], held: "customer", change: { field: "domain" } });
    const taken = await refusedBy("/itcare/compute/instances", body({ az: oneOf[0], name }));
    expect(taken).toEqual({ kind: "name", change: { kind: "ask-otherwise", field: "name" }, by: ["self"] });
  });
});

test("what another organization has lacks nothing: it is not there; and an old client's error has its four keys alone", async () => {
  const stop = { method: "PATCH", json: { operation: "stop" } };
  const foreign = await (await it.stan.fetch(`/itcare/compute/instances/${it.foreign.id}`, stop)).json<object>();
  expect(Object.keys(foreign)).not.toContain("missing");
  const own = await it.stan.fetch(`/itcare/compute/instances/${it.instances.EB.ACTIVE.TEST.id}`, {
    ...stop,
    headers: { accept: "application/vnd.cegedim-it.v1+json" },
  });
  expect(Object.keys(await own.json<object>()).sort()).toEqual(["errorCode", "errorDesc", "errorMessage", "status"]);
});

test("how a colleague stands is told to who governs them, and to nobody else", async () => {
  const things = (await asking["resume-person"].about!(it, { organizationId: 1, cloud: "Asclepia Care", env }))["person"]!;
  await prepare(env.DIRECTORY, sql`UPDATE actor SET state = 'ended' WHERE id = ${Number(things)}`).run();
  const { path, ask } = requestOf("resume-person", { person: things });
  const kindsFor = async (who: Person) => (await (await who.fetch(path, ask)).json<{ missing: Missing[] }>()).missing.map(({ kind }) => kind);
  expect(await kindsFor(it.stan)).toEqual(["duty"]);
  expect(await kindsFor(it.sybil)).toEqual(["state"]);
});
