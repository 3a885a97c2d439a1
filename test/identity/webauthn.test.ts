/** Every check of WebAuthn that a security key's enrolment and use must pass: one field wrong at a time, everything else as a real key sends it. */
import { env } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { sql } from "drizzle-orm";
import { prepare, readFirst } from "../../db/statement.ts";
import { hashText, randomToken } from "../../worker/contract/operation.ts";
import { Problem } from "../../worker/gate/problem.ts";
import { requestOptions } from "../../worker/identity/security-keys/request-options.ts";
import { userHandle } from "../../worker/identity/security-keys/relying-party.ts";
import { verifyAssertion } from "../../worker/identity/security-keys/verify-assertion.ts";
import { verifyEnrolment } from "../../worker/identity/security-keys/verify-enrolment.ts";
import { base64url, bytes, concat, encodeCbor, random, type Cbor } from "../cbor.ts";
import { flag, SoftwareAuthenticator, type AssertionChanges, type CreationChanges, type RegistrationJson } from "../software-authenticator.ts";
import { Browser, enrol, equip, events, hire, invite, password, product, type Member } from "./people.ts";

const { ORIGIN } = product;
const rpId = new URL(ORIGIN).hostname;
const challengeOf = () => hashText(randomToken());
const without = (bit: number) => (flags: number) => flags & ~bit;
const withBit = (bit: number) => (flags: number) => flags | bit;
const asText = (change: (text: string) => string) => (data: Uint8Array) => new TextEncoder().encode(change(new TextDecoder().decode(data)));
const flip = (data: Uint8Array) => data.map((byte, at) => (at === data.length - 1 ? byte ^ 1 : byte));

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "accepted";
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

describe("enrolment", () => {
  async function attempt(changes: CreationChanges = {}, after: (json: RegistrationJson) => unknown = (json) => json, key?: SoftwareAuthenticator) {
    const challenge = await challengeOf();
    const authenticator = key ?? (await SoftwareAuthenticator.create(ORIGIN));
    const json = await authenticator.register({ rp: { id: rpId }, user: { id: userHandle(1) }, challenge }, changes);
    return verifyEnrolment({ response: after(json), expectedChallenge: challenge, env: product });
  }
  const refused = (name: string, changes: CreationChanges, code = "proof_rejected") =>
    test(`${name}`, async () => expect(await codeOf(attempt(changes))).toBe(code));
  const spoilt = (name: string, after: (json: RegistrationJson) => unknown, code = "proof_invalid") =>
    test(`${name}`, async () => expect(await codeOf(attempt({}, after))).toBe(code));

  test.each([-7, -8, -257] as const)("a key of algorithm %i is taken as it is", async (algorithm) => {
    const key = await SoftwareAuthenticator.create(ORIGIN, { algorithm, backupEligible: true, backedUp: true, counter: 7 });
    const enrolled = await attempt({ transports: ["usb", "made-up"] }, undefined, key);
    expect(enrolled).toEqual({ ...key.enrolled(), transports: ["usb"] });
  });

  refused("W1 an assertion is no enrolment", { clientData: { type: "webauthn.get" } });
  refused("W1 the type is compared letter by letter", { clientData: { type: "webauthn.Create" } });
  test("W2 another challenge is refused", async () =>
    expect(await codeOf(attempt({ clientData: { challenge: await challengeOf() } }))).toBe("proof_rejected"));
  test("W2 the same challenge in another spelling is refused", async () => {
    const challenge = await challengeOf();
    const json = await (
      await SoftwareAuthenticator.create(ORIGIN)
    ).register({ rp: { id: rpId }, user: { id: userHandle(1) }, challenge: `${challenge}=` });
    expect(await codeOf(verifyEnrolment({ response: json, expectedChallenge: challenge, env: product }))).toBe("proof_rejected");
  });
  for (const origin of [
    "http://evil.example",
    "https://localhost:8787",
    "http://localhost:8788",
    "http://localhost",
    "http://LOCALHOST:8787",
    "http://localhost:8787/",
    "http://localhost:8787.evil.example",
    "",
  ]) {
    refused(`W3 the origin '${origin}' is not ours`, { clientData: { origin } });
  }
  refused("W4 a frame of another origin is refused", { clientData: { crossOrigin: true } });
  refused("W4 so is anything that is not false", { clientData: { crossOrigin: "false" } });
  refused("W5 a top origin is refused, even ours", { clientData: { topOrigin: ORIGIN } });
  refused("W6 a key made for another site is refused", { rpIdHash: random(32) });
  refused("W7 nobody touched the key", { flags: without(flag.up) });
  refused("W8 the key did not verify its user", { flags: without(flag.uv) });
  refused("W9 backed up, but not able to be", { flags: withBit(flag.bs) });
  test("W10 a synced key is accepted, and noted as such", async () => {
    const key = await SoftwareAuthenticator.create(ORIGIN, { backupEligible: true, backedUp: true });
    expect(await attempt({}, undefined, key)).toMatchObject({ backupEligible: true, backedUp: true });
  });
  const relabel = (changes: [number, Cbor][]) => ({ publicKey: (key: Map<number, Cbor>) => new Map([...key, ...changes]) });
  refused("W11 an algorithm that was not offered", relabel([[3, -35]]));
  refused("W11 an elliptic key labelled RSA", relabel([[3, -257]]));
  refused("W11 an elliptic key labelled Ed25519", relabel([[3, -8]]));
  refused("W11 a P-256 key that names another curve", relabel([[-1, 2]]));
  refused("W11 a coordinate that is too short", relabel([[-2, random(31)]]));
  refused("W11 a point that is not on the curve", relabel([[-2, random(32)]]));
  test("W11 an RSA key of 1,024 bits", async () => {
    const key = await SoftwareAuthenticator.create(ORIGIN, { algorithm: -257 });
    expect(await codeOf(attempt({ publicKey: (cose) => new Map([...cose, [-1, random(128)]]) }, undefined, key))).toBe("proof_rejected");
  });
  refused("W12 another attestation format", { format: "packed" });
  refused("W12 the format is compared letter by letter", { format: "None" });
  refused("W13 'none' that states something", { statement: new Map([["alg", -7]]) });
  refused("W14 a credential id of 1,024 bytes", { credentialId: random(1024) });
  test("W14 one of 1,023 bytes is accepted", async () => expect(await codeOf(attempt({ credentialId: random(1023) }))).toBe("accepted"));
  refused("W14 an empty credential id", { credentialId: new Uint8Array(), id: "AA" });
  refused("W14 the id beside the attestation is not the attested one", { id: base64url(random(32)) });
  refused("W14 nor may the raw id differ", { rawId: base64url(random(32)) });
  test("W17 unknown extension outputs change nothing", async () => {
    const key = await SoftwareAuthenticator.create(ORIGIN);
    const extensions = new Map<string, Cbor>([
      ["credProtect", 2],
      ["administrator", true],
    ]);
    const enrolled = await attempt({ extensions }, (json) => ({ ...json, clientExtensionResults: { credProps: { rk: true }, userId: 1 } }), key);
    expect(enrolled).toEqual(key.enrolled());
  });

  test("W36 a byte order mark is no part of the client data", async () => {
    expect(await codeOf(attempt({ clientDataBytes: (data) => concat(new Uint8Array([0xef, 0xbb, 0xbf]), data) }))).toBe("accepted");
  });
  refused("W36 client data that is no JSON", { clientDataBytes: asText((text) => text.slice(1)) }, "proof_invalid");
  refused(
    "W36 client data that is no UTF-8",
    { clientDataBytes: (data) => concat(data.slice(0, -1), new Uint8Array([0xff, 0x7d])) },
    "proof_invalid",
  );
  refused("W36 client data that is a list", { clientDataBytes: asText(() => "[]") }, "proof_invalid");
  refused("W36 an attestation object cut short", { attestationObject: (object) => object.slice(0, -40) }, "proof_invalid");
  refused("W36 an attestation object that is a list", { attestationObject: () => encodeCbor(["none"]) }, "proof_invalid");
  refused("W36 bytes behind the authenticator data", { authenticatorData: (data) => concat(data, random(3)) }, "proof_invalid");
  refused("W36 authenticator data without a key", { flags: without(flag.at), authenticatorData: (data) => data.slice(0, 37) }, "proof_invalid");
  refused("W36 authenticator data cut short", { authenticatorData: (data) => data.slice(0, 20) }, "proof_invalid");
  spoilt("W36 nothing at all", () => undefined);
  spoilt("W36 a text", () => "credential");
  spoilt("W36 no response", ({ id, rawId }) => ({ id, rawId, type: "public-key" }));
  spoilt("W36 another credential type", (json) => ({ ...json, type: "password" }));
  spoilt("W36 padded base64", (json) => ({ ...json, response: { ...json.response, clientDataJSON: `${json.response.clientDataJSON}==` } }));
  spoilt("W36 base64url of an impossible length", (json) => ({ ...json, response: { ...json.response, attestationObject: "A" } }));
  spoilt("W36 a number where a text belongs", (json) => ({ ...json, response: { ...json.response, attestationObject: 1 } }));
});

describe("enrolment through the activation link", () => {
  interface Options {
    options: {
      rp: { id: string };
      user: { id: string };
      challenge: string;
      excludeCredentials: { id: string }[];
      authenticatorSelection: { userVerification: string };
      attestation: string;
    };
  }
  const begin = async (member: Member) => {
    const browser = new Browser();
    const token = await invite(member);
    const { options } = await browser.post<Options>("/activation/options", { token });
    return { browser, token, options };
  };

  test("W2 the challenge is of 32 bytes, issued for this link, good once and for five minutes", async () => {
    const odile = await hire("Odile Renaud", "OPE", { invited: true });
    const { browser, token, options } = await begin(odile);
    expect(bytes(options.challenge)).toHaveLength(32);
    const key = await SoftwareAuthenticator.create(ORIGIN);
    const paul = await begin(await hire("Paul Okafor", "POW", { invited: true }));
    const foreign = await paul.browser.send("POST", "/activation", {
      token: paul.token,
      password,
      credential: await key.register({ ...paul.options, challenge: options.challenge }),
    });
    expect(foreign.status).toBe(401);

    await prepare(env.DIRECTORY, sql`UPDATE challenge SET expires = ${Date.now() - 1} WHERE hash = ${options.challenge}`).run();
    const late = await browser.send("POST", "/activation", { token, password, credential: await key.register(options) });
    expect(late.status).toBe(401);
    await prepare(env.DIRECTORY, sql`UPDATE challenge SET expires = ${Date.now() + 1000} WHERE hash = ${options.challenge}`).run();
    const inTime = await browser.send("POST", "/activation", { token, password, credential: await key.register(options) });
    expect(inTime.status).toBe(201);

    const again = await invite(odile);
    const replayed = await new Browser().send("POST", "/activation", {
      token: again,
      password,
      credential: await (await SoftwareAuthenticator.create(ORIGIN)).register(options),
    });
    expect(replayed.status).toBe(401);
  });

  test("W15 a key that somebody has already cannot be enrolled by anybody, and nothing of the activation happens", async () => {
    const { key } = await enrol(await hire("Odile Renaud", "OPE", { invited: true }));
    const paul = await hire("Paul Okafor", "POW", { invited: true });
    const { browser, token, options } = await begin(paul);
    const response = await browser.send("POST", "/activation", { token, password, credential: await key.register(options) });
    expect(response.status).toBe(401);
    expect(await readFirst(env.DIRECTORY, sql`SELECT state FROM actor WHERE id = ${paul.id}`)).toEqual({ state: "invited" });
    expect(await events(paul.organizationId)).toEqual([]);
  });

  test("W16 what later checks compare with is stored", async () => {
    const odile = await hire("Odile Renaud", "OPE", { invited: true });
    const { key } = await enrol(odile, { backupEligible: true, counter: 3 });
    const stored = await readFirst<{ public_key: number[] }>(env.DIRECTORY, sql`SELECT * FROM security_key WHERE person_id = ${odile.id}`);
    expect(stored).toMatchObject({
      credential_id: key.id,
      algorithm: -7,
      sign_count: 3,
      transports: '["usb"]',
      backup_eligible: 1,
      backed_up: 0,
      uv_initialized: 1,
      attestation: "none",
      name: "Blue key",
    });
    expect(new Uint8Array(stored!.public_key)).toEqual(key.enrolled().publicKey);
    expect(await readFirst(env.DIRECTORY, sql`SELECT security_keys FROM actor WHERE id = ${odile.id}`)).toEqual({ security_keys: 1 });
  });

  test("W18 the key belongs to the person of the link, whoever the request or the key names", async () => {
    const odile = await hire("Odile Renaud", "OPE", { invited: true });
    const paul = await hire("Paul Okafor", "POW", { invited: true });
    const { browser, token, options } = await begin(odile);
    const key = await SoftwareAuthenticator.create(ORIGIN);
    const credential = await key.register({ ...options, user: { id: userHandle(paul.id) } });
    expect((await browser.send("POST", "/activation", { token, password, credential, personId: paul.id })).status).toBe(400);
    await browser.post("/activation", { token, password, credential }, 201);
    expect(await readFirst(env.DIRECTORY, sql`SELECT person_id FROM security_key WHERE credential_id = ${key.id}`)).toEqual({ person_id: odile.id });
  });

  test("W19 a person's own key is excluded, and refused when the browser does not exclude it", async () => {
    const odile = await hire("Odile Renaud", "OPE", { invited: true });
    const { key } = await enrol(odile);
    const { browser, token, options } = await begin(odile);
    expect(options.excludeCredentials.map(({ id }) => id)).toEqual([key.id]);
    expect(options).toMatchObject({ authenticatorSelection: { userVerification: "required" }, attestation: "none" });
    expect((await browser.send("POST", "/activation", { token, password, credential: await key.register(options) })).status).toBe(401);
  });

  test("W36 whatever stands where the credential should is answered 400, never 500", async () => {
    const { browser, token, options } = await begin(await hire("Odile Renaud", "OPE", { invited: true }));
    const json = await (await SoftwareAuthenticator.create(ORIGIN)).register(options);
    for (const credential of [
      "x",
      1,
      [],
      {},
      { response: null },
      { response: {} },
      { ...json, response: { ...json.response, clientDataJSON: "AAAA" } },
      { ...json, response: { ...json.response, attestationObject: "AAAA" } },
    ]) {
      const response = await browser.send("POST", "/activation", { token, password, credential });
      expect([response.status, ((await response.json()) as { errorCode: string }).errorCode]).toEqual([400, "PROOF_INVALID"]);
    }
  });
});

describe("assertion", () => {
  let odile: Member;
  let paul: Member;
  let key: SoftwareAuthenticator;
  let paulsKey: SoftwareAuthenticator;

  beforeAll(async () => {
    odile = await hire("Odile Renaud", "OPE");
    paul = await hire("Paul Okafor", "POW");
    key = (await equip(odile)).key;
    paulsKey = (await equip(paul)).key;
  });

  const rowOf = (of: SoftwareAuthenticator) =>
    readFirst<{ sign_count: number; locked: number | null; backed_up: number; last_used: number | null; last_challenge: string | null }>(
      env.DIRECTORY,
      sql`SELECT sign_count, locked, backed_up, last_used, last_challenge FROM security_key WHERE credential_id = ${of.id}`,
    );
  const verify = async (response: unknown, expectedChallenge: string, person = odile) =>
    verifyAssertion({ response, expectedChallenge, personId: person.id, session: "a-session", env: product, now: Date.now() });
  async function attempt(changes: AssertionChanges = {}, { by = key, person = odile, after = (json: object): unknown => json } = {}) {
    const challenge = await challengeOf();
    return verify(after(await by.get(await requestOptions(product, person.id, challenge), changes)), challenge, person);
  }
  /** Refused, and not a byte of the key's row is another one (W34). */
  const refused = (name: string, changes: AssertionChanges | (() => Promise<AssertionChanges> | AssertionChanges), code = "proof_rejected") =>
    test(`${name}, and nothing is written (W34)`, async () => {
      const before = await rowOf(key);
      expect(await codeOf(attempt(typeof changes === "function" ? await changes() : changes))).toBe(code);
      expect(await rowOf(key)).toEqual(before);
    });

  test("a good one gives the evidence that anybody can verify, and moves the counter", async () => {
    const challenge = await challengeOf();
    const json = await key.get(await requestOptions(product, odile.id, challenge));
    const { evidence, keyId } = await verify(json, challenge);
    expect(evidence).toEqual({
      kind: "webauthn",
      credentialId: key.id,
      publicKey: base64url(key.enrolled().publicKey),
      authenticatorData: json.response.authenticatorData,
      clientData: json.response.clientDataJSON,
      signature: json.response.signature,
    });
    expect(keyId).toBeGreaterThan(0);
    expect(await rowOf(key)).toMatchObject({ sign_count: key.counter, locked: null, last_challenge: challenge });
  });

  test.each([-8, -257] as const)("a key of algorithm %i signs as well", async (algorithm) => {
    const mona = await hire("Mona Petit", "DTM");
    const { key: other } = await equip(mona, { algorithm });
    expect(await codeOf(attempt({}, { by: other, person: mona }))).toBe("accepted");
    expect(await codeOf(attempt({ signature: flip }, { by: other, person: mona }))).toBe("proof_rejected");
  });

  test("W20 the options allow the person's own usable keys and nothing else", async () => {
    const options = await requestOptions(product, odile.id, "x");
    expect(options).toMatchObject({
      challenge: "x",
      timeout: 120_000,
      rpId,
      userVerification: "required",
      allowCredentials: [{ id: key.id, type: "public-key" }],
    });
    expect(options.allowCredentials).toHaveLength(1);
  });
  refused("W20 a credential that nobody has", { id: base64url(random(32)) });
  test("W20 a locked key is neither offered nor taken", async () => {
    const rita = await hire("Rita Blanc", "OPE");
    const { key: locked } = await equip(rita);
    await prepare(env.DIRECTORY, sql`UPDATE security_key SET locked = 1 WHERE credential_id = ${locked.id}`).run();
    expect((await requestOptions(product, rita.id, "x")).allowCredentials).toEqual([]);
    expect(await codeOf(attempt({}, { by: locked, person: rita }))).toBe("proof_rejected");
    expect(await rowOf(locked)).toMatchObject({ sign_count: 0, last_used: null });
  });
  test("W21 somebody else's key, and a signature under another one's id", async () => {
    const before = await rowOf(paulsKey);
    expect(await codeOf(attempt({}, { by: paulsKey }))).toBe("proof_rejected");
    expect(await codeOf(attempt({ userHandle: null }, { by: paulsKey }))).toBe("proof_rejected");
    expect(await codeOf(attempt({ id: key.id, userHandle: null }, { by: paulsKey }))).toBe("proof_rejected");
    expect(await codeOf(attempt({ id: paulsKey.id }))).toBe("proof_rejected");
    expect(await rowOf(paulsKey)).toEqual(before);
  });
  refused("W21 a user handle that is not hers", () => ({ userHandle: userHandle(paul.id) }));
  test("W21 no user handle is no contradiction", async () => expect(await codeOf(attempt({ userHandle: null }))).toBe("accepted"));
  refused("W22 an enrolment is no assertion", { clientData: { type: "webauthn.create" } });
  refused("W23 another challenge", async () => ({ clientData: { challenge: await challengeOf() } }));
  for (const origin of ["http://evil.example", "https://localhost:8787", "http://localhost:8788", "http://localhost:8787/"]) {
    refused(`W24 the origin '${origin}' is not ours`, { clientData: { origin } });
  }
  refused("W25 a frame of another origin", { clientData: { crossOrigin: true } });
  refused("W26 a top origin", { clientData: { topOrigin: "https://evil.example" } });
  refused("W27 a key used for another site", { rpIdHash: random(32) });
  refused("W28 nobody touched the key", { flags: without(flag.up) });
  refused("W29 the key did not verify its user", { flags: without(flag.uv) });
  refused("W30 backed up, but not able to be", { flags: withBit(flag.bs) });
  refused("W31 a key that has become able to be backed up", { flags: withBit(flag.be) });
  refused("W32 a flipped bit in the signature", { signature: flip });
  refused("W32 a signature of nothing", { signature: () => new Uint8Array() });
  refused("W32 a signature of zeros", { signature: (signature) => new Uint8Array(signature.length) });
  refused("W32 a signature cut short", { signature: (signature) => signature.slice(0, 20) });
  test("W32 authenticator data changed after signing", async () => {
    const after = (json: object) => {
      const { response } = json as { response: { authenticatorData: string } };
      return { ...json, response: { ...response, authenticatorData: base64url(flip(bytes(response.authenticatorData))) } };
    };
    expect(await codeOf(attempt({}, { after }))).toBe("proof_rejected");
  });

  test("W33 a counter that goes backwards locks the key and tells the organization", async () => {
    const rita = await hire("Rita Blanc", "OPE");
    const { key: original } = await equip(rita);
    const copy = original.clone();
    expect(await codeOf(attempt({}, { by: original, person: rita }))).toBe("accepted");
    expect(await codeOf(attempt({}, { by: original, person: rita }))).toBe("accepted");
    const before = await rowOf(original);
    expect(await codeOf(attempt({}, { by: copy, person: rita }))).toBe("proof_rejected");
    expect(await rowOf(original)).toEqual({ ...before, locked: expect.any(Number) });
    expect(await codeOf(attempt({}, { by: original, person: rita }))).toBe("proof_rejected");
    expect(await readFirst(env.DIRECTORY, sql`SELECT security_keys FROM actor WHERE id = ${rita.id}`)).toEqual({ security_keys: 0 });
    const locked = (await events(rita.organizationId)).filter(({ name }) => name === "key-locked");
    expect(locked).toMatchObject([{ actor: { id: rita.id, session: "a-session" }, facts: { credentialId: original.id, counter: 1, expected: 3 } }]);
  });
  test("W33 so does one that stands still, or falls back to 0", async () => {
    for (const counter of [1, 0]) {
      const rita = await hire("Rita Blanc", "OPE");
      const { key: original } = await equip(rita);
      expect(await codeOf(attempt({}, { by: original, person: rita }))).toBe("accepted");
      expect(await codeOf(attempt({ counter }, { by: original, person: rita }))).toBe("proof_rejected");
      expect((await rowOf(original))!.locked).not.toBeNull();
    }
  });
  test("W33 a key that never counts is accepted again and again", async () => {
    const nora = await hire("Nora Weiss", "POW");
    const { key: synced } = await equip(nora, { counts: false, backupEligible: true, backedUp: true });
    for (let use = 0; use < 3; use++) expect(await codeOf(attempt({}, { by: synced, person: nora }))).toBe("accepted");
  });
  test("W33 a wrong signature with an old counter locks nobody's key", async () => {
    expect(await codeOf(attempt({ counter: 1, signature: flip }))).toBe("proof_rejected");
    expect((await rowOf(key))!.locked).toBeNull();
  });
  test("W33 the same answer sent twice is refused, but is no copy of the key", async () => {
    const challenge = await challengeOf();
    const json = await key.get({ challenge, rpId });
    const codes = await Promise.all([codeOf(verify(json, challenge)), codeOf(verify(json, challenge))]);
    expect(codes.sort()).toEqual(["accepted", "proof_rejected"]);
    expect(await codeOf(verify(json, challenge))).toBe("proof_rejected");
    expect((await rowOf(key))!.locked).toBeNull();
  });
  test("W35 of many uses with one counter at the same moment one counts", async () => {
    const rita = await hire("Rita Blanc", "OPE");
    const { key: original } = await equip(rita);
    const challenges = await Promise.all(Array.from({ length: 6 }, challengeOf));
    const answers = await Promise.all(
      challenges.map(async (challenge) => ({ challenge, json: await original.get({ challenge, rpId }, { counter: 5 }) })),
    );
    const codes = await Promise.all(answers.map(({ challenge, json }) => codeOf(verify(json, challenge, rita))));
    expect(codes.filter((code) => code === "accepted")).toHaveLength(1);
    expect((await rowOf(original))!.sign_count).toBe(5);
  });

  test("W36 a byte order mark is no part of the client data", async () => {
    expect(await codeOf(attempt({ clientDataBytes: (data) => concat(new Uint8Array([0xef, 0xbb, 0xbf]), data) }))).toBe("accepted");
  });
  refused("W36 client data that is no JSON", { clientDataBytes: asText((text) => `${text}}`) }, "proof_invalid");
  refused("W36 client data without a challenge", { clientData: { challenge: undefined } }, "proof_invalid");
  refused("W36 authenticator data cut short", { authenticatorData: (data) => data.slice(0, 36) }, "proof_invalid");
  refused("W36 bytes behind the authenticator data", { authenticatorData: (data) => concat(data, random(1)) }, "proof_invalid");
  refused(
    "W36 extension outputs that are no CBOR map",
    { flags: withBit(flag.ed), authenticatorData: (data) => concat(data, new Uint8Array([0xff])) },
    "proof_invalid",
  );
  test("W36 anything else in the answer's place", async () => {
    for (const response of [
      undefined,
      null,
      7,
      "x",
      [],
      {},
      { id: "A", rawId: "A", type: "public-key" },
      { id: "A", rawId: "A", type: "public-key", response: [] },
    ]) {
      expect(await codeOf(verify(response, "x"))).toBe("proof_invalid");
    }
    expect(await codeOf(attempt({}, { after: (json) => ({ ...json, type: "other" }) }))).toBe("proof_invalid");
    expect(await codeOf(attempt({}, { after: (json) => ({ ...json, rawId: base64url(random(32)) }) }))).toBe("proof_rejected");
  });
  test("W17 unknown extension outputs change nothing", async () => {
    expect(await codeOf(attempt({ extensions: new Map([["appid", true]]) }))).toBe("accepted");
  });
  test("W37 what is asked for before the key tells nobody who exists: no session, no options", async () => {
    const response = await new Browser().send("POST", "/step-up/options", {});
    expect(response.status).toBe(401);
    const unknown = await new Browser().send("POST", "/activation/options", { token: randomToken() });
    const malformed = await new Browser().send("POST", "/activation/options", { token: odile.email });
    const bodies = await Promise.all([unknown, malformed].map(async (answer) => ({ ...((await answer.json()) as object), requestId: "" })));
    expect(bodies[0]).toEqual(bodies[1]);
  });
});
