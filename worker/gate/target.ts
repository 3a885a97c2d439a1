/** What a request is about. Absent and foreign are told apart by nobody: `decide` answers both alike. */
import { rowOf, type Label, type TargetKind } from "../contract/actions.ts";
import type { Actor, Target } from "../contract/actor.ts";
import { parseId } from "../contract/ids.ts";
import { areas, isRegion, isZone, regionList, regionOfZone, type Area, type Region } from "../contract/topology.ts";
import { parseSnapshotName } from "../contract/snapshots.ts";
import type { Env } from "../env.ts";
import { readActionTarget } from "../../db/region/read/operations.ts";
import { isSnapshotOf } from "../../db/region/read/snapshots.ts";
import { databaseOf, isAway, regionOfId, readRegion } from "../routing/regions.ts";
import { readResourceTarget, readServiceTarget } from "../routing/targets.ts";

/** Null: there is no such thing, or it is of another kind than the row asks for. @throws Problem("region_unavailable") */
export async function loadTarget(label: Label, actor: Actor, params: Record<string, string>, body: unknown, env: Env): Promise<Target | null> {
  switch (rowOf(label).target) {
    case "none":
      return { kind: "none" };
    case "cloud":
      return { kind: "cloud" };
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
  return "snapshot" in params && !(await hasSnapshot(env, target.id, params["snapshot"]!)) ? null : target;
}

/** A snapshot of another instance is no snapshot here. */
async function hasSnapshot(env: Env, instanceId: number, name: string): Promise<boolean> {
  const id = parseSnapshotName(name, instanceId);
  return id !== null && (await readRegion(regionOfId(instanceId)!, () => isSnapshotOf(databaseOf(env, instanceId), id, instanceId)));
}

/** A Service is asked of the region where something is to be created in it, or, to read it, of any region that answers: all hold a copy. */
async function loadService(params: Record<string, string>, body: unknown, env: Env): Promise<Target | null> {
  const wanted = "service" in params ? parseId(params["service"]!) : idIn(body, "serviceId");
  if (wanted === null) return null;
  const region = regionInBody(body);
  if (region) return readServiceTarget(env, region, wanted);
  let away: unknown;
  for (const candidate of regionList) {
    try {
      return await readServiceTarget(env, candidate, wanted);
    } catch (error) {
      if (!isAway(error)) throw error;
      away = error;
    }
  }
  throw away;
}

async function loadAction(params: Record<string, string>, env: Env): Promise<Target | null> {
  const id = firstId(params);
  const region = id === null ? null : regionOfId(id);
  return region ? readRegion(region, () => readActionTarget(databaseOf(env, id!), id!)) : null;
}

/** What the request itself names, found or not: a record made of it tells nobody what exists. Null: nothing. */
export function namedTarget(label: Label, params: Record<string, string>, body: unknown): { kind: TargetKind; id: number } | null {
  const kind = rowOf(label).target;
  const id = firstId(params) ?? (kind === "service" ? idIn(body, "serviceId") : null);
  return id === null ? null : { kind, id };
}

/** The region that an act commits in: of the resource, or of the zone or area that a creation names. Null: none. */
export function regionOfAct(target: Target | null, body: unknown): Region | null {
  if (target?.kind === "resource" || target?.kind === "action") return regionOfId(target.id);
  return target?.kind === "service" ? regionInBody(body) : null;
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
