/** What the gate promises whoever asks twice, asks for what is not theirs, or asks oddly. */
import { env, runInDurableObject } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import type { Action } from "../../worker/contract/shapes/common.ts";
import { organizationLog } from "../../worker/log/notify.ts";
import type { OrganizationLog } from "../../worker/log/organization-log.ts";
import { world, type Caller, type World } from "../world.ts";

let it: World;
beforeAll(async () => {
  it = await world(env);
});

const at = (id: number) => `/itcare/compute/instances/${id}`;
const serviceOf = (cloud: string) =>
  it.planted.services.find(({ cloudId }) => cloudId === it.planted.clouds.find(({ name }) => name === cloud)!.id)!.id;

/** The refusals that the log of somebody's organization counts at this moment, without waiting for their minute to end. */
async function refusalsOf(who: Caller): Promise<{ label: string; code: string; target: unknown }[]> {
  return runInDurableObject(organizationLog(env, who.organizationId), (_log: OrganizationLog, { storage }) =>
    storage.sql
      .exec<{ event: string }>("SELECT event FROM refusal ORDER BY first")
      .toArray()
      .map(({ event }) => JSON.parse(event) as { actor: { id: number }; label: string; code: string; target: unknown })
      .filter(({ actor }) => actor.id === who.id)
      .map(({ label, code, target }) => ({ label, code, target })),
  );
}

test("the log of a refusal does not tell either whether a stranger's thing exists", async () => {
  const foreignAction = (
    await (
      await it.boris.act(at((await it.addInstance({ organizationId: 2, cloud: "Borealis" })).id), { method: "PATCH", json: { operation: "stop" } })
    ).json<Action>()
  ).id;
  const absentAction = foreignAction + 1_000_000;
  const [foreignService, absentService] = [serviceOf("Borealis"), serviceOf("Borealis") + 1_000_000];
  const ask = {
    action: (id: number) => it.sybil.fetch(`/itcare/actions/${id}`, { method: "PATCH", json: { operation: "cancel" } }),
    service: (id: number) => it.sybil.fetch("/itcare/compute/instances", { method: "POST", json: { serviceId: id, az: "EB-HDS-A" } }),
  };
  for (const answer of [
    await ask.action(foreignAction),
    await ask.action(absentAction),
    await ask.service(foreignService),
    await ask.service(absentService),
  ])
    expect(answer.status).toBe(404);
  const told = await refusalsOf(it.sybil);
  const targets = (label: string) => told.filter((refusal) => refusal.label === label).map(({ target }) => target);
  expect(targets("cancel-action")).toEqual([foreignAction, absentAction].map((id) => ({ kind: "action", id })));
  expect(targets("create-instance")).toEqual([foreignService, absentService].map((id) => ({ kind: "service", id })));
});
