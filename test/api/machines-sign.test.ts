/** Machines sign too (RFC 9421): a program of Asclepia does by its registered key what people do by theirs, and the log can be checked by anybody. */
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { commit } from "../../db/commit.ts";
import { registerCredential } from "../../db/directory/write/credentials.ts";
import { prepare, readFirst } from "../../db/statement.ts";
import { connect } from "../../scripts/client.ts";
import type { LogExport } from "../../worker/contract/log-entry.ts";
import { toBase64Url } from "../../worker/contract/operation.ts";
import { componentsOf } from "../../worker/contract/http-signature/base.ts";
import { parseDictionary } from "../../worker/contract/http-signature/structured-fields.ts";
import { notifyAllLogs } from "../../worker/log/notify.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { rechain } from "../contract/rechain.ts";
import { PATIENCE, ROUNDS, untold } from "./meeting.ts";
import { world, type Caller, type World } from "../world.ts";

interface Signer {
  kid: string;
  jwk: JWK & { kid: string };
  privateKey: CryptoKey;
  algorithm: "ES256" | "Ed25519";
}

let asclepia: World;
let runner: Caller;
let signer: Signer;
const clientId = "cgdm-sa-asclepia-runner";

async function register(kid: string, algorithm: Signer["algorithm"] = "ES256", of = runner, ends: number | null = null): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const account = { kind: "api-account" as const, id: of.id, name: of.name, organizationId: of.organizationId, session: clientId };
  const jwk = { ...(await exportJWK(publicKey)), kid };
  await commit(env.DIRECTORY, registerCredential(account, { id: null, name: kid, ends, kind: "key", jwk }, Date.now() - 1000));
  return { kid, jwk: { ...(await exportJWK(privateKey)), kid }, privateKey, algorithm };
}

beforeAll(async () => {
  asclepia = await world(env);
  ({ runner } = asclepia);
  await prepare(env.DIRECTORY, sql`UPDATE membership SET profile = 'POW' WHERE actor_id = ${runner.id}`).run();
  signer = await register("runner-1");
});

interface Bend {
  components?: string[];
  created?: number;
  nonce?: string;
  parameters?: string;
  /** What is signed in place of what is sent. */
  values?: Record<string, string>;
  digest?: string | null;
  label?: string;
  headers?: Record<string, string>;
}

const seconds = () => Math.floor(Date.now() / 1000);
const base64 = (data: ArrayBuffer | Uint8Array) => btoa(String.fromCharCode(...new Uint8Array(data)));
const digestOf = async (text: string) => `sha-256=:${base64(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))}:`;

/** Signs as the RFC has it, written here once more and by other means than the product's. */
async function signed(by: Signer, method: string, path: string, body: string, bend: Bend = {}): Promise<Record<string, string>> {
  const url = new URL(path, env.ORIGIN);
  const digest = bend.digest === undefined ? (body ? await digestOf(body) : null) : bend.digest;
  const values: Record<string, string> = {
    "@method": method,
    "@authority": url.host,
    "@path": url.pathname,
    "@query": url.search || "?",
    ...(digest !== null && { "content-digest": digest }),
    ...bend.headers,
    ...bend.values,
  };
  const components = bend.components ?? ["@method", "@authority", "@path", "@query", ...(digest !== null ? ["content-digest"] : [])];
  const nonce = bend.nonce ?? crypto.randomUUID();
  const input = `(${components.map((name) => `"${name}"`).join(" ")})${bend.parameters ?? `;created=${bend.created ?? seconds()};nonce="${nonce}";keyid="${by.kid}"`}`;
  const base = [...components.map((name) => `"${name}": ${values[name]}`), `"@signature-params": ${input}`].join("\n");
  const how = by.algorithm === "ES256" ? { name: "ECDSA", hash: "SHA-256" } : { name: "Ed25519" };
  const label = bend.label ?? "sig1";
  return {
    ...bend.headers,
    ...(digest !== null && { "content-digest": digest }),
    "signature-input": `${label}=${input}`,
    signature: `${label}=:${base64(await crypto.subtle.sign(how, by.privateKey, new TextEncoder().encode(base)))}:`,
  };
}

const stopped = () => asclepia.addInstance({ status: "INACTIVE" });
const deletion = (id: number) => `/itcare/compute/instances/${id}`;
const remove = async (id: number, bend: Bend = {}, by = signer, who = runner) =>
  who.fetch(deletion(id), { method: "DELETE", headers: await signed(by, "DELETE", deletion(id), "", bend) });
const stop = async (id: number, bend: Bend = {}, by = signer, body = '{"operation":"stop"}') =>
  runner.fetch(deletion(id), {
    method: "PATCH",
    body,
    headers: { "content-type": "application/json", ...(await signed(by, "PATCH", deletion(id), body, bend)) },
  });
const codeOf = async (answer: Response) => `${answer.status} ${((await answer.json()) as { errorCode?: string }).errorCode}`;

async function exported(): Promise<LogExport> {
  await notifyAllLogs(env);
  return (await asclepia.sybil.fetch("/itcare/log/export")).json();
}

describe("what asks for a signature", () => {
  test("says to a program how to sign, in words that its library reads, and takes any other way of asking for what it is", async () => {
    const { id } = await stopped();
    const refused = await runner.fetch(deletion(id), { method: "DELETE" });
    expect(await codeOf(refused.clone())).toBe("401 SIGNATURE_REQUIRED");
    expect(refused.headers.get("www-authenticate")).toMatch(
      /^Bearer error="insufficient_user_authentication", error_description="[^"]+", acr_values="signature"$/,
    );
    const [first] = [...parseDictionary(refused.headers.get("accept-signature")!)];
    const [label, asked] = first!;
    expect([label, componentsOf(asked.value)]).toEqual(["itcare", ["@method", "@authority", "@path", "@query"]]);
    expect([...asked.parameters.keys()]).toEqual(["created", "nonce", "keyid", "tag"]);
    // What it says, done: the same request passes.
    const [nonce, tag] = [asked.parameters.get("nonce") as string, asked.parameters.get("tag") as string];
    const parameters = `;created=${seconds()};nonce="${nonce}";keyid="${signer.kid}";tag="${tag}"`;
    expect((await remove(id, { label, parameters })).status).toBe(202);

    const production = await asclepia.addInstance({ environment: "PRODUCTION" });
    const withBody = await runner.fetch(deletion(production.id), { method: "PATCH", json: { operation: "stop" } });
    expect(withBody.headers.get("accept-signature")).toContain('"content-digest");created');
    expect(withBody.headers.get("want-content-digest")).toBe("sha-256=10");
  });

  test("is done with ES256 and Ed25519, by kid and by thumbprint, with a body and without, and its log is verified offline", async () => {
    const other = await register("runner-2", "Ed25519");
    const [one, two, three] = [await stopped(), await stopped(), await asclepia.addInstance({ environment: "PRODUCTION" })];
    expect((await remove(one.id)).status).toBe(202);
    expect(
      (await remove(two.id, { parameters: `;created=${seconds()};nonce="${crypto.randomUUID()}";keyid="${other.kid}";alg="ed25519"` }, other)).status,
    ).toBe(202);
    const parameters = `;created=${seconds()};nonce="${crypto.randomUUID()}";keyid="${await thumbprint(signer)}"`;
    expect((await stop(three.id, { parameters })).status).toBe(202);

    const log = await exported();
    const acts = log.entries.flatMap(({ event }) => (event.kind === "act-accepted" && event.target.id === three.id ? [event] : []));
    expect(acts[0]).toMatchObject({ proof: "signature", evidence: { kind: "http-signature", body: '{"operation":"stop"}' } });
    expect(await verifyExport(log)).toMatchObject({ valid: true, reason: null });
    expect((await verifyExport(log)).signatures).toBeGreaterThanOrEqual(3);
  });

  test("stays closed to a secret, and opens for the same account when its key signs", async () => {
    const { id } = await stopped();
    const { runnerWithSecret } = asclepia;
    expect(await codeOf(await runnerWithSecret.fetch(deletion(id), { method: "DELETE" }))).toBe("403 KEY_REQUIRED");
    expect((await remove(id, {}, signer, runnerWithSecret)).status).toBe(202);
  });

  test("is still refused to who may not, however well signed", async () => {
    const { reader } = asclepia;
    const own = await register("reader-1", "ES256", reader);
    const { id } = await asclepia.addInstance();
    expect(await codeOf(await remove(id, {}, own, reader))).toBe("403 PROFILE_TOO_LOW");
    expect(await codeOf(await remove(asclepia.foreign.id))).toBe("404 NOT_FOUND");
  });
});

async function thumbprint({ jwk }: Signer): Promise<string> {
  const text = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y });
  return toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

describe("a signature", () => {
  let id: number;
  beforeEach(async () => {
    ({ id } = await stopped());
  });

  const bad: [string, string, Bend | (() => Bend)][] = [
    ["older than a minute", "401 PROOF_REJECTED", () => ({ created: seconds() - 62 })],
    ["of a time to come", "401 PROOF_REJECTED", () => ({ created: seconds() + 15 })],
    ["over another method", "401 PROOF_REJECTED", { values: { "@method": "PATCH" } }],
    ["over another path", "401 PROOF_REJECTED", { values: { "@path": "/itcare/compute/instances/1" } }],
    ["over another query", "401 PROOF_REJECTED", { values: { "@query": "?force=true" } }],
    ["over another host", "401 PROOF_REJECTED", { values: { "@authority": "elsewhere.example" } }],
    ["that leaves out the method", "400 PROOF_INVALID", { components: ["@authority", "@path", "@query"] }],
    ["that leaves out the host", "400 PROOF_INVALID", { components: ["@method", "@path", "@query"] }],
    ["that leaves out the path", "400 PROOF_INVALID", { components: ["@method", "@authority", "@query"] }],
    ["that leaves out the query", "400 PROOF_INVALID", { components: ["@method", "@authority", "@path"] }],
    ["that names a component twice", "400 PROOF_INVALID", { components: ["@method", "@method", "@authority", "@path", "@query"] }],
    [
      "over a field that did not come",
      "400 PROOF_INVALID",
      { components: ["@method", "@authority", "@path", "@query", "if-match"], values: { "if-match": "" } },
    ],
    ["without a time", "400 PROOF_INVALID", { parameters: ';nonce="0123456789012345678901";keyid="runner-1"' }],
    ["without a nonce", "400 PROOF_INVALID", () => ({ parameters: `;created=${seconds()};keyid="runner-1"` })],
    ["with a short nonce", "400 PROOF_INVALID", { nonce: "123456789012345678901" }],
    ["without its key's name", "400 PROOF_INVALID", () => ({ parameters: `;created=${seconds()};nonce="0123456789012345678901"` })],
    ["of an unknown key", "401 PROOF_REJECTED", () => ({ parameters: `;created=${seconds()};nonce="0123456789012345678901";keyid="nobody's"` })],
    [
      "by another algorithm than the key's",
      "401 PROOF_REJECTED",
      () => ({ parameters: `;created=${seconds()};nonce="0123456789012345678901";keyid="runner-1";alg="hmac-sha256"` }),
    ],
    [
      "for another application",
      "400 PROOF_INVALID",
      () => ({ parameters: `;created=${seconds()};nonce="0123456789012345678901";keyid="runner-1";tag="bank"` }),
    ],
  ];
  test.each(bad)("%s is refused: %s", async (_, code, bend) => {
    const answer = await remove(id, typeof bend === "function" ? bend() : bend);
    expect(await codeOf(answer.clone())).toBe(code);
    expect(answer.headers.get("accept-signature")).toContain('"@path"');
    expect((await remove(id)).status).toBe(202);
  });

  test("over another body, with a digest of another one, or without one, is refused", async () => {
    ({ id } = await asclepia.addInstance());
    const other = await digestOf('{"operation":"reset"}');
    expect(await codeOf(await stop(id, { digest: other }))).toBe("401 PROOF_REJECTED");
    expect(await codeOf(await stop(id, { values: { "content-digest": other } }))).toBe("401 PROOF_REJECTED");
    expect(await codeOf(await stop(id, { digest: null }))).toBe("400 PROOF_INVALID");
    expect(await codeOf(await stop(id, { digest: "md5=:AAAA:" }))).toBe("401 PROOF_REJECTED");
    expect(await codeOf(await stop(id, { digest: `${await digestOf('{"operation":"stop"}')}, sha-512=:AAAA:` }))).toBe("401 PROOF_REJECTED");
    expect((await stop(id)).status).toBe(202);
  });

  test("of a key that is another's, has ended or was removed is refused at the next request", async () => {
    const stranger = await register("shared-name", "ES256", asclepia.reader);
    expect(await codeOf(await remove(id, {}, stranger))).toBe("401 PROOF_REJECTED");
    const over = await register("over", "ES256", runner, Date.now() - 1);
    expect(await codeOf(await remove(id, {}, over))).toBe("401 PROOF_REJECTED");
    const gone = await register("gone");
    await prepare(env.DIRECTORY, sql`UPDATE api_credential SET removed = 1 WHERE name = 'gone'`).run();
    expect(await codeOf(await remove(id, {}, gone))).toBe("401 PROOF_REJECTED");
  });

  test("is read for what is meant for us where others signed on the way, and refused where two are", async () => {
    const headers = await signed(signer, "DELETE", deletion(id), "", {
      parameters: `;created=${seconds()};nonce="${crypto.randomUUID()}";keyid="runner-1";tag="itcare"`,
    });
    const proxy = { input: 'proxy=("@method");tag="proxy"', signature: "proxy=:AAAA:" };
    const both = { "signature-input": `${proxy.input}, ${headers["signature-input"]}`, signature: `${proxy.signature}, ${headers["signature"]}` };
    const twice = { "signature-input": `other=("@method"), ${headers["signature-input"]}`, signature: headers["signature"]! };
    expect(await codeOf(await runner.fetch(deletion(id), { method: "DELETE", headers: twice }))).toBe("400 PROOF_INVALID");
    expect((await runner.fetch(deletion(id), { method: "DELETE", headers: both })).status).toBe(202);
  });

  test(`is good once: the same request again, and twice at the same time, does one thing; ${ROUNDS} rounds`, { timeout: PATIENCE }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const target = await asclepia.addInstance();
      const headers = await signed(signer, "POST", `${deletion(target.id)}/snapshots`, '{"label":"nightly"}', {});
      const ask = () =>
        runner.fetch(`${deletion(target.id)}/snapshots`, {
          method: "POST",
          body: '{"label":"nightly"}',
          headers: { "content-type": "application/json", ...headers },
          env: untold,
        });
      const answers = await Promise.all([ask(), ask()]);
      expect(answers.map(({ status }) => status).sort(), `round ${round}`).not.toEqual([202, 202]);
      expect(answers.map(({ status }) => status)).toContain(202);
    }
    expect((await remove(id, { nonce: "a-nonce-that-is-good-once" })).status).toBe(202);
    const next = await stopped();
    expect(await codeOf(await remove(next.id, { nonce: "a-nonce-that-is-good-once" }))).toBe("401 PROOF_REJECTED");
    expect((await remove(next.id)).status).toBe(202);
  });

  test("is not used up by an act that came to nothing, and with its idempotency key gets the first answer again", async () => {
    const busy = await asclepia.addInstance({ status: "INACTIVE" });
    const bend = { nonce: crypto.randomUUID() };
    expect(await codeOf(await stop(busy.id, bend))).toBe("409 STATE_FORBIDS");
    const kept = sql`SELECT count(*) AS n FROM challenge WHERE purpose = 'spent' AND actor_id = ${asclepia.reader.id}`;
    expect((await readFirst<{ n: number }>(env.REGION_EB, kept))!.n).toBe(0);
    const headers = { "idempotency-key": crypto.randomUUID(), ...(await signed(signer, "DELETE", deletion(id), "")) };
    const ask = () => runner.fetch(deletion(id), { method: "DELETE", headers });
    const [first, again] = [await ask(), await ask()];
    expect([first.status, again.status, again.headers.get("idempotency-replayed")]).toEqual([202, 202, "true"]);
  });
});

interface Told {
  at: string;
  label: string;
  target: { id: number };
  actor: { id: number; kind: string };
  parameters: object;
}

describe("the offline verifier", () => {
  const tamper: [string, (event: Told, evidence: Record<string, string | null>) => unknown][] = [
    ["another target", (event) => (event.target.id += 1)],
    ["another act", (event) => (event.label = "start-instance")],
    ["other parameters", (event) => (event.parameters = { operation: "stop", deadline: 60 })],
    ["another account", (event) => (event.actor.id -= 1)],
    ["a person", (event) => (event.actor.kind = "person")],
    ["another time", (event) => (event.at = new Date(Date.now() + 300_000).toISOString())],
    ["another body", (_, evidence) => (evidence["body"] = '{"operation":"reset"}')],
    ["no body", (_, evidence) => (evidence["body"] = null)],
    ["another base", (_, evidence) => (evidence["base"] = evidence["base"]!.replace("PATCH", "DELETE"))],
    ["another signature", (_, evidence) => (evidence["signature"] = `AAAA${evidence["signature"]!.slice(4)}`)],
    ["a key that was never registered", (_, evidence) => (evidence["publicKey"] = evidence["publicKey"]!.replace('"x":"', '"x":"A'))],
  ];

  test("finds what somebody who owns the database would change of a signed request, entry by entry", async () => {
    const { id } = await asclepia.addInstance({ environment: "PRODUCTION" });
    expect((await stop(id)).status).toBe(202);
    const log = await exported();
    const index = log.entries.findIndex(({ event }) => event.kind === "act-accepted" && event.target.id === id);
    for (const [what, change] of tamper) {
      const bent = structuredClone(log);
      const event = bent.entries[index]!.event as unknown as Told & { evidence: Record<string, string> };
      change(event, event.evidence);
      expect((await verifyExport(rechain(bent))).firstBad, what).toBe(index + 1);
    }
    const without = structuredClone(log);
    without.entries = without.entries.filter(({ event }) => !(event.kind === "identity" && event.name === "account-key-registered"));
    expect((await verifyExport(rechain(without))).reason).toBe("The key that signed was never registered for the account.");
    expect(await verifyExport(rechain(structuredClone(log)))).toMatchObject({ valid: true });
  });
});

test("the sample client makes a token, lists, and deletes what is not production in one signed request", async () => {
  const { id, name } = await stopped();
  const send = ((url: string | URL, init: RequestInit) => asclepia.nobody.fetch(String(url), init as never)) as typeof fetch;
  const ask = await connect(env.ORIGIN, clientId, signer.jwk as JsonWebKey & { kid: string }, send);
  const { content } = await ask<{ content: { id: number; environment: string }[] }>("GET", `/compute/instances?names=${name}`);
  expect(content).toMatchObject([{ id, environment: "TEST" }]);
  expect(await ask("DELETE", `/compute/instances/${id}`)).toMatchObject({ process: expect.any(String), status: "IN_PROGRESS" });
  await expect(ask("DELETE", `/compute/instances/${asclepia.absent}`)).rejects.toThrow("404");
});
