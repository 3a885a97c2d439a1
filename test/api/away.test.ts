/** A region that is away takes nobody else with it. */
import { env } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import type { Action } from "../../worker/contract/shapes/common.ts";
import { withoutDirectory, withoutRegion } from "../away.ts";
import { world, type World } from "../world.ts";
import { ended } from "./looking.ts";

let it: World;
const away = withoutRegion(env, "ET");
beforeAll(async () => {
  it = await world(env);
});

test("with Toulouse away, Odile signs in this session, stops a server in Paris and reads the log", async () => {
  const server = await it.addInstance({ environment: "PRODUCTION" });
  const path = `/itcare/compute/instances/${server.id}`;
  const accepted = await it.odile.act(path, { method: "PATCH", json: { operation: "stop" }, env: away });
  expect(accepted.status).toBe(202);
  await ended(it.odile, (await accepted.json<Action>()).id);
  expect((await it.odile.fetch(path, { env: away })).status).toBe(200);
  expect((await it.odile.fetch("/itcare/log", { env: away })).status).toBe(200);
  expect((await it.odile.fetch("/itcare/me", { env: away })).status).toBe(200);
  expect((await it.odile.fetch("/itcare/topology", { env: away })).status).toBe(200);
});

test("what lives in Toulouse answers honestly, and says when to come back", async () => {
  for (const ask of [{}, { method: "PATCH", json: { operation: "stop" } }]) {
    const response = await it.odile.fetch(`/itcare/compute/instances/${it.instances.ET.ACTIVE.TEST.id}`, { ...ask, env: away });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(await response.json()).toMatchObject({ errorCode: "REGION_UNAVAILABLE", region: "ET", retry: true });
  }
});

test("a list that is not whole says so to a person, and is no list to a program", async () => {
  const partial = await (
    await it.odile.fetch("/itcare/compute/resources?size=200", { env: away })
  ).json<{ partial: boolean; missingRegions: string[]; content: unknown[] }>();
  expect(partial).toMatchObject({ partial: true, missingRegions: ["ET"] });
  expect(partial.content.length).toBeGreaterThan(0);
  expect((await it.reader.fetch("/itcare/compute/resources", { env: away })).status).toBe(503);
  expect((await it.reader.fetch("/itcare/compute/resources?regions=EB", { env: away })).status).toBe(200);
});

test("with the directory away nobody is let in, and everybody is told to come back", async () => {
  const lost = withoutDirectory(env);
  for (const path of ["/itcare/compute/resources", "/itcare/me"]) {
    const response = await it.odile.fetch(path, { env: lost });
    expect([response.status, (await response.json<{ errorCode: string }>()).errorCode]).toEqual([503, "UNAVAILABLE"]);
  }
  const signIn = await it.odile.fetch("/auth/session", {
    method: "POST",
    json: { email: it.odile.email, password: "irrelevant to the answer" },
    env: lost,
  });
  expect(signIn.status).toBe(503);
  expect((await it.nobody.fetch("/itcare/health", { env: lost })).status).toBe(200);
});
