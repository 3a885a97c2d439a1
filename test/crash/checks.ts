/** What must hold once the dust has settled after a crash: the books, the zones and the logs say the same, and it is what was acknowledged. */
import { PLANNED, RUNNING, WAITING } from "../../db/region/read/operations.ts";
import { readId } from "../../worker/contract/ids.ts";
import { memberPhases, memberStateOf } from "../../worker/contract/load-balancers.ts";
import { regionList, regionOfCode, zoneList, zoneOfCode } from "../../worker/contract/topology.ts";
import { statuses } from "../../worker/contract/resource-types.ts";
import { isResourceAct } from "../../worker/contract/lifecycle.ts";
import type { Label } from "../../worker/contract/actions.ts";
import type { LogExport } from "../../worker/contract/log-entry.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import type { ObservedBalancer, ObservedInstance } from "../../worker/contract/observed.ts";
import type { EffectRecord } from "../../worker/zones/simulated/zone.ts";
import type { ControllerName } from "../../worker/zones/wake.ts";
import { keyOf, stepsOf } from "../../worker/zones/steps.ts";
import type { Server } from "./server.ts";
import type { Acknowledged } from "./writers.ts";

interface OperationFacts {
  id: number;
  organization_id: number;
  resource_id: number;
  label: Label;
  status: number;
  message: string | null;
  parameters: string;
  zone: number;
  created: number;
  fence: number;
  plan_id: number | null;
  position: number | null;
}

interface ResourceFacts {
  id: number;
  status: number;
  revision: number;
  open_operation: number | null;
  zone: number;
}

export interface Facts {
  operations: Map<number, OperationFacts>;
  resources: Map<number, ResourceFacts>;
  effects: Map<ControllerName, EffectRecord[]>;
}

const places = ["DIRECTORY", ...regionList.map((region) => `REGION_${region}`)];

/** Waits until nothing is open any more. @returns how long it took in ms, or null when something is stuck after `patience` */
export async function settle(server: Server, patience: number): Promise<number | null> {
  const began = Date.now();
  while (Date.now() - began < patience) {
    const open = await Promise.all([
      ...places.map((database) => count(server, database, `operation WHERE status IN (${WAITING}, ${RUNNING}, ${PLANNED})`)),
      ...places.map((database) => count(server, database, "outbox")),
    ]);
    if (open.every((n) => n === 0)) return Date.now() - began;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return null;
}

async function count(server: Server, database: string, what: string): Promise<number> {
  const [row] = await server.ask<{ n: number }[]>({ database, sql: `SELECT count(*) AS n FROM ${what}` });
  return row!.n;
}

/** @param since only operations that are younger: those of the seed never saw a zone */
export async function gather(server: Server, since: number): Promise<Facts> {
  const facts: Facts = { operations: new Map(), resources: new Map(), effects: new Map() };
  for (const database of places) {
    const operations = await server.ask<OperationFacts[]>({
      database,
      sql: `SELECT id, organization_id, resource_id, label, status, message, zone, parameters, created, fence, plan_id, position FROM operation WHERE created >= ${since}`,
    });
    for (const row of operations) facts.operations.set(row.id, row);
    if (database === "DIRECTORY") continue;
    const resources = await server.ask<ResourceFacts[]>({
      database,
      sql: `SELECT id, status, revision, open_operation, zone FROM resource WHERE id IN (SELECT resource_id FROM operation WHERE created >= ${since})`,
    });
    for (const row of resources) facts.resources.set(row.id, row);
  }
  for (const zone of [...zoneList, ...regionList]) facts.effects.set(zone, await server.ask<EffectRecord[]>({ zone, effects: true }));
  return facts;
}

/** Nothing that was acknowledged is lost, and none of it came to a bad end. */
export function acknowledgedStands(acknowledged: readonly Acknowledged[], { operations }: Facts): string[] {
  const twice = acknowledged.length - new Set(acknowledged.map(({ id }) => id)).size;
  return [
    ...(twice > 0 ? [`${twice} actions were acknowledged for two requests`] : []),
    ...acknowledged.flatMap(({ id, process }) => {
      const row = operations.get(id);
      if (!row) return [`${process} ${id} was acknowledged and is lost`];
      // Somebody else may have taken a member away before the plan's turn at its load balancer had come.
      const mayEnd = row.label === "run-plan" && row.message?.includes("no longer a member") === true;
      return row.status === 2 || mayEnd ? [] : [`${process} ${id} ended with ${row.status}: ${row.message}`];
    }),
  ];
}

/** Each step of each operation happened once, and nothing happened that nobody asked for. */
export function effectsAreExact({ operations, effects }: Facts): string[] {
  const complaints: string[] = [];
  const seen = new Set<string>();
  for (const records of effects.values()) {
    for (const { key, state, performed, verb } of records) {
      seen.add(key);
      if (performed !== 1 || state !== "done") complaints.push(`${verb} ${key} is ${state}, performed ${performed} times`);
      if (!operations.has(Number(key.split("/")[0]))) complaints.push(`${verb} ${key} belongs to no operation`);
    }
  }
  for (const { id, label, status, parameters } of operations.values()) {
    if (!isResourceAct(label) || status !== 2) continue;
    stepsOf(label).forEach(({ verb, unless }, step) => {
      if (unless?.(JSON.parse(parameters) as never)) return;
      if (!seen.has(keyOf(id, step))) complaints.push(`${label} ${id} is a SUCCESS without ${verb}`);
    });
  }
  return complaints;
}

/** No instance is half changed: its status is its machine's power, its revision counts its operations, nothing holds it. */
export async function booksAgree(server: Server, { operations, resources }: Facts): Promise<string[]> {
  const complaints: string[] = [];
  const byResource = Map.groupBy(
    [...operations.values()].filter(({ label }) => !label.endsWith("-service")),
    ({ resource_id: id }) => id,
  );
  for (const [id, own] of byResource) {
    const resource = resources.get(id);
    // Names and tags are no zone's: the resource says where it is, or what was last done to it.
    const zone = zoneOfCode(resource?.zone ?? own.find((one) => one.zone > 0)?.zone ?? 0);
    if (!zone) {
      if (resource) complaints.push(...(await balancerAgrees(server, resource, own)));
      continue;
    }
    const { observed: instance } = await server.ask<{ observed: ObservedInstance | null }>({ zone, observe: id, kind: "instance" });
    const deleted = own.some(({ label, status }) => label === "delete-instance" && status === 2);
    if (deleted !== !resource) complaints.push(`instance ${id} is ${resource ? "there" : "gone"}, and was ${deleted ? "" : "not "}deleted`);
    if (deleted !== !instance) complaints.push(`the machine of ${id} is ${instance ? "there" : "gone"}, and it was ${deleted ? "" : "not "}deleted`);
    if (!resource) continue;
    const changes = own.filter(({ label, plan_id: plan }) => label !== "create-instance" && plan === null).length;
    if (resource.revision !== 1 + changes) complaints.push(`instance ${id} has the revision ${resource.revision} after ${changes} changes`);
    if (resource.open_operation !== null) complaints.push(`instance ${id} is still held by ${resource.open_operation}`);
    if (instance && resource.status !== (instance.power === "on" ? statuses.ACTIVE : statuses.INACTIVE))
      complaints.push(`instance ${id} has the status ${resource.status}, and its machine is ${instance.power}`);
  }
  return complaints;
}

/** No load balancer is half changed: it is as its engine has it, with its members. An item of a plan that took it counts, too. */
async function balancerAgrees(
  server: Server,
  { id, status, revision, open_operation: open }: ResourceFacts,
  own: OperationFacts[],
): Promise<string[]> {
  const complaints: string[] = [];
  const region = regionOfCode(readId(id)!.region)!;
  const { observed } = await server.ask<{ observed: ObservedBalancer | null }>({ zone: region, observe: id, kind: "balancer" });
  const rows = await server.ask<{ member_id: number; port: number; state: number; phase: number }[]>({
    database: `REGION_${region}`,
    sql: `SELECT member_id, port, state, phase FROM balancer_member WHERE balancer_id = ${id}`,
  });
  const changes = own.filter(({ plan_id: plan, fence }) => plan === null || fence > 0).length;
  if (revision !== 1 + changes) complaints.push(`balancer ${id} has the revision ${revision} after ${changes} changes`);
  if (open !== null) complaints.push(`balancer ${id} is still held by ${open}`);
  if (!observed) return [...complaints, `balancer ${id} is not in its region`];
  if (status !== (observed.enabled ? statuses.ACTIVE : statuses.INACTIVE)) complaints.push(`balancer ${id} has the status ${status}`);
  const books = rows.map((row) => `${row.member_id}:${row.port} ${memberStateOf(row.state)} ${row.phase === memberPhases.ACTIVE}`).sort();
  const there = observed.members.map((one) => `${one.instanceId}:${one.port} ${one.state} true`).sort();
  if (books.join() !== there.join()) complaints.push(`the members of ${id} are ${books.join(", ")}, and in its region ${there.join(", ")}`);
  return complaints;
}

/** Items were run in their order, and a plan ended as they did: none is left open, and none was begun after a failure. */
export function plansAreWhole({ operations }: Facts): string[] {
  const items = Map.groupBy(
    [...operations.values()].filter(({ plan_id: plan }) => plan !== null),
    ({ plan_id: plan }) => plan!,
  );
  return [...items].flatMap(([id, own]) => {
    const results = own
      .toSorted((left, right) => left.position! - right.position!)
      .map(({ status, fence }) => (status === 2 ? "SUCCESS" : status === 3 ? (fence > 0 ? "ERROR" : "NOT_BEGUN") : "open"));
    const line = results.join(" ");
    const plan = operations.get(id);
    const isWhole = /^(SUCCESS ?)*(ERROR ?)?(NOT_BEGUN ?)*$/.test(line) && plan?.status === (results.every((one) => one === "SUCCESS") ? 2 : 3);
    return isWhole ? [] : [`the plan ${id} has the status ${plan?.status}: ${line}`];
  });
}

/** The chain is whole, and tells each operation's beginning and end once. */
export async function logTells(exported: LogExport, organizationId: number, { operations }: Facts): Promise<string[]> {
  const verdict = await verifyExport(exported);
  const complaints = verdict.valid ? [] : [`the log of ${organizationId} is not valid: ${verdict.reason}`];
  const told = { "act-accepted": new Map<number, number>(), "act-ended": new Map<number, number>() };
  for (const { event } of exported.entries) {
    if ((event.kind !== "act-accepted" && event.kind !== "act-ended") || event.operationId === null) continue;
    told[event.kind].set(event.operationId, (told[event.kind].get(event.operationId) ?? 0) + 1);
  }
  for (const { id, organization_id, label, plan_id: plan, fence } of operations.values()) {
    if (organization_id !== organizationId) continue;
    const [accepted = 0, ended = 0] = [told["act-accepted"].get(id), told["act-ended"].get(id)];
    // A plan is accepted as a whole; the end of what was not begun is told with it.
    if (accepted !== (plan === null ? 1 : 0) || (ended !== 1 && !(plan !== null && fence === 0 && ended === 0)))
      complaints.push(`the log tells ${accepted} times that ${label} ${id} was accepted, and ${ended} times that it ended`);
  }
  return complaints;
}
