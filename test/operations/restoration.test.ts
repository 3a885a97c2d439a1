/** A region that was brought back to an earlier moment: held, told apart from what the log and the zones know, decided about, open again. */
import { env } from "cloudflare:test";
import { beforeAll, expect, test, vi } from "vitest";
import { commit } from "../../db/commit.ts";
import { markRestored } from "../../db/region/write/restoration.ts";
import type { LogExport } from "../../worker/contract/log-entry.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { Restoration } from "../../worker/contract/shapes/restorations.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { notifyLog } from "../../worker/log/notify.ts";
import { openWhatIsUntouched } from "../../worker/restoration/open.ts";
import { world, type Ask, type Person, type World } from "../world.ts";

let it: World;
const eb = env.REGION_EB;
const stopped = { id: 0 };
const deleted = { id: 0 };
const lost = { id: 0 };
const added = { id: 0, name: "made-after", ip: "" };
const before = { outbox: 0, sequence: 0 };

const codeOf = async (response: Response) => `${response.status} ${(await response.clone().json<{ errorCode: string }>()).errorCode}`;
const one = async <Row>(query: string, ...values: unknown[]) =>
  eb
    .prepare(query)
    .bind(...values)
    .first<Row>();
const path = "/itcare/organization/restorations/EB";
const settle = (facts: string, except: number[] = []): Ask => ({ method: "PATCH", json: { operation: "settle", options: { facts, except } } });

async function done(who: Person, at: string, ask: Ask): Promise<Action> {
  await who.stepUp();
  const first = await who.fetch(at, ask);
  const answer = first.status === 401 ? await who.sign(first) : first;
  expect(answer.status, await answer.clone().text()).toBe(202);
  const { id } = await answer.json<Action>();
  return vi.waitFor(
    async () => {
      const action = await (await who.fetch(`/itcare/actions/${id}`)).json<Action>();
      expect(action.status).toBe("SUCCESS");
      return action;
    },
    { timeout: 20_000, interval: 50 },
  );
}

const creation = (name: string): Ask => ({
  method: "POST",
  json: {
    name,
    serviceId: it.planted.services.find(({ cloudId }) => cloudId === it.instances.EB.ACTIVE.TEST.cloudId)!.id,
    productCode: "debian13",
    resourceId: "2cpu4gb",
    az: "EB-HDS-A",
    environment: "TEST",
    tags: [{ key: "made", value: "after" }],
  },
});

/** What happens in EB, and then its facts as they were before: what a restore leaves. */
beforeAll(async () => {
  it = await world(env);
  const [a, c, d] = [await it.addInstance({}), await it.addInstance({ status: "INACTIVE" }), await it.addInstance({ status: "INACTIVE" })];
  Object.assign(stopped, { id: a.id });
  Object.assign(deleted, { id: c.id });
  Object.assign(lost, { id: d.id });
  const rows = await eb.prepare("SELECT * FROM resource WHERE id IN (?, ?)").bind(c.id, d.id).all<Record<string, unknown>>();
  before.outbox = (await one<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'"))!.seq;
  before.sequence = (await one<{ next: number }>("SELECT next FROM sequence WHERE organization_id = 1"))!.next;
  const at = Date.now();
  await done(it.odile, `/itcare/compute/instances/${a.id}`, { method: "PATCH", json: { operation: "stop" } });
  added.id = (await done(it.paul, "/itcare/compute/instances", creation(added.name))).resourceId;
  added.ip = JSON.parse((await one<{ attributes: string }>("SELECT attributes FROM resource WHERE id = ?", added.id))!.attributes).ipAddress;
  for (const { id } of [c, d]) await done(it.paul, `/itcare/compute/instances/${id}`, { method: "DELETE" });
  await notifyLog(env, 1);
  await eb.batch([
    eb.prepare("UPDATE resource SET status = 1 WHERE id = ?").bind(a.id),
    eb.prepare("DELETE FROM resource_tag WHERE resource_id = ?").bind(added.id),
    eb.prepare("DELETE FROM resource WHERE id = ?").bind(added.id),
    ...rows.results.map((row) =>
      eb
        .prepare(
          `INSERT INTO resource (${Object.keys(row).join(", ")}) VALUES (${Object.keys(row)
            .map(() => "?")
            .join(", ")})`,
        )
        .bind(...Object.values(row)),
    ),
    eb.prepare("DELETE FROM operation WHERE created >= ?").bind(at),
    eb.prepare("UPDATE sequence SET next = ? WHERE organization_id = 1").bind(before.sequence),
    eb.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'outbox'").bind(before.outbox),
  ]);
  await commit(eb, markRestored({ point: at, now: Date.now() }, [1, 2, 3], null));
}, 120_000);

test("Asclepia reads its restored facts, and nothing is changed by anybody before somebody has decided", async () => {
  expect(await (await it.odile.fetch(`/itcare/compute/instances/${stopped.id}`)).json()).toMatchObject({ status: "ACTIVE" });
  const stop: Ask = { method: "PATCH", json: { operation: "stop" } };
  await it.odile.stepUp();
  const refused = await it.odile.fetch(`/itcare/compute/instances/${stopped.id}`, stop);
  expect(await codeOf(refused)).toBe("503 REGION_RESTORED");
  expect(await refused.json()).toMatchObject({ region: "EB", change: expect.stringContaining("security representative") });
  // Before anybody signs.
  expect(await codeOf(await it.paul.fetch("/itcare/compute/instances", creation("later")))).toBe("503 REGION_RESTORED");
  // The other region knows nothing of it.
  const elsewhere = await it.odile.fetch(`/itcare/compute/instances/${it.instances.ET.ACTIVE.TEST.id}`, {
    ...stop,
    headers: { "itcare-dryrun": "true" },
  });
  expect(elsewhere.status).toBe(202);
});

test("of whom the log knows nothing more, nobody has to decide: Borealis goes on, Asclepia does not", async () => {
  await openWhatIsUntouched(env, "EB");
  expect(await one("SELECT group_concat(organization_id) AS held FROM restoration")).toEqual({ held: "1" });
});

test("what is known more is shown: who did what, what the facts say and what is there; nothing of it is replayed", async () => {
  const { content } = await (await it.sybil.fetch("/itcare/organization/restorations")).json<{ content: Restoration[] }>();
  expect(content.map(({ region }) => region)).toEqual(["EB"]);
  const items = new Map(content[0]!.items.map((item) => [item.id, item]));
  expect([...items.keys()].sort()).toEqual([stopped.id, deleted.id, lost.id, added.id].sort());
  expect(items.get(stopped.id)).toMatchObject({
    difference: "changed",
    restored: { status: "ACTIVE" },
    actual: { status: "INACTIVE" },
    known: [{ label: "stop-instance", by: { name: "Odile Renaud" }, outcome: "SUCCESS" }],
  });
  expect(items.get(added.id)).toMatchObject({ difference: "added", name: added.name, restored: null, known: [{ label: "create-instance" }] });
  expect(items.get(deleted.id)).toMatchObject({ difference: "removed", actual: null, known: [{ label: "delete-instance" }] });
  expect(await (await it.bea.fetch("/itcare/organization/restorations")).json()).toMatchObject({ content: [] });
  expect(await codeOf(await it.paul.fetch("/itcare/organization/restorations"))).toBe("403 DUTY_REQUIRED");
});

test("Sybil decides, signed: what is there is taken over, one loss is accepted, and the region is open again", async () => {
  const stranger = await it.sybil.fetch(path, settle("actual", [it.foreign.id]));
  expect(await codeOf(stranger)).toBe("400 INVALID_FIELD_VALUE");
  const [first, twin] = [await it.sybil.fetch(path, settle("actual", [lost.id])), await it.sybil.fetch(path, settle("restored"))];
  const answer = await it.sybil.sign(first);
  expect(answer.status, await answer.clone().text()).toBe(200);
  expect(await answer.json()).toMatchObject({ region: "EB", restored: [lost.id] });
  expect(await codeOf(await it.sybil.sign(twin))).toBe("409 STATE_FORBIDS");
  const seen = async (id: number) => (await it.odile.fetch(`/itcare/compute/instances/${id}`)).json<Record<string, unknown>>();
  expect(await seen(stopped.id)).toMatchObject({ status: "INACTIVE" });
  expect(await seen(added.id)).toMatchObject({ name: added.name, status: "ACTIVE", ipAddress: added.ip, environment: "TEST" });
  expect((await it.odile.fetch(`/itcare/compute/instances/${deleted.id}`)).status).toBe(404);
  expect(await seen(lost.id)).toMatchObject({ status: "INACTIVE" });
  expect(await (await it.odile.fetch("/itcare/compute/instances?tags=made:after")).json()).toMatchObject({ totalElements: 1 });
});

test("what was given out before is never given again: ids, numbers of the outbox, and the log tells each event once", async () => {
  await done(it.odile, `/itcare/compute/instances/${stopped.id}`, { method: "PATCH", json: { operation: "start" } });
  const { resourceId } = await done(it.paul, "/itcare/compute/instances", creation("made-later"));
  expect(resourceId).toBeGreaterThan(added.id + 1_000);
  await notifyLog(env, 1);
  const log = await (await it.sybil.fetch("/itcare/log/export")).json<LogExport>();
  expect(await verifyExport(log)).toMatchObject({ valid: true, reason: null });
  const numbers = log.entries.flatMap(({ source }) => (source.database === "REGION_EB" ? [source.number] : []));
  expect(new Set(numbers).size).toBe(numbers.length);
  const decided = log.entries.find(({ event }) => "label" in event && event.label === "settle-restoration")!;
  expect(decided.event).toMatchObject({ proof: "signature", parameters: { region: "EB", restored: [lost.id] } });
  expect(decided.source.number).toBeGreaterThan(before.outbox + 1_000_000);
});
