/** Accounts, Clouds and organizations on request: asked by who may, decided once by somebody else. */
import { env } from "cloudflare:test";
import { beforeEach, expect, test, vi } from "vitest";
import type { LogExport } from "../../worker/contract/log-entry.ts";
import type { RequestItem } from "../../worker/contract/shapes/requests.ts";
import { hashText } from "../../worker/contract/operation.ts";
import { zonesFor } from "../../worker/contract/topology.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { requestAsking } from "../asking-requests.ts";
import { SoftwareAuthenticator } from "../software-authenticator.ts";
import { signIn, world, type Ask, type Person, type World } from "../world.ts";
import { PATIENCE, ROUNDS, untold } from "./meeting.ts";

let it: World;
let care: number;
beforeEach(async () => {
  it ??= await world(env);
  care = it.planted.clouds.find(({ name }) => name === "Asclepia Care")!.id;
});

const fromOurPages = { origin: env.ORIGIN, "sec-fetch-site": "same-origin" };
let asked = 0;
const codeOf = async (response: Response) => `${response.status} ${(await response.clone().json<{ errorCode: string }>()).errorCode}`;
const post = (json: unknown): Ask => ({ method: "POST", json });
const patch = (operation: string, options?: unknown): Ask => ({ method: "PATCH", json: { operation, ...(options !== undefined && { options }) } });

const aPerson = (more: object = {}) => ({
  kind: "person",
  name: "Nadia Verne",
  email: `Nadia.${++asked}@Asclepia.example`,
  locale: "fr",
  profiles: [{ cloudId: care, profile: "OPE" }],
  reason: "she joins the portal team",
  ...more,
});

async function ask(who: Person, json: object = aPerson(), path = "/itcare/organization/requests"): Promise<RequestItem> {
  const answer = await who.act(path, post(json));
  expect(answer.status, await answer.clone().text()).toBe(201);
  return answer.json();
}

const decide = (who: Person, { id }: { id: number }, operation: string, options?: unknown) =>
  who.act(`/itcare/requests/${id}`, patch(operation, options));
const one = async <Row>(sql: string, ...values: unknown[]) =>
  env.DIRECTORY.prepare(sql)
    .bind(...values)
    .first<Row>();
const personOf = (email: string) =>
  one<{ id: number; state: string; organization: number; grants: string }>(
    "SELECT a.id, a.state, a.organization_id AS organization, a.grants FROM person p JOIN actor a ON a.id = p.id WHERE p.email = ?",
    email,
  );

test("Sybil asks, David accepts: the person is invited, holds nothing yet, and has one link that is nowhere to be read", async () => {
  const request = await ask(it.sybil);
  expect(request).toMatchObject({ state: "asked", name: "Nadia Verne", person: { email: `nadia.${asked}@asclepia.example`, locale: "fr" } });
  expect(request.profiles).toEqual([{ cloudId: care, cloudName: "Asclepia Care", profile: "OPE", endsAt: null }]);
  expect(await personOf(request.person!.email)).toBeNull();
  const accepted = await decide(it.david, request, "accept");
  expect(accepted.status, await accepted.clone().text()).toBe(200);
  const text = await accepted.text();
  expect(JSON.parse(text)).toMatchObject({ state: "accepted", decidedBy: { name: "David Roy" } });
  expect(text).not.toMatch(/activate/);
  const person = (await personOf(request.person!.email))!;
  expect(person).toMatchObject({ state: "invited", organization: 1 });
  expect(JSON.parse(person.grants)).toMatchObject([{ cloudId: care, profile: "OPE", state: "pending" }]);
  expect(await one("SELECT count(*) AS links FROM activation WHERE person_id = ?", person.id)).toEqual({ links: 1 });
  const { text: mailed } = (await one<{ text: string }>("SELECT plain AS text FROM mailbox WHERE address = ?", request.person!.email))!;
  const token = /activate#([\w-]{43})/.exec(mailed)![1]!;
  expect(await one("SELECT person_id AS id FROM activation WHERE token_hash = ?", await hashText(token))).toEqual({ id: person.id });

  const begun = await it.nobody.fetch("/auth/activation/options", { method: "POST", json: { token }, headers: fromOurPages });
  expect(await begun.clone().json(), await begun.clone().text()).toMatchObject({ person: { name: "Nadia Verne" }, needsKey: true });
  const { options } = await begun.json<{ options: never }>();
  const credential = await (await SoftwareAuthenticator.create(env.ORIGIN)).register(options);
  const chosen = { token, password: "a quiet river under seven bridges", credential };
  const activated = await it.nobody.fetch("/auth/activation", { method: "POST", json: chosen, headers: fromOurPages });
  expect(activated.status, await activated.clone().text()).toBe(201);
  expect(await activated.json()).toMatchObject({ name: "Nadia Verne", clouds: [{ id: care, profile: "OPE" }] });
});

test("what is signed names the person by a hash, and the log of both organizations tells it", async () => {
  const refused = await it.sybil.fetch("/itcare/organization/requests", post(aPerson()));
  const { operation } = (await refused.clone().json<{ challenge: { operation: string } }>()).challenge;
  expect(operation).not.toMatch(/nadia/i);
  expect(JSON.parse(operation)).toMatchObject({
    parameters: { kind: "person", person: expect.stringMatching(/^[\w-]{43}$/), reason: expect.any(String) },
  });
  const request = await (await it.sybil.sign(refused)).json<RequestItem>();
  expect((await decide(it.david, request, "accept")).status).toBe(200);
  const log = await vi.waitFor(
    async () => {
      const exported = await (await it.sybil.fetch("/itcare/log/export")).json<LogExport>();
      const told = exported.entries.map(({ event }) => ("label" in event ? event.label : ""));
      expect(told).toEqual(expect.arrayContaining(["request-account", "accept-request"]));
      return exported;
    },
    { timeout: 10_000 },
  );
  expect(await verifyExport(log)).toMatchObject({ valid: true, reason: null });
  expect(JSON.stringify(log.entries)).not.toMatch(/nadia/i);
});

test("nobody asks for another organization, and nobody but a representative asks or sees", async () => {
  const foreign = it.planted.clouds.find(({ name }) => name === "Borealis")!.id;
  const wanted = aPerson({ profiles: [{ cloudId: foreign, profile: "POW" }] });
  const refused = await it.sybil.fetch("/itcare/organization/requests", post(wanted));
  expect(await codeOf(refused)).toBe("400 INVALID_FIELD_VALUE");
  expect(await codeOf(await it.paul.fetch("/itcare/organization/requests", post(aPerson())))).toBe("403 DUTY_REQUIRED");
  const request = await ask(it.sybil);
  for (const who of [it.paul, it.bea, it.boris, it.runner]) {
    expect(await codeOf(await who.fetch(`/itcare/requests/${request.id}`))).toBe("404 NOT_FOUND");
    expect(JSON.stringify(await (await who.fetch("/itcare/requests")).json())).not.toContain(String(request.id));
  }
  for (const who of [it.sybil, it.david]) expect((await who.fetch(`/itcare/requests/${request.id}`)).status).toBe(200);
  expect(await codeOf(await it.sybil.fetch(`/itcare/requests/${request.id}`, patch("accept")))).toBe("403 DUTY_REQUIRED");
});

test("a list is whole page by page, the newest first, and says what is open", async () => {
  for (let n = 0; n < 3; n++) await ask(it.bea, { kind: "cloud", name: `Borealis ${n}`, reason: "room" });
  const seen: string[] = [];
  let next: string | null = null;
  do {
    const page: { content: RequestItem[]; next: string | null } = await (
      await it.bea.fetch(`/itcare/requests?state=asked&size=2${next ? `&before=${next}` : ""}`)
    ).json();
    seen.push(...page.content.map(({ name }) => name));
    next = page.next;
  } while (next);
  expect(seen).toEqual(["Borealis 2", "Borealis 1", "Borealis 0"]);
  const all = await (await it.david.fetch("/itcare/requests?state=asked&size=100")).json<{ content: RequestItem[] }>();
  expect(all.content.map(({ name }) => name)).toEqual(expect.arrayContaining(seen));
});

test("an address is taken: said of one's own organization, kept back of another's until Service Delivery decides", async () => {
  const own = aPerson({ name: "Stan", email: it.stan.email });
  const taken = await it.sybil.fetch("/itcare/organization/requests", post(own));
  expect(await codeOf(taken)).toBe("409 NAME_TAKEN");
  const foreign = await ask(it.sybil, aPerson({ name: "Boris", email: it.boris.email }));
  const refused = await it.david.fetch(`/itcare/requests/${foreign.id}`, patch("accept"));
  expect(await codeOf(refused)).toBe("409 NAME_TAKEN");
  expect(await refused.text()).not.toMatch(/Borealis/);
  const twice = aPerson();
  await ask(it.sybil, twice);
  expect(await codeOf(await it.sybil.fetch("/itcare/organization/requests", post(twice)))).toBe("409 NAME_TAKEN");
});

test("a refusal has its reason; what is decided or withdrawn is decided", async () => {
  const request = await ask(it.sybil);
  expect((await it.david.fetch(`/itcare/requests/${request.id}`, patch("refuse", {}))).status).toBe(400);
  const refused = await decide(it.david, request, "refuse", { reason: "no contract yet" });
  expect(await refused.json()).toMatchObject({ state: "refused", decision: "no contract yet" });
  expect(await codeOf(await it.david.fetch(`/itcare/requests/${request.id}`, patch("accept")))).toBe("409 STATE_FORBIDS");
  const other = await ask(it.sybil);
  await it.sybil.stepUp();
  expect(await codeOf(await it.david.fetch(`/itcare/requests/${other.id}`, patch("withdraw")))).toBe("403 DUTY_REQUIRED");
  expect(await (await it.sybil.fetch(`/itcare/requests/${other.id}`, patch("withdraw"))).json()).toMatchObject({ state: "withdrawn" });
  expect(await codeOf(await it.david.fetch(`/itcare/requests/${other.id}`, patch("accept")))).toBe("409 STATE_FORBIDS");
});

test(`of two who decide at the same moment, one does, and one person comes of it: ${ROUNDS} rounds`, { timeout: PATIENCE }, async () => {
  await env.DIRECTORY.prepare("INSERT OR IGNORE INTO duty (actor_id, duty) VALUES (?, 'service-delivery')").bind(it.olga.id).run();
  for (let round = 0; round < ROUNDS; round++) {
    const { request: id, email } = await requestAsking["accept-request"].about(it, { env, organizationId: 1, cloud: "Asclepia Care" });
    const ready = async (who: Person, wanted: Ask) => {
      const proof = await who.proofFor(await who.fetch(`/itcare/requests/${id}`, wanted));
      return () => who.fetch(`/itcare/requests/${id}`, { ...wanted, headers: { "itcare-proof": proof }, env: untold });
    };
    const both = [await ready(it.david, patch("accept")), await ready(it.olga, round % 2 ? patch("accept") : patch("refuse", { reason: "no" }))];
    const answers = await Promise.all(both.map((send) => send()));
    expect(answers.map(({ status }) => status === 200).filter(Boolean).length).toBe(1);
    const decided = await one<{ state: string }>("SELECT state FROM account_request WHERE id = ?", id);
    expect((await personOf(String(email))) !== null).toBe(decided!.state === "accepted");
  }
  await env.DIRECTORY.prepare("DELETE FROM mail WHERE due IS NOT NULL").run();
});

test("nobody decides on what they asked for themselves, and the same decision asked again is answered once", async () => {
  await env.DIRECTORY.prepare("INSERT OR IGNORE INTO duty (actor_id, duty) VALUES (?, 'service-delivery')").bind(it.sybil.id).run();
  const request = await ask(it.sybil);
  const own = await it.sybil.fetch(`/itcare/requests/${request.id}`, patch("accept"));
  expect(await codeOf(own)).toBe("403 ANOTHER_PERSON_REQUIRED");
  await env.DIRECTORY.prepare("DELETE FROM duty WHERE actor_id = ? AND duty = 'service-delivery'").bind(it.sybil.id).run();
  const accept: Ask = { ...patch("accept"), headers: { "idempotency-key": "accept-1" } };
  expect((await it.david.act(`/itcare/requests/${request.id}`, accept)).status).toBe(200);
  const again = await it.david.fetch(`/itcare/requests/${request.id}`, accept);
  expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([200, "true"]);
});

test("a further Cloud is there in the directory and in both regions, and a Service can be made in it", async () => {
  const request = await ask(it.sybil, { kind: "cloud", name: "Asclepia Labs", reason: "a place to try things" });
  expect((await decide(it.david, request, "accept")).status).toBe(200);
  const clouds = await (await it.sybil.fetch("/itcare/organization/clouds")).json<{ id: number; name: string; state: string; empty: boolean }[]>();
  expect(clouds.map(({ name, state, empty }) => [name, state, empty])).toEqual([
    ["Asclepia Care", "active", false],
    ["Asclepia Labs", "active", true],
    ["Asclepia Research", "active", false],
  ]);
  const labs = clouds.find(({ name }) => name === "Asclepia Labs")!;
  for (const region of [env.REGION_EB, env.REGION_ET])
    expect(await region.prepare("SELECT organization_id, name FROM cloud WHERE id = ?").bind(labs.id).first()).toEqual({
      organization_id: 1,
      name: "Asclepia Labs",
    });
  await env.DIRECTORY.prepare("INSERT INTO membership (actor_id, cloud_id, profile, state, begins) VALUES (?, ?, 'POW', 'confirmed', 0)")
    .bind(it.paul.id, labs.id)
    .run();
  const made = await it.paul.act("/itcare/compute/services", post({ cloudId: labs.id, name: "LABS - TRIAL", environment: "TEST" }));
  expect(made.status, await made.clone().text()).toBe(202);
});

test("David asks for a new organization, Olga decides: it begins with one Cloud and one representative, and a log of its own", async () => {
  await env.DIRECTORY.prepare("INSERT OR IGNORE INTO duty (actor_id, duty) VALUES (?, 'service-delivery')").bind(it.olga.id).run();
  const wanted = {
    name: "Lumen Santé",
    cloud: "Lumen",
    representative: { name: "Ines Faro", email: "ines.faro@lumen.example" },
    reason: "contract 12",
  };
  const request = await ask(it.david, wanted, "/itcare/requests/organizations");
  expect(await codeOf(await it.david.fetch(`/itcare/requests/${request.id}`, patch("accept")))).toBe("403 ANOTHER_PERSON_REQUIRED");
  expect((await decide(it.olga, request, "accept")).status).toBe(200);
  const ines = (await personOf("ines.faro@lumen.example"))!;
  expect(ines).toMatchObject({ state: "invited", organization: 4 });
  expect(JSON.parse(ines.grants)).toMatchObject([{ cloudName: "Lumen", profile: "STD", state: "pending" }]);
  expect(await one("SELECT duty FROM duty WHERE actor_id = ?", ines.id)).toEqual({ duty: "security-representative" });
  const organizations = await (await it.david.fetch("/itcare/organizations")).json<{ content: { name: string }[] }>();
  expect(organizations.content.find(({ name }) => name === "Lumen Santé")).toMatchObject({
    state: "active",
    clouds: [{ name: "Lumen", state: "active" }],
  });
  for (const region of [env.REGION_EB, env.REGION_ET])
    expect(await region.prepare("SELECT name FROM cloud WHERE organization_id = 4").first()).toEqual({ name: "Lumen" });
});

test("whoever holds POW in the new organization creates an instance in each region at once, and none in a zone of the group", async () => {
  const ines = (await personOf("ines.faro@lumen.example"))!;
  const lumen = (await one<{ id: number }>("SELECT id FROM cloud WHERE name = 'Lumen'"))!.id;
  await env.DIRECTORY.prepare("UPDATE actor SET state = 'active' WHERE id = ?").bind(ines.id).run();
  await env.DIRECTORY.prepare("UPDATE membership SET profile = 'POW', state = 'confirmed' WHERE actor_id = ?").bind(ines.id).run();
  const her = { id: ines.id, key: "ines", name: "Ines Faro", email: "ines.faro@lumen.example", organization: { id: 4 } };
  const power = await signIn(her, env, Date.now());
  const networks = await (await power.fetch("/itcare/networking/networks")).json<{ id: number; availabilityZone: string; scope: string }[]>();
  expect(networks.map(({ availabilityZone, scope }) => `${availabilityZone} ${scope}`)).toEqual(
    zonesFor("customer").flatMap((zone) => [`${zone} DMZ`, `${zone} LAN`]),
  );
  expect(await power.act("/itcare/compute/services", post({ cloudId: lumen, name: "LUMEN - LAB", environment: "TEST" }))).toMatchObject({
    status: 202,
  });
  const { id: serviceId } = (await one<{ id: number }>("SELECT id FROM service WHERE name = 'LUMEN - LAB'"))!;
  const instance = (az: string) =>
    post({ serviceId, az, name: `lab-${az.toLowerCase()}`, productCode: "debian12", resourceId: "2cpu4gb", sshKeys: [] });
  for (const az of ["EB-HDS-A", "ET-HDS-B"]) {
    const made = await power.act("/itcare/compute/instances", instance(az));
    expect(made.status, await made.clone().text()).toBe(202);
    const { network } = (await env[az.startsWith("EB") ? "REGION_EB" : "REGION_ET"]
      .prepare("SELECT attributes ->> '$.network.technicalID' AS network FROM resource WHERE name = ?")
      .bind(`lab-${az.toLowerCase()}`)
      .first<{ network: number }>())!;
    expect(networks.find(({ id }) => id === network)?.availabilityZone).toBe(az);
  }
  expect(await codeOf(await power.fetch("/itcare/compute/instances", instance("EB-A")))).toBe("403 ZONE_RESERVED");
});
