import { createExecutionContext, env, runInDurableObject, waitOnExecutionContext } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import type { Env } from "../../worker/env.ts";
import { organizationLog } from "../../worker/log/notify.ts";
import { app } from "../../worker/app.ts";
import { measure } from "../measure.ts";
import { world, type Ask, type Caller, type World } from "../world.ts";
import { account, basic, tokenEndpoint } from "./token-server.ts";

let it: World;
beforeAll(async () => {
  it = await world(env);
});

/** Three at once, and one more every minute. */
const few = "q=3;w=180";
const limited = (text: string, further: Partial<Env> = {}): Env => ({ ...env, RATE_LIMITS: text, ...further });
const read = (who: Caller, setting: Env, ask: Ask = {}) => who.fetch("/itcare/me", { ...ask, env: setting });

async function statuses(times: number, ask: () => Promise<Response>): Promise<number[]> {
  const answers: number[] = [];
  for (let i = 0; i < times; i++) answers.push((await ask()).status);
  return answers;
}

test("every answer to somebody tells the limits; the one too many is 429, says when to come back, and keeps out nobody else", async () => {
  const setting = limited(`"account-reads";${few}`);
  const first = await read(it.stan, setting);
  expect(first.headers.get("ratelimit-policy")).toBe('"account-reads";q=3;w=180, "organization-reads";q=1000;w=10');
  expect(first.headers.get("ratelimit")).toBe('"account-reads";r=2;t=60, "organization-reads";r=999;t=1');
  const absent = await it.stan.fetch(`/itcare/compute/resources/${it.absent}`, { env: setting });
  expect([absent.status, absent.headers.get("ratelimit")!.slice(0, 20)], "a refusal tells them too").toEqual([404, '"account-reads";r=1;']);
  expect((await read(it.stan, setting)).status).toBe(200);

  const refused = await read(it.stan, setting);
  expect([refused.status, refused.headers.get("content-type"), refused.headers.get("retry-after")]).toEqual([429, "application/problem+json", "60"]);
  expect(refused.headers.get("ratelimit")).toContain('"account-reads";r=0;t=180');
  expect(await refused.json()).toMatchObject({
    errorCode: "RATE_LIMITED",
    change: "Repeat the request in 60 seconds; RateLimit says how many are left.",
    "violated-policies": ["account-reads"],
  });
  expect((await read(it.odile, setting)).status, "a colleague").toBe(200);
  const write = await it.stan.fetch("/itcare/me/sessions", { method: "DELETE", env: setting, headers: { "itcare-dryrun": "true" } });
  expect([write.status, write.headers.get("ratelimit-policy")], "what changes something has limits of its own").toEqual([
    204,
    '"account-writes";q=60;w=30, "organization-writes";q=200;w=10',
  ]);
  expect((await it.nobody.fetch("/itcare/health", { env: setting })).headers.has("ratelimit"), "nobody is counted").toBe(false);
  expect((await read(it.sybil, limited("off"))).headers.has("ratelimit")).toBe(false);
});

test("an organization's flood is its own, and once it is known it costs no database", async () => {
  const directory = measure(env.DIRECTORY);
  const setting = limited(`"organization-reads";${few}`, { DIRECTORY: directory.database });
  expect(await statuses(3, () => read(it.boris, setting))).toEqual([200, 200, 200]);
  expect(directory.cost.roundTrips, "being counted asks no database").toBe(2 * 3);
  const refused = await read(it.bea, setting);
  expect([refused.status, (await refused.json<{ "violated-policies": string[] }>())["violated-policies"]]).toEqual([429, ["organization-reads"]]);
  directory.reset();
  const again = await read(it.bea, setting);
  expect([again.status, again.headers.get("retry-after"), directory.cost.roundTrips]).toEqual([429, "60", 0]);
  expect((await read(it.greta, setting)).status, "another organization").toBe(200);
});

test("what was let through elsewhere counts here", async () => {
  const setting = limited(`"account-reads";q=50;w=3000`);
  const elsewhere = { name: "account-reads", of: it.rita.id, requests: 48, quota: 50, window: 3000 } as const;
  await env.ORGANIZATION_PACES.getByName(String(it.rita.organizationId)).spend([elsewhere]);
  expect(await statuses(3, () => read(it.rita, setting))).toEqual([200, 200, 429]);
});

test("a count that is away keeps nobody out, and each isolate goes on counting", async () => {
  const away = { getByName: () => ({ spend: () => Promise.reject(new Error("away")) }) } as unknown as Env["ORGANIZATION_PACES"];
  const setting = limited(`"account-reads";${few}`, { ORGANIZATION_PACES: away });
  expect(await statuses(4, () => read(it.mona, setting))).toEqual([200, 200, 200, 429]);
});

test("the log tells of it once a minute, however often it happens", async () => {
  const setting = limited(`"account-writes";q=1;w=600`);
  const act = () => it.nora.fetch("/itcare/me/sessions", { method: "DELETE", env: setting, headers: { "itcare-dryrun": "true" } });
  expect(await statuses(4, act)).toEqual([204, 429, 429, 429]);
  const told = await runInDurableObject(organizationLog(env, it.nora.organizationId), (_, state) =>
    state.storage.sql.exec<{ count: number; event: string }>("SELECT count, event FROM refusal WHERE event LIKE '%rate_limited%'").toArray(),
  );
  const hers = told.filter(({ event }) => event.includes(`"id":${it.nora.id},`));
  expect(hers.map(({ count, event }) => [count, JSON.parse(event)])).toEqual([
    [1, expect.objectContaining({ kind: "act-refused", label: "end-my-other-sessions", code: "rate_limited", target: null })],
  ]);
});

test("a client's tokens are limited once it has proved who it is: nobody uses up what is another's", async () => {
  const [client, other] = [await account(), await account()];
  const ask = async (who: typeof client, secret: string) => {
    const context = createExecutionContext();
    const body = new URLSearchParams({ grant_type: "client_credentials" });
    const request = new Request(tokenEndpoint, { method: "POST", headers: basic({ ...who, secret }), body });
    const response = await app.fetch(request, limited(`"client-tokens";q=2;w=120`), context);
    await waitOnExecutionContext(context);
    return response;
  };
  expect(await statuses(4, () => ask(client, "guessed"))).toEqual([401, 401, 401, 401]);
  const first = await ask(client, client.secret);
  expect([first.status, first.headers.get("ratelimit")]).toEqual([200, '"client-tokens";r=1;t=60']);
  expect(await statuses(2, () => ask(client, client.secret))).toEqual([200, 429]);
  expect((await ask(client, client.secret)).headers.get("retry-after")).toBe("60");
  expect((await ask(other, other.secret)).status).toBe(200);
});
