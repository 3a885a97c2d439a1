import { env } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import type { CanonicalOperation } from "../../worker/contract/operation.ts";
import { hashText, toBase64Url } from "../../worker/contract/operation.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import { world, type Caller, type Person, type World } from "../world.ts";
import { count, ended, revisionOf, statusOf } from "./looking.ts";

/** Races are run this often; test:long asks for more. */
const ROUNDS = Number(env.ROUNDS);

let it: World;
beforeAll(async () => {
  it = await world(env);
});

const at = (id: number) => `/itcare/compute/instances/${id}`;
const patch = (operation: string, more: object = {}) => ({ method: "PATCH", json: { operation, ...more } });

interface Refused {
  errorCode: string;
  errorDesc: string;
  detail: string;
  change?: string;
  status: number;
  challenge?: { operation: string; hash: string; options: { challenge: string; userVerification: string } };
}
const problem = (response: Response) => response.json<Refused>();
const codeOf = async (response: Response) => `${response.status} ${(await problem(response)).errorCode}`;

test("Odile stops a production server: her key signs this very operation, the zone does it, the log keeps the signature", async () => {
  const server = await it.addInstance({ environment: "PRODUCTION" });
  const refused = await it.odile.fetch(at(server.id), patch("stop", { changeReference: "RFC_123" }));
  expect(refused.status).toBe(401);
  expect(refused.headers.get("www-authenticate")).toMatch(/^Bearer error="insufficient_user_authentication".*acr_values="signature", max_age=300$/);
  expect(refused.headers.get("content-type")).toBe("application/problem+json");
  const { challenge, errorCode } = await problem(refused.clone());
  expect(errorCode).toBe("SIGNATURE_REQUIRED");
  expect(challenge!.options).toMatchObject({ challenge: challenge!.hash, userVerification: "required" });
  expect(await hashText(challenge!.operation)).toBe(challenge!.hash);
  expect(JSON.parse(challenge!.operation)).toMatchObject({
    label: "stop-instance",
    target: { kind: "resource", id: server.id, revision: 1 },
    parameters: { operation: "stop", changeReference: "RFC_123" },
    actor: { kind: "person", id: it.odile.id },
    session: it.odile.session,
  } satisfies Partial<CanonicalOperation>);

  const accepted = await it.odile.sign(refused);
  expect(accepted.status).toBe(202);
  const action = await accepted.json<Action>();
  expect(accepted.headers.get("location")).toBe(`/itcare/actions/${action.id}`);
  expect(action).toMatchObject({
    process: "vm_stop",
    status: "IN_PROGRESS",
    resourceId: server.id,
    resourceName: server.name,
    submittedBy: "Odile Renaud",
    changeReference: "RFC_123",
  });
  expect(await ended(it.odile, action.id)).toMatchObject({ status: "SUCCESS" });
  expect(await statusOf(it.odile, server.id)).toBe("INACTIVE");

  const log = await it.odile.fetch(`/itcare/log?resourceId=${server.id}`);
  const entries = (await log.json<{ content: { event: { kind: string; evidence?: { operation: string } } }[] }>()).content;
  expect(entries.map(({ event }) => event.kind)).toEqual(["act-ended", "act-accepted"]);
  expect(entries[1]!.event.evidence!.operation).toBe(challenge!.operation);
});

test("a routine act on a test server needs her key once in five minutes, and no signature of its own", async () => {
  const server = await it.addInstance();
  const refused = await it.rita.fetch(at(server.id), patch("stop"));
  expect(await codeOf(refused)).toBe("404 NOT_FOUND");
  expect(await codeOf(await it.odile.fetch(at(server.id), patch("stop")))).toBe("401 STEP_UP_REQUIRED");
  await it.odile.stepUp(60_000);
  const accepted = await it.odile.fetch(at(server.id), patch("stop"));
  expect(accepted.status).toBe(202);
  await it.odile.stepUp(5 * 60_000);
  expect(await codeOf(await it.odile.fetch(at(it.instances.EB.ACTIVE.TEST.id), patch("reset")))).toBe("401 STEP_UP_REQUIRED");
});

test("a signature is good for what it was made over, once", async () => {
  const [server, other] = [await it.addInstance({ environment: "PRODUCTION" }), await it.addInstance({ environment: "PRODUCTION" })];
  const refused = await it.odile.fetch(at(server.id), patch("stop"));
  const proof = { "itcare-proof": await it.odile.proofFor(refused) };
  const rejected = async (who: Person, path: string, ask: object) =>
    expect(await codeOf(await who.fetch(path, { ...ask, headers: proof }))).toBe("401 PROOF_REJECTED");
  await rejected(it.odile, at(server.id), patch("reset"));
  await rejected(it.odile, at(other.id), patch("stop"));
  await rejected(it.odile, at(server.id), patch("stop", { changeReference: "RFC_9" }));
  await rejected(it.paul, at(server.id), patch("stop"));
  expect(await revisionOf(server.id)).toBe(1);

  const accepted = await it.odile.fetch(at(server.id), { ...patch("stop"), headers: proof });
  expect(accepted.status).toBe(202);
  await ended(it.odile, (await accepted.json<Action>()).id);
  const started = await it.odile.act(at(server.id), patch("start"));
  await ended(it.odile, (await started.json<Action>()).id);
  await rejected(it.odile, at(server.id), patch("stop"));
  // The key signs the same challenge anew, and counts on: it is the challenge that is spent.
  proof["itcare-proof"] = await it.odile.proofFor(refused);
  await rejected(it.odile, at(server.id), patch("stop"));
  expect(await statusOf(it.odile, server.id)).toBe("ACTIVE");
});

test("a signature is not good after its two minutes, nor bent in any byte", async () => {
  const server = await it.addInstance({ environment: "PRODUCTION" });
  const refused = await it.odile.fetch(at(server.id), patch("stop"));
  const proof = await it.odile.proofFor(refused);
  const sent = (header: string) => it.odile.fetch(at(server.id), { ...patch("stop"), headers: { "itcare-proof": header } });
  for (const [header, answer] of [
    ["%", "400 PROOF_INVALID"],
    [toBase64Url(new TextEncoder().encode("{}")), "400 PROOF_INVALID"],
    [toBase64Url(new TextEncoder().encode("null")), "400 PROOF_INVALID"],
    [proof.slice(0, -8), "400 PROOF_INVALID"],
  ] as const) {
    expect(await codeOf(await sent(header)), header.slice(0, 20)).toBe(answer);
  }
  await env.REGION_EB.prepare("UPDATE challenge SET expires = ?")
    .bind(Date.now() - 1)
    .run();
  expect(await codeOf(await sent(proof))).toBe("401 PROOF_REJECTED");
  expect(await revisionOf(server.id)).toBe(1);
});

test("somebody changed it in between: 412, and the challenge is still unspent", async () => {
  const server = await it.addInstance({ environment: "PRODUCTION" });
  const proof = { "itcare-proof": await it.odile.proofFor(await it.odile.fetch(at(server.id), patch("stop"))) };
  const [path, body] = [at(server.id), patch("reset")];
  await ended(it.paul, (await (await it.paul.act(path, body)).json<Action>()).id);
  const open = await count("challenge");
  const stale = await it.odile.fetch(path, { ...patch("stop"), headers: proof });
  expect(await codeOf(stale)).toBe("412 REVISION_STALE");
  expect(await count("challenge")).toBe(open);
});

test("an act may say how long it may take, and signs that too", async () => {
  const server = await it.addInstance({ environment: "PRODUCTION" });
  for (const deadline of [59, 86_401, 1.5, "PT5M"])
    expect(await codeOf(await it.odile.fetch(at(server.id), patch("stop", { deadline })))).toBe("400 INVALID_FIELD_VALUE");
  const refused = await it.odile.fetch(at(server.id), patch("stop", { deadline: 300 }));
  expect(JSON.parse((await problem(refused.clone())).challenge!.operation)).toMatchObject({ parameters: { operation: "stop", deadline: 300 } });
  const proof = { "itcare-proof": await it.odile.proofFor(refused) };
  expect(await codeOf(await it.odile.fetch(at(server.id), { ...patch("stop", { deadline: 600 }), headers: proof }))).toBe("401 PROOF_REJECTED");

  const action = await (await it.odile.act(at(server.id), patch("stop", { deadline: 300 }))).json<Action>();
  const lasts = (id: number) =>
    env.REGION_EB.prepare("SELECT deadline - created AS lasts FROM operation WHERE id = CAST(? AS INTEGER)").bind(id).first("lasts");
  expect(await lasts(action.id)).toBe(300_000);
  await ended(it.odile, action.id);
  const next = await (await it.odile.act(at(server.id), patch("start"))).json<Action>();
  expect(await lasts(next.id)).toBe(3_600_000);
});

test("If-Match is honoured: what Odile has not seen, she does not change", async () => {
  const server = await it.addInstance();
  await it.odile.stepUp();
  const etag = (await it.odile.fetch(at(server.id))).headers.get("etag")!;
  expect(etag).toMatch(/^"1\.\d+"$/);
  expect(await codeOf(await it.odile.fetch(at(server.id), { ...patch("reset"), headers: { "if-match": '"7.0"' } }))).toBe("412 REVISION_STALE");
  const accepted = await it.odile.fetch(at(server.id), { ...patch("reset"), headers: { "if-match": etag } });
  expect(accepted.status).toBe(202);
});

test("the same idempotency key gets the first answer, byte for byte, and does nothing twice", async () => {
  const server = await it.addInstance();
  await it.odile.stepUp();
  const ask = { ...patch("reset"), headers: { "idempotency-key": "one-and-the-same" } };
  const first = await it.odile.fetch(at(server.id), ask);
  expect(first.status).toBe(202);
  const again = await it.odile.fetch(at(server.id), ask);
  expect([again.status, again.headers.get("idempotency-replayed"), await again.text()]).toEqual([202, "true", await first.clone().text()]);
  expect(again.headers.get("location")).toBe(first.headers.get("location"));
  expect(await revisionOf(server.id)).toBe(2);
  expect(await codeOf(await it.odile.fetch(at(server.id), { ...patch("stop"), headers: ask.headers }))).toBe("422 IDEMPOTENCY_KEY_REUSED");
  expect(await codeOf(await it.stan.fetch(at(server.id), ask))).toBe("403 PROFILE_TOO_LOW");
  await setProfile(it.odile, "STD");
  expect(await codeOf(await it.odile.fetch(at(server.id), ask))).toBe("403 PROFILE_TOO_LOW");
  await setProfile(it.odile, "OPE");
});

test("a dry run needs the profile and no proof, says so in its header, and changes nothing", async () => {
  const server = await it.addInstance({ environment: "PRODUCTION" });
  const dry = { ...patch("stop"), headers: { "itcare-dryrun": "true" } };
  const passed = await it.odile.fetch(at(server.id), dry);
  expect([passed.status, passed.headers.get("itcare-dryrun")]).toEqual([202, "true"]);
  expect(await codeOf(await it.stan.fetch(at(server.id), dry))).toBe("403 PROFILE_TOO_LOW");
  expect(await codeOf(await it.odile.fetch(at(it.instances.EB.INACTIVE.TEST.id), dry))).toBe("409 STATE_FORBIDS");
  expect(await revisionOf(server.id)).toBe(1);
});

test("Stan sees it and is told what he lacks; Mona too; Nora has the profile and no key; Boris is told nothing", async () => {
  const path = at(it.instances.EB.ACTIVE.PRODUCTION.id);
  expect((await it.stan.fetch(path)).status).toBe(200);
  const stan = await problem(await it.stan.fetch(path, patch("stop")));
  expect(stan).toMatchObject({
    status: 403,
    errorCode: "PROFILE_TOO_LOW",
    detail: "stop-instance needs the profile OPE (Modify resources); you have STD on Asclepia Care.",
  });
  expect(stan.change).toContain("security representative of Asclepia");
  expect((await problem(await it.mona.fetch(path, patch("stop")))).detail).toContain("you have DTM");
  expect(await codeOf(await it.nora.fetch(path, patch("stop")))).toBe("403 MFA_NOT_CONFIGURED");
  const bodies = await Promise.all(
    [it.boris.fetch(path, patch("stop")), it.boris.fetch(at(it.absent), patch("stop"))].map(async (response) => (await response).text()),
  );
  const [foreign, absent] = bodies.map((body) => body.replace(/"requestId":"[^"]+"/, ""));
  expect(foreign).toBe(absent);
});

const wanted = (name: string, more: object = {}) => ({
  method: "POST",
  json: {
    name,
    serviceId: it.planted.services.find(({ cloudId }) => cloudId === it.instances.EB.ACTIVE.TEST.cloudId)!.id,
    productCode: "debian12",
    resourceId: "2cpu4gb",
    az: "EB-HDS-A",
    environment: "TEST",
    ...more,
  },
});
const instances = "/itcare/compute/instances";

test("Paul creates an instance in a zone, the zone gives it an address, and he deletes it again once it is stopped", async () => {
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7e paul.okafor@home";
  const created = await it.paul.act(
    instances,
    wanted("asc-new-01", { tags: [{ key: "application", value: "itcare" }], sshKeys: [key], changeReference: "RFC_1" }),
  );
  expect(created.status).toBe(202);
  const action = await created.json<Action>();
  expect(action).toMatchObject({ process: "vm_create", resourceName: "asc-new-01" });
  expect(await ended(it.paul, action.id)).toMatchObject({ status: "SUCCESS" });
  const read = await (await it.paul.fetch(at(action.resourceId))).json<Record<string, unknown>>();
  expect(read).toMatchObject({
    name: "asc-new-01",
    status: "ACTIVE",
    cpu: 2,
    ram: 4,
    totalSizeDisks: "40",
    labelAvailabilityZone: "EB-HDS-A",
    tags: [{ key: "application", value: "itcare" }],
  });
  expect(read["ipAddress"]).toMatch(/^10\./);
  expect(JSON.stringify(await (await it.sybil.fetch("/itcare/log/export")).json())).not.toContain("paul.okafor@home");

  expect(await codeOf(await it.paul.fetch(at(action.resourceId), { method: "DELETE" }))).toBe("409 STATE_FORBIDS");
  await it.paul.stepUp();
  await ended(it.paul, (await (await it.paul.fetch(at(action.resourceId), patch("stop"))).json<Action>()).id);
  const deleted = await it.paul.act(at(action.resourceId), { method: "DELETE", json: { changeReference: "RFC_2" } });
  expect(deleted.status).toBe(202);
  expect(await ended(it.paul, (await deleted.json<Action>()).id)).toMatchObject({ status: "SUCCESS", process: "vm_delete" });
  expect(await codeOf(await it.paul.fetch(at(action.resourceId)))).toBe("404 NOT_FOUND");
  expect(await count("resource_tag", `resource_id = ${action.resourceId}`)).toBe(0);
});

test("production is backed up and monitored by itself, and goes without a replica only for a reason; the zone sets up what was chosen", async () => {
  const plain = wanted("asc-safe-01", { environment: "PRODUCTION" });
  expect(await (await it.paul.fetch(instances, plain)).json()).toMatchObject({ errorCode: "INVALID_FIELD_VALUE", errorDesc: "noReplicationReason" });
  for (const [more, field] of [
    [{ backupEnabled: false, noReplicationReason: "r" }, "noBackupReason"],
    [{ monitoringEnabled: false, noReplicationReason: "r" }, "noMonitoringReason"],
    [{ backupEnabled: true, replicationEnabled: true }, "backupPolicyId"],
    [{ replicationEnabled: true, noReplicationReason: "r" }, "noReplicationReason"],
  ] as const)
    expect(await (await it.paul.fetch(instances, wanted("asc-safe-01", { environment: "PRODUCTION", ...more }))).json()).toMatchObject({
      errorDesc: field,
    });

  const asked = wanted("asc-safe-01", { environment: "PRODUCTION", alertingEnabled: true, noReplicationReason: "one building is enough" });
  const made = await (await it.paul.act(instances, asked)).json<Action>();
  await ended(it.paul, made.id);
  expect(await (await it.stan.fetch(at(made.resourceId))).json()).toMatchObject({
    backupStatus: true,
    backupPolicyId: "nightly-30",
    replicationStatus: false,
    noReplicationReason: "one building is enough",
    monitoringEnabled: true,
    alertingEnabled: true,
    onCallSupervision: false,
    patchParty: { patchGroup: 4, patchDate: null, patchTag: null, excluded: false, exclusionReason: null },
  });

  const test = wanted("asc-safe-02", { backupEnabled: true, backupPolicyId: "nightly-7", replicationEnabled: true });
  const second = await (await it.paul.act(instances, test)).json<Action>();
  await ended(it.paul, second.id);
  expect(await (await it.stan.fetch(at(second.resourceId))).json()).toMatchObject({
    backupStatus: true,
    replicationStatus: true,
    monitoringEnabled: true,
  });

  const bare = await (await it.paul.act(instances, wanted("asc-safe-03"))).json<Action>();
  await ended(it.paul, bare.id);
  expect(await (await it.stan.fetch(at(bare.resourceId))).json()).toMatchObject({
    backupStatus: false,
    backupPolicyId: null,
    monitoringEnabled: false,
  });
  const policies = await (await it.stan.fetch("/itcare/compute/backup-policies")).json<{ policyId: string }[]>();
  expect(policies.map(({ policyId }) => policyId)).toContain("nightly-30");
});

test("a creation without tags has its outbox row and its operation", async () => {
  const before = await count("operation");
  const created = await it.paul.act(instances, wanted("asc-untagged-01"));
  const action = await created.json<Action>();
  expect(await count("operation")).toBe(before + 1);
  await ended(it.paul, action.id);
  const log = await (await it.paul.fetch(`/itcare/log?resourceId=${action.resourceId}`)).json<{ content: unknown[] }>();
  expect(log.content).toHaveLength(2);
});

test("nobody signs a creation that must fail: the refusal comes first and says what to correct", async () => {
  const refusals: [object, string, string?][] = [
    [wanted("x"), "400 INVALID_FIELD_VALUE", "name"],
    [wanted("asc-zone-01", { az: "EB-A" }), "403 ZONE_RESERVED", "az"],
    [wanted("asc-zone-01", { az: "EB-HDS-Z" }), "400 INVALID_FIELD_VALUE", "az"],
    [wanted("asc-zone-01", { az: undefined }), "400 INVALID_FIELD_VALUE", "az"],
    [wanted("asc-zone-01", { area: "ET-HDS" }), "400 INVALID_FIELD_VALUE", "area"],
    [wanted("asc-zone-01", { productCode: "beos" }), "400 INVALID_FIELD_VALUE", "productCode"],
    [wanted("asc-zone-01", { resourceId: "3cpu3gb" }), "400 INVALID_FIELD_VALUE", "resourceId"],
    [wanted("asc-zone-01", { networkId: it.absent }), "400 INVALID_FIELD_VALUE", "networkId"],
    [wanted("asc-zone-01", { serviceId: it.absent }), "404 NOT_FOUND"],
    [wanted("asc-zone-01", { comment: "bell \u0007" }), "400 INVALID_FIELD_VALUE", "comment"],
    [wanted("asc-zone-01", { changeReference: "half \ud83d" }), "400 INVALID_FIELD_VALUE", "changeReference"],
    [wanted("asc-zone-01", { tags: [{ key: "a\u0000", value: "b" }] }), "400 INVALID_FIELD_VALUE", "tags.0.key"],
    [wanted("asc-zone-01", { colour: "red" }), "400 UNKNOWN_FIELD", "colour"],
    [wanted("asc-zone-01", { sshKeys: ["ssh-dss AAAA"] }), "400 INVALID_FIELD_VALUE", "sshKeys.0"],
    [wanted(it.instances.EB.ACTIVE.TEST.name.toUpperCase()), "409 NAME_TAKEN", "name"],
  ];
  const before = [await count("resource"), await count("challenge")];
  for (const [ask, answer, field] of refusals) {
    const refused = await it.paul.fetch(instances, ask);
    expect(await codeOf(refused.clone()), JSON.stringify(ask)).toBe(answer);
    if (field) expect((await problem(refused)).errorDesc).toBe(field);
  }
  expect([await count("resource"), await count("challenge")]).toEqual(before);
});

test("Greta's organization is of the group: its zones are open to her", async () => {
  const service = it.planted.services.find(({ cloudId }) => it.planted.clouds.some(({ id, name }) => id === cloudId && name === "Meridian"))!;
  const created = await it.greta.act(instances, wanted("mer-new-01", { az: "EB-A", serviceId: service.id }));
  expect(created.status).toBe(202);
});

test("Odile resizes: not to the size it has, and the zone's answer is what counts", async () => {
  const { resourceId } = await (await it.paul.act(instances, wanted("asc-resize-01"))).json<Action>();
  await settled(resourceId);
  await it.odile.stepUp();
  expect(await codeOf(await it.odile.fetch(at(resourceId), patch("resize", { options: { resourceId: "2cpu4gb" } })))).toBe("400 INVALID_FIELD_VALUE");
  const accepted = await it.odile.fetch(at(resourceId), patch("resize", { options: { resourceId: "4cpu8gb" } }));
  expect(await ended(it.odile, (await accepted.json<Action>()).id)).toMatchObject({ status: "SUCCESS", process: "vm_resize" });
  expect(await (await it.odile.fetch(at(resourceId))).json()).toMatchObject({ cpu: 4, ram: 8, resourceId: "4cpu8gb", status: "ACTIVE" });
});

async function settled(id: number): Promise<void> {
  const [action] = await (await it.paul.fetch(`/itcare/actions?resourceId=${id}`)).json<Action[]>();
  await ended(it.paul, action!.id);
}

test("a program with its key starts a test server and polls; it cannot touch production, and with a secret alone it only reads", async () => {
  const server = await it.addInstance({ status: "INACTIVE" });
  const started = await it.runner.fetch(at(server.id), patch("start"));
  expect(started.status).toBe(202);
  expect(await ended(it.runner, (await started.json<Action>()).id)).toMatchObject({
    status: "SUCCESS",
    submittedBy: expect.stringContaining("runner"),
  });
  const production = at(it.instances.EB.ACTIVE.PRODUCTION.id);
  expect(await codeOf(await it.runner.fetch(production, patch("stop")))).toBe("401 SIGNATURE_REQUIRED");
  expect((await it.reader.fetch(production)).status).toBe(200);
  expect(await codeOf(await it.reader.fetch(at(server.id), patch("stop")))).toBe("403 PROFILE_TOO_LOW");
  await setProfile(it.reader, "OPE");
  expect(await codeOf(await it.reader.fetch(at(server.id), patch("stop")))).toBe("403 KEY_REQUIRED");
});

test("bodies that cannot be read are refused before anything else is looked at", async () => {
  const path = at(it.instances.EB.ACTIVE.TEST.id);
  const send = (body: string, type = "application/json") => it.odile.fetch(path, { method: "PATCH", body, headers: { "content-type": type } });
  expect(await codeOf(await send("{"))).toBe("400 INVALID_REQUEST");
  expect(await codeOf(await send('{"operation":"stop"}', "text/plain"))).toBe("415 MEDIA_TYPE_UNSUPPORTED");
  expect(await codeOf(await send(JSON.stringify({ operation: "stop", x: "x".repeat(70_000) })))).toBe("413 BODY_TOO_LARGE");
  expect(await codeOf(await send('{"operation":"explode"}'))).toBe("400 UNKNOWN_OPERATION");
  expect(await codeOf(await send("[]"))).toBe("400 UNKNOWN_OPERATION");
  expect(await codeOf(await send('{"operation":"stop","force":true}'))).toBe("400 UNKNOWN_FIELD");
});

test("a client that asks for the API's own media type gets its four keys, and nothing else", async () => {
  const refused = await it.stan.fetch(at(it.instances.EB.ACTIVE.TEST.id), {
    ...patch("stop"),
    headers: { accept: "application/vnd.cegedim-it.v1+json" },
  });
  const body = await refused.json<Record<string, unknown>>();
  expect(Object.keys(body)).toEqual(["status", "errorCode", "errorDesc", "errorMessage"]);
  expect(body["status"]).toBe("FORBIDDEN");
});

test("a page of another site cannot make Odile's browser act", async () => {
  const path = at(it.instances.EB.ACTIVE.TEST.id);
  for (const headers of [{ "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }, { "sec-fetch-site": "none" }]) {
    expect(await codeOf(await it.odile.fetch(path, { ...patch("stop"), headers })), JSON.stringify(headers)).toBe("403 CROSS_SITE");
  }
});

test(`one signature, sent twice at once, is spent once: ${ROUNDS} rounds`, { timeout: 60_000 + ROUNDS * 1_000 }, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const server = await it.addInstance({ environment: "PRODUCTION", zone: "EB-HDS-B" });
    const headers = { "itcare-proof": await it.odile.proofFor(await it.odile.fetch(at(server.id), patch("reset"))) };
    const answers = await Promise.all([0, 1].map(() => it.odile.fetch(at(server.id), { ...patch("reset"), headers })));
    expect(answers.map(({ status }) => status).filter((status) => status === 202)).toHaveLength(1);
    expect(await count("operation", `resource_id = ${server.id}`)).toBe(1);
  }
});

test(`two people act on one server at once: one wins, the other is told why: ${ROUNDS} rounds`, { timeout: 60_000 + ROUNDS * 1_000 }, async () => {
  await Promise.all([it.odile.stepUp(), it.paul.stepUp()]);
  for (let round = 0; round < ROUNDS; round++) {
    const server = await it.addInstance({ zone: "EB-HDS-B" });
    const answers = await Promise.all([it.odile.fetch(at(server.id), patch("stop")), it.paul.fetch(at(server.id), patch("reset"))]);
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(202);
    // The second one may come when the first has ended already: then it is a stop after a reset, or finds the server stopped.
    expect([202, 409, 412]).toContain(statuses[1]);
    expect(await count("operation", `resource_id = ${server.id}`)).toBe(statuses.filter((status) => status === 202).length);
  }
});

test(`one idempotency key, sent twice at once, is one operation: ${ROUNDS} rounds`, { timeout: 60_000 + ROUNDS * 1_000 }, async () => {
  await it.odile.stepUp();
  for (let round = 0; round < ROUNDS; round++) {
    const server = await it.addInstance({ zone: "EB-HDS-B" });
    const ask = { ...patch("reset"), headers: { "idempotency-key": `race-${round}` } };
    const answers = await Promise.all([0, 1].map(() => it.odile.fetch(at(server.id), ask)));
    expect(answers.some(({ status }) => status === 202)).toBe(true);
    expect(await count("operation", `resource_id = ${server.id}`)).toBe(1);
  }
});

test("two creations of one organization at once both get ids of their own", async () => {
  await setProfile(it.odile, "POW");
  for (let round = 0; round < 5; round++) {
    const asked = [it.paul, it.odile].map((who, index) => ({ who, ask: wanted(`asc-many-${round}${index}`) }));
    const signed = [];
    for (const { who, ask } of asked)
      signed.push({ who, ask: { ...ask, headers: { "itcare-proof": await who.proofFor(await who.fetch(instances, ask)) } } });
    const answers = await Promise.all(signed.map(({ who, ask }) => who.fetch(instances, ask)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    const [one, other] = await Promise.all(answers.map((answer) => answer.json<Action>()));
    expect(new Set([one!.id, one!.resourceId, other!.id, other!.resourceId]).size).toBe(4);
  }
  await setProfile(it.odile, "OPE");
});

/** The next request knows. */
async function setProfile(who: Caller, profile: string): Promise<void> {
  await env.DIRECTORY.prepare("UPDATE membership SET profile = ? WHERE actor_id = ?").bind(profile, who.id).run();
}
