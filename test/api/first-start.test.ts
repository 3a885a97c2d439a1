/** What a deployment must have before it answers anybody, and what of a local start it refuses to carry. */
import { env as given } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { inviteFirst } from "../../db/directory/write/first-people.ts";
import type { LogExport } from "../../worker/contract/log-entry.ts";
import { hashText, randomToken } from "../../worker/contract/operation.ts";
import type { Duty } from "../../worker/contract/roles.ts";
import { zonesFor } from "../../worker/contract/topology.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import type { Env } from "../../worker/env.ts";
import worker from "../../worker/index.ts";
import { localPepper } from "../../worker/local-start.ts";
import { inJurisdiction } from "../../worker/routing/jurisdiction.ts";
import { refuseToServe, whatIsWrong } from "../../worker/serving.ts";
import { SoftwareAuthenticator } from "../software-authenticator.ts";
import { Caller, Person } from "../world.ts";

const env = given as unknown as Env;
const signingKey = (change: object) => JSON.stringify({ ...(JSON.parse(env.OAUTH_SIGNING_KEY) as object), ...change });
const fromOurPages = { origin: env.ORIGIN, "sec-fetch-site": "same-origin" };
const assets = { fetch: async () => new Response("the page") } as unknown as Fetcher;

/** As `npm run deploy` leaves it, but for the Durable Objects' jurisdiction, which this runtime does not know. */
const production: Env = {
  ...env,
  ORIGIN: "https://itcare.example",
  JURISDICTION: "eu",
  MAIL: "cloudflare",
  EMAIL: { send: async () => ({ messageId: "" }) } as unknown as SendEmail,
  PASSWORD_PEPPER: randomToken(),
  OAUTH_SIGNING_KEY: signingKey({ kid: randomToken(8) }),
  ASSETS: assets,
};
const someone = (at: Env) => new Caller({ id: 0, name: "somebody", organizationId: 0 }, {}, at);
let said: string[];
beforeEach(() => {
  said = [];
  vi.spyOn(console, "error").mockImplementation((...words) => void said.push(words.join(" ")));
});

describe("production", () => {
  test("serves when everything is there, and has no mailbox", async () => {
    expect(whatIsWrong(production)).toEqual([]);
    expect((await someone(production).fetch("/itcare/health")).status).toBe(200);
    for (const path of ["/mailbox", "/mailbox/mails", "/mailbox/mails/1/html"])
      expect((await someone(production).fetch(path)).status, path).toBe(404);
    expect(await (await someone({ ...env, ASSETS: assets }).fetch("/mailbox")).text()).toBe("the page");
  });

  const without: [string, Partial<Record<keyof Env, unknown>>, RegExp][] = [
    ["without a pepper", { PASSWORD_PEPPER: undefined }, /PASSWORD_PEPPER is missing/],
    ["without a signing key", { OAUTH_SIGNING_KEY: "" }, /OAUTH_SIGNING_KEY is missing/],
    ["with SMTP and no server", { MAIL: "smtp" }, /SMTP_URL is missing/],
    ["with the tests' pepper", { PASSWORD_PEPPER: env.PASSWORD_PEPPER }, /PASSWORD_PEPPER.* local start/],
    ["with a local start's pepper", { PASSWORD_PEPPER: localPepper() }, /PASSWORD_PEPPER.* local start/],
    ["with a short pepper", { PASSWORD_PEPPER: "c2hvcnQ" }, /PASSWORD_PEPPER/],
    ["with a local start's signing key", { OAUTH_SIGNING_KEY: env.OAUTH_SIGNING_KEY }, /OAUTH_SIGNING_KEY.* local start/],
    ["with a public key to sign with", { OAUTH_SIGNING_KEY: signingKey({ kid: "k", d: undefined }) }, /OAUTH_SIGNING_KEY/],
    ["with the mailbox of a local start", { MAIL: "mailbox" }, /MAIL is "mailbox"/],
    ["with mails by a binding that is not there", { EMAIL: undefined }, /EMAIL is missing/],
    ["outside of the jurisdiction", { JURISDICTION: undefined }, /JURISDICTION/],
    ["without a region", { REGION_ET: undefined }, /REGION_ET is missing/],
    ["at an origin that is not https", { ORIGIN: "http://itcare.example" }, /ORIGIN/],
    ["without an origin", { ORIGIN: undefined }, /ORIGIN/],
  ];
  test.each(without)("%s answers nothing but 503, tells its operators why and nobody else", async (_, change, why) => {
    const broken = { ...production, ...change } as Env;
    const secret = String(Object.values(change)[0]);
    for (const path of [
      "/itcare/health",
      "/itcare/me",
      "/auth/sign-in",
      "/auth/realms/cloud/.well-known/openid-configuration",
      "/dns-query",
      "/mailbox",
    ]) {
      const answer = await worker.fetch!(new Request(`https://itcare.example${path}`) as never, broken, {} as ExecutionContext);
      expect(answer.status, path).toBe(503);
      expect(await answer.text()).not.toMatch(/secret|PEPPER|KEY|MAIL|ORIGIN|REGION|JURISDICTION/);
    }
    expect(whatIsWrong(broken).join()).toMatch(why);
    expect(said.every((line) => secret.length < 5 || !line.includes(secret) || secret === "mailbox" || secret === "smtp")).toBe(true);
  });

  test("says what is missing in the log, once", async () => {
    const broken = { ...production, DNS_QUERIES: undefined } as unknown as Env;
    for (let times = 0; times < 3; times++) await refuseToServe(broken);
    expect(said).toEqual(["ITCare does not serve: The binding DNS_QUERIES is missing."]);
  });

  test("keeps its Durable Objects in the European Union", () => {
    const jurisdiction = vi.fn<(where: string) => string>((where) => `objects in ${where}`);
    const namespace = { jurisdiction } as unknown as Env["ORGANIZATION_LOGS"];
    expect(inJurisdiction(namespace, production)).toBe("objects in eu");
    expect(inJurisdiction(namespace, env)).toBe(namespace);
  });
});

test("the two people with whom a deployment begins come in and let a third one in; the log tells it from the beginning", async () => {
  const invited = async (duty: Duty, name: string) => {
    const token = randomToken();
    const person = { name, email: `${name.toLowerCase()}@meridian.test`, locale: "en" as const };
    await inviteFirst(env.DIRECTORY, { duty, organization: "Meridian", cloud: "Shared", person, tokenHash: await hashText(token) }, Date.now());
    const begun = await someone(env).fetch("/auth/activation/options", { method: "POST", json: { token }, headers: fromOurPages });
    expect(await begun.clone().json()).toMatchObject({ person: { name, organizationName: "Meridian" }, needsKey: true });
    const { options } = await begun.json<{ options: never }>();
    const key = await SoftwareAuthenticator.create(env.ORIGIN);
    const json = { token, password: "a quiet river under seven bridges", credential: await key.register(options) };
    const came = await someone(env).fetch("/auth/activation", { method: "POST", json, headers: fromOurPages });
    expect(came.status, await came.clone().text()).toBe(201);
    const { id } = (await env.DIRECTORY.prepare("SELECT id FROM person WHERE email = ?").bind(person.email).first<{ id: number }>())!;
    const session = { id: "", cookie: came.headers.get("set-cookie")!.split(";")[0]! };
    return new Person({ id, key: "", name, email: person.email, organization: { id: 1 } }, session, key, env);
  };
  const ada = await invited("service-delivery", "Ada");
  const ben = await invited("security-representative", "Ben");
  await worker.scheduled!({} as ScheduledController, env);
  const [cloud] = await (await ben.fetch("/itcare/organization/clouds")).json<{ id: number; name: string }[]>();
  expect(cloud).toMatchObject({ name: "Shared" });
  const networks = await (await ada.fetch("/itcare/networking/networks")).json<{ availabilityZone: string }[]>();
  expect(new Set(networks.map(({ availabilityZone }) => availabilityZone))).toEqual(new Set(zonesFor("group")));

  const cora = { kind: "person", name: "Cora", email: "cora@meridian.test", profiles: [{ cloudId: cloud!.id, profile: "POW" }], reason: "the third" };
  const asked = await (await ben.act("/itcare/organization/requests", { method: "POST", json: cora })).json<{ id: number }>();
  const accepted = await ada.act(`/itcare/requests/${asked.id}`, { method: "PATCH", json: { operation: "accept" } });
  expect(accepted.status, await accepted.clone().text()).toBe(200);

  const log = await (await ben.fetch("/itcare/log/export")).json<LogExport>();
  expect(await verifyExport(log)).toMatchObject({ valid: true });
  const told = log.entries.map(({ event }) => ("name" in event ? event.name : "label" in event ? event.label : event.kind));
  expect(told[0]).toBe("first-invited");
  expect(told.filter((name) => name === "first-invited")).toHaveLength(2);
  expect(told).toEqual(expect.arrayContaining(["activated", "key-enrolled", "request-account", "accept-request"]));
});

test("a local start answers this machine alone", async () => {
  expect(await refuseToServe(env, new Request("http://localhost:8787/itcare/health"))).toBeNull();
  expect((await refuseToServe(env, new Request("https://itcare.workers.dev/itcare/health")))?.status).toBe(503);
});

test("production refuses a directory that holds the demo company, however it came there", async () => {
  // Another binding of the same database, as a fresh isolate has: nobody has looked at it yet.
  const fresh = (directory: D1Database) => ({
    ...production,
    DIRECTORY: new Proxy(directory, { get: (db, name) => Reflect.get(db, name).bind(db) }),
  });
  expect(await refuseToServe(fresh(env.DIRECTORY))).toBeNull();
  await env.DIRECTORY.prepare("INSERT INTO mark (name) VALUES ('demo')").run();
  const answer = await refuseToServe(fresh(env.DIRECTORY));
  expect([answer?.status, said.join()]).toEqual([503, expect.stringMatching(/holds the demo company/)]);
  const away = { prepare: () => ({ bind: () => ({ first: async () => Promise.reject(new Error("Network connection lost.")) }) }) };
  expect((await refuseToServe({ ...production, DIRECTORY: away as unknown as D1Database }))?.status).toBe(503);
});
