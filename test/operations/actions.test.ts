/** Actions as the API gives them: listed, read, cancelled. */
import { env } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { readOperation } from "../../db/region/read/operations.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import { action } from "../../worker/contract/shapes/common.ts";
import { simulatedZone } from "../../worker/zones/simulated/engine.ts";
import { wakeZone } from "../../worker/zones/wake.ts";
import { withoutRegion } from "../away.ts";
import { world, type Ask, type Caller, type World } from "../world.ts";
import { ended, eventsOf, open, resourceState } from "./opening.ts";

let people: World;
beforeAll(async () => {
  people = await world(env);
  // Cancelling asks for the key in this session; what a signature does to it stands with the signed acts.
  await Promise.all([people.odile.stepUp(), people.paul.stepUp()]);
});

async function list(who: Caller, query = "", ask: Ask = {}): Promise<Action[]> {
  const response = await who.fetch(`/itcare/actions${query}`, ask);
  expect(response.status).toBe(200);
  return (await response.json()) as Action[];
}

const cancelling = { method: "PATCH", json: { operation: "cancel" } };

describe("the list", () => {
  test("is a bare array, newest first, over both regions, in the API's own form", async () => {
    const [near, far] = [await people.addInstance({ zone: "EB-HDS-A" }), await people.addInstance({ zone: "ET-HDS-A" })];
    const first = await open(env, "stop-instance", near, { actor: people.odile });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await open(env, "stop-instance", far, { actor: people.odile });
    const found = await list(people.stan);
    expect(found.slice(0, 2).map(({ id }) => id)).toEqual([second, first]);
    expect(action.parse(found[0])).toMatchObject({
      process: "vm_stop",
      family: "DEBIAN",
      resourceType: "INSTANCE",
      status: "IN_PROGRESS",
      resourceName: far.name,
      resourceId: far.id,
      submittedBy: "Odile Renaud",
      completedAt: null,
      cancellable: true,
    });
    expect(await list(people.boris)).toEqual([]);
    expect((await list(people.rita, `?resourceId=${near.id}`)).map(({ id }) => id)).toEqual([]);
  });

  test("is filtered by resource, name, Service, status, id and number", async () => {
    const instance = await people.addInstance();
    const other = await people.addInstance();
    const stop = await open(env, "stop-instance", instance, { actor: people.odile });
    const reset = await open(env, "reset-instance", other, { actor: people.stan });
    await wakeZone(env, "EB-HDS-A");
    await Promise.all([ended(env, stop), ended(env, reset)]);
    const ids = async (query: string) => (await list(people.odile, query)).map(({ id }) => id);
    expect(await ids(`?resourceId=${instance.id}`)).toEqual([stop]);
    expect(await ids(`?resourceName=${instance.name.toUpperCase()}`)).toEqual([stop]);
    expect(await ids(`?resourceId=${other.id}&statuses=SUCCESS`)).toEqual([]);
    expect(await ids(`?resourceId=${other.id}&statuses=SUCCESS,ERROR`)).toEqual([reset]);
    expect(await ids(`?requestId=${stop}`)).toEqual([stop]);
    expect(await ids(`?serviceId=${instance.service.id}&size=1`)).toHaveLength(1);
    expect((await people.odile.fetch("/itcare/actions?statuses=DONE")).status).toBe(400);
    expect((await people.odile.fetch("/itcare/actions?state=DONE")).status).toBe(400);
  });

  test("names a region that is away to whoever asks for a part, and is a 503 to the others", async () => {
    const away = withoutRegion(env, "ET");
    const refused = await people.stan.fetch("/itcare/actions", { env: away });
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ errorCode: "REGION_UNAVAILABLE", region: "ET" });
    const partial = await people.stan.fetch("/itcare/actions?partial=true", { env: away });
    expect(partial.status).toBe(200);
    expect(partial.headers.get("itcare-missing-regions")).toBe("ET");
    const { id } = people.instances.EB.ACTIVE.TEST;
    expect((await people.stan.fetch(`/itcare/actions?resourceId=${id}`, { env: away })).status).toBe(200);
  });
});

test("one action is read by whoever sees the resource; what is absent and what is others' look alike", async () => {
  const id = await open(env, "stop-instance", await people.addInstance(), { actor: people.odile });
  const seen = await people.stan.fetch(`/itcare/actions/${id}`);
  expect(seen.status).toBe(200);
  expect(action.parse(await seen.json())).toMatchObject({ id, process: "vm_stop" });
  const [foreign, absent] = [await people.boris.fetch(`/itcare/actions/${id}`), await people.stan.fetch(`/itcare/actions/${people.absent}`)];
  expect([foreign.status, absent.status]).toEqual([404, 404]);
});

describe("a cancellation", () => {
  test("before the first step: ERROR, the instance as it was, two events, and the zone never hears of it", async () => {
    const instance = await people.addInstance();
    const id = await open(env, "stop-instance", instance, { actor: people.odile });
    const dry = await people.odile.fetch(`/itcare/actions/${id}`, { ...cancelling, headers: { "itcare-dryrun": "true" } });
    expect(dry.status).toBe(202);
    expect((await readOperation(env.REGION_EB, id))!.status).toBe(0);
    const response = await people.odile.fetch(`/itcare/actions/${id}`, cancelling);
    expect(response.status).toBe(202);
    expect(action.parse(await response.json())).toMatchObject({ id, status: "ERROR", message: "Cancelled by Odile Renaud.", cancellable: false });
    expect(await resourceState(env, instance.id)).toMatchObject({ status: 1, open_operation: null, open_label: null });
    await wakeZone(env, "EB-HDS-A");
    expect(await simulatedZone(env, "EB-HDS-A").effects(instance.id)).toEqual([]);
    expect(await eventsOf(env, instance)).toMatchObject([
      { kind: "act-ended", status: "ERROR", message: "Cancelled before its first step.", operationId: id },
    ]);
    const again = await people.odile.fetch(`/itcare/actions/${id}`, cancelling);
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ errorCode: "ALREADY_STARTED" });
  });

  test("of a creation leaves nothing behind", async () => {
    const instance = await people.addInstance({ status: "PREPARATION", tags: [{ key: "a", value: "b" }] });
    const id = await open(env, "create-instance", instance, { actor: people.paul });
    expect((await people.paul.fetch(`/itcare/actions/${id}`, cancelling)).status).toBe(202);
    expect(await resourceState(env, instance.id)).toBeNull();
  });

  test("is for whoever may ask for the act itself", async () => {
    const instance = await people.addInstance({ status: "INACTIVE" });
    const id = await open(env, "delete-instance", instance, { actor: people.paul });
    const refused = await people.odile.fetch(`/itcare/actions/${id}`, cancelling);
    expect(refused.status).toBe(403);
    expect(((await refused.json()) as { detail: string }).detail).toContain("needs the profile POW");
    expect((await people.boris.fetch(`/itcare/actions/${id}`, cancelling)).status).toBe(404);
    expect((await people.paul.fetch(`/itcare/actions/${id}`, cancelling)).status).toBe(202);
  });

  test("asked twice with one Idempotency-Key gets one answer", async () => {
    const id = await open(env, "stop-instance", await people.addInstance(), { actor: people.odile });
    const keyed = { ...cancelling, headers: { "idempotency-key": `cancel-${id}` } };
    const [first, second] = [await people.odile.fetch(`/itcare/actions/${id}`, keyed), await people.odile.fetch(`/itcare/actions/${id}`, keyed)];
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(await second.json()).toEqual(await first.json());
  });
});
