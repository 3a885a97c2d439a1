/**
 * What an organization's log and the zones know more than the facts that were restored: resource by resource, who asked for what since, what the facts say and
 * what is really there. Reads only; nothing of it is ever replayed.
 */
import { readOwnNames, readRestored, readUnderWay, type Restoration, type RestoredResource } from "../../db/region/read/restoration.ts";
import { readName } from "../../db/directory/read/names.ts";
import type { Label } from "../contract/actions.ts";
import { makeId, readId } from "../contract/ids.ts";
import type { ActAccepted, LogEntry } from "../contract/log-entry.ts";
import type { Observed, ObservedInstance, ObservedBalancer } from "../contract/observed.ts";
import { families, familyOfCode, statusOfCode, type Status } from "../contract/resource-types.ts";
import { areas, isZone, regions, zoneList, zoneOfCode, zones, type Region, type Zone } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { organizationLog } from "../log/notify.ts";
import { readRegion, regionDatabase } from "../routing/regions.ts";
import { engineFor } from "../zones/engines.ts";
import { EngineUnreachable } from "../zones/engine.ts";

export interface Known {
  at: string;
  label: Label;
  /** The id of who asked. */
  by: number;
  operationId: number | null;
  parameters: ActAccepted["parameters"];
  environment: ActAccepted["environment"];
  cloudId: number | null;
  serviceId: number | null;
  outcome: "SUCCESS" | "ERROR" | "UNKNOWN";
}

export interface State {
  status: Status;
  aliases: string[];
  snapshots: number[];
}

export interface Item {
  id: number;
  name: string;
  /** `added`: there, and not in the facts. `removed`: in the facts, and not there. `unknown`: its zone does not answer. */
  difference: "added" | "removed" | "changed" | "none" | "unknown";
  known: Known[];
  restored: RestoredResource | null;
  actual: ObservedInstance | ObservedBalancer | null;
  facts: State | null;
  there: State | null;
  zone: Zone | null;
  /** What cannot be taken over from what is there, and has to be asked for again by whoever wants it. */
  askAgain: Label[];
}

export interface Survey {
  restoration: Restoration;
  items: Item[];
  names: Record<string, string>;
  underWay: { id: number; resourceId: number; label: string }[];
  /** Names that another has by now. */
  lostNames: { book: "alias" | "host"; name: string; holder: number }[];
  /** The greatest sequence number of an id of the organization in this region that the log has seen. */
  highest: number;
}

const AT_ONCE = 10;
const PAGE = 1_000;

/** What zones do not know: nobody but the log tells that it was asked for. */
const notInZones: readonly Label[] = [
  "update-tags",
  "move-resource",
  "update-resource",
  "add-member-lb",
  "delete-member-lb",
  "update-member-state",
  "add-url-lb",
  "delete-url-lb",
];

export async function survey(env: Env, region: Region, restoration: Restoration): Promise<Survey> {
  const { organizationId } = restoration;
  const database = regionDatabase(env, region);
  const [first, last] = idsOf(region, organizationId);
  const { entries, names } = await readBeyond(env, region, restoration);
  const known = knownOf(entries, region);
  const underWay = await readRegion(region, () => readUnderWay(database, first, last));
  const ids = [...new Set([...known.keys(), ...underWay.map(({ resourceId }) => resourceId)])].filter(
    (id) => readId(id)?.region === regions[region].code,
  );
  const restored = new Map((await readRegion(region, () => readRestored(database, ids))).map((row) => [row.id, row]));
  const items: Item[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE)
    items.push(
      ...(await Promise.all(ids.slice(at, at + AT_ONCE).map((id) => itemOf(env, region, id, restored.get(id) ?? null, known.get(id) ?? [], names)))),
    );
  const own = await readRegion(region, () => readOwnNames(database, first, last));
  const lostNames: Survey["lostNames"] = [];
  for (const one of own) {
    const row = await readName(env.DIRECTORY, one.book, one.name);
    if (row && row.holder !== one.holder) lostNames.push(one);
  }
  const seen = entries.flatMap(({ event }) => ("operationId" in event && event.operationId !== null ? [event.operationId] : []));
  const highest = Math.max(0, ...[...ids, ...seen].filter((id) => id >= first && id <= last).map((id) => readId(id)!.sequence));
  return { restoration, items: items.filter(isToBeTold), names, underWay, lostNames, highest };
}

/** What came and went, or was done and undone, needs no decision. */
function isToBeTold({ difference, askAgain }: Item): boolean {
  return difference !== "none" || askAgain.length > 0;
}

export function idsOf(region: Region, organization: number): [number, number] {
  const code = regions[region].code;
  return [makeId({ region: code, organization, sequence: 0 }), makeId({ region: code, organization, sequence: 2 ** 32 - 1 })];
}

async function readBeyond(
  env: Env,
  region: Region,
  { organizationId, outbox }: Restoration,
): Promise<{ entries: LogEntry[]; names: Record<string, string> }> {
  const log = organizationLog(env, organizationId);
  // What was still on its way is told first.
  await log.deliver();
  const entries: LogEntry[] = [];
  const names: Record<string, string> = {};
  for (let after = 0; ;) {
    const page = await log.readBeyond(`REGION_${region}`, outbox, after, PAGE);
    entries.push(...page.entries.map((text) => JSON.parse(text) as LogEntry));
    Object.assign(names, page.names);
    if (page.entries.length < PAGE) return { entries, names };
    after = entries.at(-1)!.sequence;
  }
}

/** By resource: what was asked for since, and how it ended. */
function knownOf(entries: readonly LogEntry[], region: Region): Map<number, Known[]> {
  const known = new Map<number, Known[]>();
  const byOperation = new Map<number, Known>();
  for (const { event } of entries) {
    if (event.kind === "act-accepted") {
      const about = event.created?.kind === "resource" ? event.created.id : event.target.kind === "resource" ? event.target.id : null;
      if (about === null || readId(about)?.region !== regions[region].code) continue;
      const { at, label, operationId, parameters, environment, cloudId } = event;
      const serviceId = event.target.kind === "service" ? event.target.id : null;
      const one: Known = { at, label, by: event.actor.id, operationId, parameters, environment, cloudId, serviceId, outcome: "UNKNOWN" };
      known.set(about, [...(known.get(about) ?? []), one]);
      if (operationId !== null) byOperation.set(operationId, one);
    } else if (event.kind === "act-ended") {
      const asked = byOperation.get(event.operationId);
      if (asked) asked.outcome = event.status;
      else if (event.target.kind === "resource" && !known.has(event.target.id)) known.set(event.target.id, []);
    }
  }
  return known;
}

async function itemOf(
  env: Env,
  region: Region,
  id: number,
  restored: RestoredResource | null,
  known: Known[],
  names: Readonly<Record<string, string>>,
): Promise<Item> {
  const isBalancer = restored ? restored.type === families.LOAD_BALANCER.code : known.some(({ label }) => label === "create-lb");
  const zone = restored ? zoneOfCode(restored.zone) : zoneIn(known);
  const base = { id, name: restored?.name ?? names[id] ?? String(id), known, restored, zone };
  const asked = [...new Set(known.filter(({ outcome }) => outcome !== "ERROR").map(({ label }) => label))].filter((label) =>
    notInZones.includes(label),
  );
  const facts = restored && {
    status: statusOfCode(restored.status),
    aliases: JSON.parse(restored.aliases) as string[],
    snapshots: JSON.parse(restored.snapshots) as number[],
  };
  const isInstance = !isBalancer && (restored ? families[familyOfCode(restored.type)].category === "INSTANCE" : true);
  if (!isBalancer && !isInstance) return { ...base, difference: "none", actual: null, facts, there: facts, askAgain: asked };
  try {
    const place = isBalancer ? region : zone;
    const actual = place ? await engineFor(env, place).observe(id, isBalancer ? "balancer" : "instance") : null;
    const records = await engineFor(env, region).observe(id, "records");
    const seen = actual && actual.kind !== "records" ? actual : null;
    const there = seen && stateOf(seen, records);
    const difference = differenceOf(facts, there, restored?.openOperation !== null && restored !== null);
    // Of what is gone nothing has to be asked again; what is new and no instance cannot be taken over at all.
    const added = difference === "added" && isBalancer ? (["create-lb"] as Label[]) : [];
    return { ...base, difference, actual: seen, facts, there, askAgain: difference === "removed" ? [] : [...added, ...asked] };
  } catch (error) {
    if (!(error instanceof EngineUnreachable)) throw error;
    return { ...base, difference: "unknown", actual: null, facts, there: null, askAgain: asked };
  }
}

function stateOf(seen: ObservedInstance | ObservedBalancer, records: Observed | null): State {
  const on = seen.kind === "instance" ? seen.power === "on" : seen.enabled;
  return {
    status: on ? "ACTIVE" : "INACTIVE",
    aliases: records?.kind === "records" ? records.records.map(({ name }) => name).sort() : [],
    snapshots: seen.kind === "instance" ? seen.snapshots.map(({ id }) => id).sort((left, right) => left - right) : [],
  };
}

function differenceOf(facts: State | null, there: State | null, underWay: boolean): Item["difference"] {
  if (!facts) return there ? "added" : "none";
  if (!there) return "removed";
  return underWay || JSON.stringify(facts) !== JSON.stringify(there) ? "changed" : "none";
}

/** Where a creation was asked for, as its request says it. */
function zoneIn(known: readonly Known[]): Zone | null {
  const { az, area } = (known.find(({ label }) => label === "create-instance")?.parameters ?? {}) as { az?: string; area?: string };
  if (az && isZone(az)) return az;
  return area && Object.hasOwn(areas, area) ? (zoneList.find((zone) => zones[zone].area === area) ?? null) : null;
}
