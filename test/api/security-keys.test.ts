/** One's own security keys: a further one, another name, gone. */
import { env } from "cloudflare:test";
import { beforeEach, expect, test, vi } from "vitest";
import type { LogExport } from "../../worker/contract/log-entry.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { SoftwareAuthenticator, type RegistrationJson } from "../software-authenticator.ts";
import { world, type Person, type Ask, type World } from "../world.ts";

let it: World;
beforeEach(async () => {
  it ??= await world(env);
});

const path = "/itcare/me/security-keys";
interface Key {
  id: number;
  name: string;
  lockedAt: string | null;
}
const keysOf = async (who: Person) => (await who.fetch(path)).json<Key[]>();
const codeOf = async (response: Response) => `${response.status} ${(await response.clone().json<{ errorCode: string }>()).errorCode}`;

async function begin(who: Person): Promise<{ rp: { id: string }; user: { id: string }; challenge: string; excludeCredentials: { id: string }[] }> {
  const response = await who.fetch("/auth/security-keys/options", { method: "POST" });
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json<{ options: never }>()).options;
}

const add = (name: string, credential: RegistrationJson): Ask => ({ method: "POST", json: { name, credential } });

async function newKey(who: Person, name: string): Promise<{ id: number; device: SoftwareAuthenticator }> {
  const device = await SoftwareAuthenticator.create(env.ORIGIN);
  const added = await who.act(path, add(name, await device.register(await begin(who))));
  expect(added.status, await added.clone().text()).toBe(201);
  return { id: (await added.json<Key>()).id, device };
}

test("Stan adds a second key, signed for with the first; the signature is over the new key itself", async () => {
  const device = await SoftwareAuthenticator.create(env.ORIGIN);
  const options = await begin(it.stan);
  expect(options.excludeCredentials.map(({ id }) => id)).toEqual([it.stan.key!.id]);
  const wanted = add("Blue key", await device.register(options));
  const refused = await it.stan.fetch(path, wanted);
  expect(await codeOf(refused)).toBe("401 SIGNATURE_REQUIRED");
  const { operation } = (await refused.clone().json<{ challenge: { operation: string } }>()).challenge;
  expect(JSON.parse(operation)).toMatchObject({
    label: "add-security-key",
    target: { kind: "person", id: it.stan.id },
    parameters: { name: "Blue key", credentialId: device.id },
  });
  expect((await keysOf(it.stan)).length).toBe(1);
  const added = await it.stan.sign(refused);
  expect(added.status).toBe(201);
  expect((await keysOf(it.stan)).map(({ name }) => name)).toEqual(["Stan Lindqvist's key", "Blue key"]);
  expect(await codeOf(await it.stan.fetch(path, wanted))).toBe("401 PROOF_REJECTED");
});

test("an enrolment is good in the session where it was begun, for the person who began it, and signed with a key that is there", async () => {
  const device = await SoftwareAuthenticator.create(env.ORIGIN);
  const ofMona = await device.register(await begin(it.mona));
  expect(await codeOf(await it.stan.fetch(path, add("Mona's", ofMona)))).toBe("401 PROOF_REJECTED");
  // Her own new key proves nothing yet.
  const refused = await it.mona.fetch(path, add("Mine", ofMona));
  const byTheNewOne = await it.mona.holding(device).proofFor(refused);
  const itself = await it.mona.fetch(path, { ...add("Mine", ofMona), headers: { "itcare-proof": byTheNewOne } });
  expect(await codeOf(itself)).toBe("401 PROOF_REJECTED");
  // Another name than the signed one.
  const again = await it.mona.fetch(path, add("Mine", ofMona));
  const proof = await it.mona.proofFor(again);
  expect(await codeOf(await it.mona.fetch(path, { ...add("Yours", ofMona), headers: { "itcare-proof": proof } }))).toBe("401 PROOF_REJECTED");
  expect((await keysOf(it.mona)).length).toBe(1);
});

test("a key that somebody has already is nobody else's, and who has none asks the representative", async () => {
  const { device } = await newKey(it.olga, "Olga's second");
  const copied = await device.clone().register(await begin(it.greta));
  expect(await codeOf(await it.greta.act(path, add("Found", copied)))).toBe("401 PROOF_REJECTED");
  const options = await it.nora.fetch("/auth/security-keys/options", { method: "POST" });
  expect(await codeOf(options)).toBe("403 MFA_NOT_CONFIGURED");
  expect(await options.json()).toMatchObject({ change: expect.stringContaining("security representative") });
});

test("Odile's last key cannot go, nor the one that is not hers; with another one it can, and is dead from that moment", async () => {
  const [first] = await keysOf(it.odile);
  const ask = (who: Person, id: number) => who.fetch(`${path}/${id}`, { method: "DELETE" });
  const last = await ask(it.odile, first!.id);
  expect(await codeOf(last)).toBe("409 STATE_FORBIDS");
  expect(await last.json()).toMatchObject({ change: "Add another security key first." });
  const [foreign] = await keysOf(it.paul);
  expect(await codeOf(await ask(it.odile, foreign!.id))).toBe("404 NOT_FOUND");

  const second = await newKey(it.odile, "Work laptop");
  const removed = await it.odile.holding(second.device).act(`${path}/${first!.id}`, { method: "DELETE" });
  expect(removed.status, await removed.clone().text()).toBe(204);
  expect((await keysOf(it.odile)).map(({ name }) => name)).toEqual(["Work laptop"]);
  const stop: Ask = { method: "PATCH", json: { operation: "stop" } };
  const refused = await it.odile.fetch(`/itcare/compute/instances/${it.instances.EB.ACTIVE.TEST.id}`, stop);
  const { allowCredentials } = (await refused.clone().json<{ challenge: { options: { allowCredentials: { id: string }[] } } }>()).challenge.options;
  expect(allowCredentials.map(({ id }) => id)).toEqual([second.device.id]);
  expect(await codeOf(await it.odile.sign(refused))).toBe("401 PROOF_REJECTED");
  // The same credential is enrolled once, ever.
  const once = await it.odile.key!.register(await begin(it.odile));
  expect(await codeOf(await it.odile.holding(second.device).act(path, add("Again", once)))).toBe("401 PROOF_REJECTED");
});

test("of two keys that remove each other at the same moment, one stays", async () => {
  for (let round = 0; round < 5; round++) {
    const [one] = await keysOf(it.rita);
    const other = await newKey(it.rita, `Other ${round}`);
    const second = it.rita.holding(other.device);
    const ready = async (who: Person, id: number) => {
      const proof = await who.proofFor(await who.fetch(`${path}/${id}`, { method: "DELETE" }));
      return () => who.fetch(`${path}/${id}`, { method: "DELETE", headers: { "itcare-proof": proof } });
    };
    const both = [await ready(it.rita, other.id), await ready(second, one!.id)];
    const answers = await Promise.all(both.map((send) => send()));
    expect(answers.filter(({ status }) => status === 204).length).toBe(1);
    const left = await keysOf(it.rita);
    expect(left.length).toBe(1);
    if (left[0]!.id === other.id) it.rita = second;
  }
});

test("a key gets another name, and the same request is answered once", async () => {
  const [key] = await keysOf(it.paul);
  await it.paul.stepUp();
  const rename: Ask = { method: "PATCH", json: { operation: "rename", options: { name: "Red key" } }, headers: { "idempotency-key": "rename-1" } };
  expect((await it.paul.fetch(`${path}/${key!.id}`, rename)).status).toBe(204);
  const replayed = await it.paul.fetch(`${path}/${key!.id}`, rename);
  expect([replayed.status, replayed.headers.get("idempotency-replayed")]).toEqual([204, "true"]);
  expect((await keysOf(it.paul))[0]).toMatchObject({ id: key!.id, name: "Red key" });
  expect(await codeOf(await it.boris.fetch(`${path}/${key!.id}`, rename))).toMatch(/404|401/);
});

test("Paul ends all his sessions but this one", async () => {
  await env.DIRECTORY.prepare(
    "INSERT INTO session (token_hash, id, person_id, created, last_seen, expires, agent, network) SELECT 'elsewhere', 'elsewhere', person_id, created, last_seen, expires, agent, network FROM session WHERE id = ?",
  )
    .bind(it.paul.session)
    .run();
  const sessions = async () => (await (await it.paul.fetch("/itcare/me/sessions")).json<{ id: string }[]>()).map(({ id }) => id);
  expect((await sessions()).length).toBe(2);
  expect((await it.paul.fetch("/itcare/me/sessions", { method: "DELETE", headers: { "itcare-dryrun": "true" } })).status).toBe(204);
  expect((await sessions()).length).toBe(2);
  expect((await it.paul.fetch("/itcare/me/sessions", { method: "DELETE" })).status).toBe(204);
  expect(await sessions()).toEqual([it.paul.session]);
});

test("the log tells of each, with its signature", async () => {
  const log = await vi.waitFor(
    async () => {
      const exported = await (await it.sybil.fetch("/itcare/log/export")).json<LogExport>();
      const told = exported.entries.map(({ event }) => ("label" in event ? event.label : event.kind === "identity" ? event.name : event.kind));
      expect(told).toEqual(
        expect.arrayContaining(["add-security-key", "rename-security-key", "remove-security-key", "key-removed", "session-ended"]),
      );
      return exported;
    },
    { timeout: 10_000 },
  );
  expect(await verifyExport(log)).toMatchObject({ valid: true, reason: null });
});

test("each of them was told to its owner by mail", async () => {
  const subjects = async (who: Person) =>
    (
      await env.DIRECTORY.prepare("SELECT subject FROM mailbox WHERE address = ? ORDER BY number").bind(who.email).all<{ subject: string }>()
    ).results.map(({ subject }) => subject);
  expect(await subjects(it.odile)).toEqual(["A security key was added to your account", "A security key was removed from your account"]);
  expect(await subjects(it.mona)).toEqual([]);
  expect((await env.DIRECTORY.prepare("SELECT count(*) AS kept FROM mail WHERE facts IS NOT NULL").first<{ kept: number }>())!.kept).toBe(0);
});
