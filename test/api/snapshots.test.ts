/** Snapshots of instances over HTTP, down to what the zone's disks hold. */
import { env } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import { makeId, readId } from "../../worker/contract/ids.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { SnapshotItem } from "../../worker/contract/shapes/snapshots.ts";
import { DAY, MOST_SNAPSHOTS } from "../../worker/contract/snapshots.ts";
import { expireSnapshots } from "../../worker/zones/expire-snapshots.ts";
import { simulatedZone } from "../../worker/zones/simulated/engine.ts";
import { world, type Ask, type Person, type World } from "../world.ts";
import { count, ended, revisionOf, statusOf } from "./looking.ts";

let it: World;
beforeAll(async () => {
  it = await world(env);
});

const zone = () => simulatedZone(env, "EB-HDS-A");
const of = (id: number) => `/itcare/compute/instances/${id}/snapshots`;
const create = (json: object = {}): Ask => ({ method: "POST", json });
const recover: Ask = { method: "PATCH", json: { operation: "recover" } };
const remove: Ask = { method: "DELETE" };

interface Refused {
  errorCode: string;
  detail: string;
  challenge?: { operation: string };
}
const codeOf = async (response: Response) => `${response.status} ${(await response.clone().json<Refused>()).errorCode}`;
const list = async (who: Person, id: number) => (await who.fetch(of(id))).json<SnapshotItem[]>();

/** Signs, and waits until the zone has done it. */
async function done(who: Person, path: string, ask: Ask): Promise<Action> {
  const accepted = await who.act(path, ask);
  expect(accepted.status, await accepted.clone().text()).toBe(202);
  const action = await ended(who, (await accepted.json<Action>()).id);
  expect(action).toMatchObject({ status: "SUCCESS", message: null });
  return action;
}

async function snapshotOf(id: number, json: object = {}): Promise<SnapshotItem> {
  await done(it.mona, of(id), create(json));
  return (await list(it.mona, id))[0]!;
}

async function power(id: number, operation: "start" | "stop" | "reset"): Promise<void> {
  await it.odile.stepUp();
  const accepted = await it.odile.fetch(`/itcare/compute/instances/${id}`, { method: "PATCH", json: { operation } });
  await ended(it.odile, (await accepted.json<Action>()).id);
}

test("Mona keeps what the disks hold, they change, she recovers it, and they hold it again", async () => {
  const server = await it.addInstance({ status: "INACTIVE" });
  const none = await it.mona.fetch(of(server.id));
  expect([none.status, await none.text()]).toEqual([204, ""]);

  const action = await done(it.mona, of(server.id), create({ label: "before the upgrade", description: "schema 12", changeReference: "RFC_7" }));
  expect(action).toMatchObject({ process: "vm_create_snapshot", submittedBy: "Mona Petit", changeReference: "RFC_7" });
  const before = await zone().contents(server.id);
  const [made] = await list(it.stan, server.id);
  expect(made).toMatchObject({
    id: `${server.id}-snap-${readId(action.id)!.sequence}`,
    label: "before the upgrade",
    description: "schema 12",
    author: "Mona Petit",
    status: "ACTIVE",
    recoveryDate: null,
    changeReference: "RFC_7",
  });
  expect(Date.parse(made!.expirationDate) - Date.parse(made!.creationDate)).toBe(7 * DAY);
  const storage = await (
    await it.mona.fetch(`/itcare/compute/instances/${server.id}/storage`)
  ).json<{ fileSystems: { sizeOf: number; free: number }[] }>();
  expect(made!.size).toBe(storage.fileSystems.reduce((sum, { sizeOf, free }) => sum + sizeOf - free, 0));

  await power(server.id, "start");
  await power(server.id, "stop");
  expect(await zone().contents(server.id)).not.toEqual(before);
  expect(await done(it.mona, `${of(server.id)}/${made!.id}`, recover)).toMatchObject({ process: "vm_recover_snapshot" });
  expect(await zone().contents(server.id)).toEqual(before);
  expect(await statusOf(it.mona, server.id)).toBe("INACTIVE");
  const [recovered] = await list(it.mona, server.id);
  expect(recovered).toMatchObject({ id: made!.id, status: "ACTIVE", recoveryDate: expect.any(String) });

  expect(await done(it.mona, `${of(server.id)}/${made!.id}`, remove)).toMatchObject({ process: "vm_delete_snapshot" });
  expect((await it.mona.fetch(of(server.id))).status).toBe(204);
  expect(await zone().contents(server.id)).toEqual(before);
});

test("a running instance keeps running: the zone stops it, brings the disks back and starts it again", async () => {
  const server = await it.addInstance();
  const made = await snapshotOf(server.id);
  const before = await zone().contents(server.id);
  await power(server.id, "reset");
  const changed = await zone().contents(server.id);
  await done(it.mona, `${of(server.id)}/${made.id}`, recover);
  expect(await statusOf(it.mona, server.id)).toBe("ACTIVE");
  const after = await zone().contents(server.id);
  expect(after.slice(1)).toEqual(before.slice(1));
  expect(after[0]).not.toBe(changed[0]);
});

test("what is signed names the snapshot: a signature for one is not good for another", async () => {
  const server = await it.addInstance();
  const [one, other] = [await snapshotOf(server.id), await snapshotOf(server.id)];
  const refused = await it.mona.fetch(`${of(server.id)}/${one.id}`, remove);
  expect(await codeOf(refused)).toBe("401 SIGNATURE_REQUIRED");
  const { challenge } = await refused.clone().json<Refused>();
  expect(JSON.parse(challenge!.operation)).toMatchObject({
    label: "delete-snapshot",
    target: { kind: "resource", id: server.id },
    parameters: { snapshot: one.id },
  });
  const proof = { "itcare-proof": await it.mona.proofFor(refused) };
  expect(await codeOf(await it.mona.fetch(`${of(server.id)}/${other.id}`, { ...remove, headers: proof }))).toBe("401 PROOF_REJECTED");
  const accepted = await it.mona.fetch(`${of(server.id)}/${one.id}`, { ...remove, headers: proof });
  await ended(it.mona, (await accepted.json<Action>()).id);
  expect((await list(it.mona, server.id)).map(({ id }) => id)).toEqual([other.id]);

  const log = await it.mona.fetch(`/itcare/log?resourceId=${server.id}`);
  const { content } = await log.json<{ content: { event: { kind: string; label: string; parameters?: unknown } }[] }>();
  const accept = content.find(({ event }) => event.kind === "act-accepted" && event.label === "delete-snapshot")!;
  expect(accept.event.parameters).toEqual({ snapshot: one.id });
});

test("Stan sees them and is told what he lacks; foreign and absent are one answer", async () => {
  const [server, other] = [await it.addInstance(), await it.addInstance()];
  const made = await snapshotOf(server.id);
  const elsewhere = await snapshotOf(other.id);
  expect(await list(it.stan, server.id)).toHaveLength(1);
  for (const [path, ask] of [
    [of(server.id), create()],
    [`${of(server.id)}/${made.id}`, recover],
    [`${of(server.id)}/${made.id}`, remove],
  ] as const)
    expect(await codeOf(await it.stan.fetch(path, ask))).toBe("403 PROFILE_TOO_LOW");

  const absent = makeId({ region: 1, organization: 1, sequence: 4_000_000_000 });
  const bodies = await Promise.all(
    [
      it.boris.fetch(`${of(server.id)}/${made.id}`, remove),
      it.boris.fetch(`${of(absent)}/${absent}-snap-1`, remove),
      it.mona.fetch(`${of(server.id)}/${elsewhere.id}`, remove),
      it.mona.fetch(`${of(server.id)}/${server.id}-snap-${readId(absent)!.sequence}`, remove),
      it.mona.fetch(`${of(server.id)}/${server.id}-snap-99999999999`, remove),
      it.mona.fetch(`${of(server.id)}/4`, recover),
    ].map(async (response) => `${(await response).status} ${(await (await response).text()).replace(/"requestId":"[^"]+"/, "")}`),
  );
  expect(new Set(bodies).size).toBe(1);
  expect(bodies[0]).toMatch(/^404 /);
  expect((await it.boris.fetch(of(server.id))).status).toBe(404);
});

test("the eleventh is refused before anybody signs, with what would help; nobody keeps one longer than 30 days", async () => {
  const server = await it.addInstance();
  for (let n = 0; n < MOST_SNAPSHOTS; n++) await snapshotOf(server.id, { label: `n${n}` });
  const refused = await it.mona.fetch(of(server.id), create());
  expect(await codeOf(refused)).toBe("409 STATE_FORBIDS");
  expect((await refused.json<Refused>()).detail).toBe(`create-snapshot is not available: ${server.name} has 10 snapshots, and 10 is the most.`);
  expect(await codeOf(await it.mona.fetch(of(server.id), create({ lifetime: 31 })))).toBe("400 INVALID_FIELD_VALUE");
  expect(await codeOf(await it.mona.fetch(of(server.id), create({ colour: "red" })))).toBe("400 UNKNOWN_FIELD");
});

test("of two recoveries and a deletion at once exactly one happens, ten times over", { timeout: 60_000 }, async () => {
  const server = await it.addInstance();
  const before = await revisionOf(server.id);
  for (let round = 0; round < 10; round++) {
    const made = await snapshotOf(server.id);
    const path = `${of(server.id)}/${made.id}`;
    const asks = [
      [it.mona, recover],
      [it.odile, recover],
      [it.paul, remove],
    ] as const;
    const answers = await Promise.all(asks.map(([who, ask]) => who.act(path, ask)));
    const accepted = answers.filter(({ status }) => status === 202);
    expect(accepted, `round ${round}`).toHaveLength(1);
    for (const { status } of answers) expect([202, 404, 409, 412]).toContain(status);
    await ended(it.mona, (await accepted[0]!.json<Action>()).id);
    if ((await it.mona.fetch(of(server.id))).status === 200) await done(it.mona, path, remove);
  }
  expect(await count("snapshot", `resource_id = ${server.id}`)).toBe(0);
  expect(await revisionOf(server.id)).toBe(before + (await count("operation", `resource_id = ${server.id}`)));
});

test("the same idempotency key gets the first answer and makes one snapshot; a dry run makes none", async () => {
  const server = await it.addInstance();
  const ask = { ...create({ label: "once" }), headers: { "idempotency-key": "one-snapshot" } };
  const first = await it.mona.act(of(server.id), ask);
  const again = await it.mona.fetch(of(server.id), ask);
  expect([again.status, again.headers.get("idempotency-replayed"), await again.text()]).toEqual([202, "true", await first.clone().text()]);
  await ended(it.mona, (await first.json<Action>()).id);
  const dry = await it.mona.fetch(of(server.id), { ...create(), headers: { "itcare-dryrun": "true" } });
  expect([dry.status, dry.headers.get("itcare-dryrun")]).toEqual([202, "true"]);
  expect(await list(it.mona, server.id)).toHaveLength(1);
});

test("one whose time is over goes by itself: the zone gives it up, and the log says so", async () => {
  const server = await it.addInstance();
  const [short, long] = [await snapshotOf(server.id, { lifetime: 1 }), await snapshotOf(server.id, { lifetime: 30 })];
  await expireSnapshots(env, "EB", Date.now() + DAY / 2);
  expect(await list(it.mona, server.id)).toHaveLength(2);
  await expireSnapshots(env, "EB", Date.parse(short.expirationDate));
  const [newest] = await (await it.mona.fetch(`/itcare/actions?resourceId=${server.id}`)).json<Action[]>();
  expect(await ended(it.mona, newest!.id)).toMatchObject({ status: "SUCCESS", process: "vm_delete_snapshot", submittedBy: "ITCare" });
  expect((await list(it.mona, server.id)).map(({ id }) => id)).toEqual([long.id]);
  const log = await it.mona.fetch(`/itcare/log?resourceId=${server.id}`);
  const { content } = await log.json<{ content: { event: object }[] }>();
  expect(content[0]!.event).toMatchObject({ kind: "act-ended", label: "delete-snapshot", status: "SUCCESS", message: "Its time was over." });
});

test("a snapshot is an act that the instance offers, and goes with the instance", async () => {
  const server = await it.addInstance({ status: "INACTIVE" });
  await snapshotOf(server.id);
  const read = await (await it.mona.fetch(`/itcare/compute/instances/${server.id}`)).json<{ availableActions: { label: string }[] }>();
  expect(read.availableActions).toContainEqual({ operation: "create_snapshot", label: "create-snapshot", available: true, unavailabilityCauses: [] });
  const deleted = await it.paul.act(`/itcare/compute/instances/${server.id}`, { method: "DELETE" });
  await ended(it.paul, (await deleted.json<Action>()).id);
  expect(await count("snapshot", `resource_id = ${server.id}`)).toBe(0);
});
