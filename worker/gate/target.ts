/** What a request is about. Absent and foreign are told apart by nobody: `decide` answers both alike. */
import { rowOf, type Label, type TargetKind } from "../contract/actions.ts";
import { grantOn, type Actor, type Target } from "../contract/actor.ts";
import { parseId } from "../contract/ids.ts";
import { areas, isRegion, isZone, regionOfZone, type Area, type Region } from "../contract/topology.ts";
import { parseSnapshotName } from "../contract/snapshots.ts";
import type { Env } from "../env.ts";
import { foldName } from "../contract/domains.ts";
import { readMember } from "../../db/directory/read/members.ts";
import { readOwnCloud } from "../../db/directory/read/clouds.ts";
import { readCustomer } from "../../db/directory/read/organizations.ts";
import { readRequestTarget } from "../../db/directory/read/requests.ts";
import { readAlias } from "../../db/region/read/aliases.ts";
import { isUrlOf } from "../../db/region/read/balancers.ts";
import { isSnapshotOf } from "../../db/region/read/snapshots.ts";
import { placeOfId, type Place } from "../routing/places.ts";
import { databaseOf, regionOfId, readRegion } from "../routing/regions.ts";
import { readActionTarget, readOwnService, readResourceTarget, readServiceTarget } from "../routing/targets.ts";

/** Null: there is no such thing, or it is of another kind than the row asks for. @throws Problem("region_unavailable") */
export async function loadTarget(label: Label, actor: Actor, params: Record<string, string>, body: unknown, env: Env): Promise<Target | null> {
  switch (rowOf(label).target) {
    case "none":
      return { kind: "none" };
    case "any-cloud":
      return { kind: "any-cloud" };
    case "cloud":
      return cloudOf(actor, body);
    case "self":
      return actor.kind === "person" ? { kind: "person", id: actor.id, organizationId: actor.organizationId, name: actor.name } : null;
    case "member":
      return loadMember(params, env);
    case "own-cloud":
      return loadById(params, (id) => readOwnCloud(env.DIRECTORY, id));
    case "customer":
      return loadById(params, (id) => readCustomer(env.DIRECTORY, id));
    case "request":
      return loadById(params, (id) => readRequestTarget(env.DIRECTORY, id));
    case "organization":
      return { kind: "organization", id: actor.organizationId };
    case "resource":
      return loadResource(label, params, env);
    case "service":
      return loadService(params, body, env);
    case "action":
      return loadAction(params, env);
  }
}

async function loadResource(label: Label, params: Record<string, string>, env: Env): Promise<Target | null> {
  const id = firstId(params);
  const target = id === null ? null : await readResourceTarget(env, id);
  const { category } = rowOf(label);
  if (!target || (category && target.category !== category)) return null;
  if ("url" in params && !(await hasUrl(env, target.id, params["url"]!))) return null;
  if ("snapshot" in params && !(await hasSnapshot(env, target.id, params["snapshot"]!))) return null;
  return "alias" in params && !(await hasAlias(env, target.id, params["alias"]!)) ? null : target;
}

/** A URL of another balancer is no URL here. */
async function hasUrl(env: Env, balancerId: number, text: string): Promise<boolean> {
  const id = parseId(text);
  return id !== null && (await readRegion(regionOfId(balancerId)!, () => isUrlOf(databaseOf(env, balancerId), id, balancerId)));
}

/** A snapshot of another instance is no snapshot here. */
async function hasSnapshot(env: Env, instanceId: number, name: string): Promise<boolean> {
  const id = parseSnapshotName(name, instanceId);
  return id !== null && (await readRegion(regionOfId(instanceId)!, () => isSnapshotOf(databaseOf(env, instanceId), id, instanceId)));
}

/** An alias of another resource is no alias here. */
async function hasAlias(env: Env, resourceId: number, name: string): Promise<boolean> {
  return (await readRegion(regionOfId(resourceId)!, () => readAlias(databaseOf(env, resourceId), foldName(name), resourceId))) !== null;
}

/** What the path names is asked of the directory, which owns it; a Service that is to receive something, of the region where that is to be. */
async function loadService(params: Record<string, string>, body: unknown, env: Env): Promise<Target | null> {
  const id = firstId(params);
  if ("service" in params) return id === null ? null : readOwnService(env, id);
  const wanted = idIn(body, "serviceId");
  if (wanted === null) return null;
  const region = regionInBody(body);
  return region ? readServiceTarget(env, region, wanted) : readOwnService(env, wanted);
}

/** The actor's own grants say all that is decided about: a Cloud on which they have none is absent to them. */
function cloudOf(actor: Actor, body: unknown): Target | null {
  const id = idIn(body, "cloudId");
  const grant = id === null ? null : grantOn(actor, id);
  return grant && { kind: "cloud", id: grant.cloudId, cloudId: grant.cloudId, organizationId: actor.organizationId, name: grant.cloudName };
}

/** Of whichever organization: `decide` hides the others'. The path's word says which kind is meant. */
async function loadMember(params: Record<string, string>, env: Env): Promise<Target | null> {
  const id = firstId(params);
  const member = id === null ? null : await readMember(env.DIRECTORY, id);
  return member && ("account" in params ? member.actorKind === "api-account" : member.actorKind === "person") ? member : null;
}

async function loadById(params: Record<string, string>, read: (id: number) => Promise<Target | null>): Promise<Target | null> {
  const id = firstId(params);
  return id === null ? null : read(id);
}

async function loadAction(params: Record<string, string>, env: Env): Promise<Target | null> {
  const id = firstId(params);
  return id === null ? null : readActionTarget(env, id);
}

/** What the request itself names, found or not: a record made of it tells nobody what exists. Null: nothing. */
export function namedTarget(label: Label, params: Record<string, string>, body: unknown): { kind: TargetKind; id: number } | null {
  const kind = rowOf(label).target;
  const id = firstId(params) ?? (kind === "service" || kind === "cloud" ? idIn(body, `${kind}Id`) : null);
  return id === null ? null : { kind, id };
}

/** Where an act commits: with the owner of what it changes, or in the region of the zone or area that a creation names. Null: nowhere. */
export function placeOfAct(target: Target | null, params: Record<string, string>, body: unknown): Place | null {
  if (target?.kind === "service" && !("service" in params)) return regionInBody(body);
  if (target?.kind === "organization" && isRegion(params["region"] ?? "")) return params["region"] as Region;
  if (target?.kind === "organization" || target?.kind === "customer") return "DIRECTORY";
  return target && ["resource", "action", "service", "cloud", "member", "request", "own-cloud", "person"].includes(target.kind) && "id" in target
    ? placeOfId(target.id)
    : null;
}

function regionInBody(body: unknown): Region | null {
  const az = textIn(body, "az");
  if (az && isZone(az)) return regionOfZone(az);
  const area = textIn(body, "area");
  if (area && Object.hasOwn(areas, area)) return areas[area as Area].region;
  const region = textIn(body, "region");
  return region && isRegion(region) ? region : null;
}

function firstId(params: Record<string, string>): number | null {
  const [first] = Object.values(params);
  return first === undefined ? null : parseId(first);
}

function textIn(body: unknown, field: string): string | null {
  const value = body && typeof body === "object" ? (body as Record<string, unknown>)[field] : undefined;
  return typeof value === "string" ? value : null;
}

/** Existing clients send some ids as text. */
function idIn(body: unknown, field: string): number | null {
  const value = body && typeof body === "object" ? (body as Record<string, unknown>)[field] : undefined;
  return typeof value === "number" || typeof value === "string" ? parseId(String(value)) : null;
}
