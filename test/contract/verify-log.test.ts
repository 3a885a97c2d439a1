import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ActAccepted, AssertionEvidence, LogEvent, LogExport } from "../../worker/contract/log-entry.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { at, chain, david, enrolled, odile, paul, restarted, signedAct, SoftwareKey, vouched } from "./signed-chain.ts";

const odilesKey = new SoftwareKey();
const paulsKey = new SoftwareKey("EdDSA");

/** 1 and 2 enrol, 3 and 5 and 6 are signed, 4 is not, 7 locks Paul's key. */
const told: readonly LogEvent[] = [
  enrolled(odile, odilesKey, 0),
  enrolled(paul, paulsKey, 1),
  signedAct(odile, odilesKey, 2),
  restarted(3),
  signedAct(paul, paulsKey, 4),
  signedAct(odile, odilesKey, 5),
  { kind: "identity", name: "key-locked", actor: paul, at: at(6), cloudId: null, facts: { credentialId: paulsKey.credentialId } },
  {
    kind: "act-ended",
    at: at(7),
    cloudId: 4294967297,
    label: "delete-instance",
    operationId: 562971429258792,
    target: { kind: "resource", id: 562971429157792 },
    status: "SUCCESS",
    message: null,
  },
];

const copy = <T>(value: T): T => structuredClone(value);
const story = (): LogEvent[] => copy([...told]);
const act = (log: LogExport, sequence: number) => log.entries[sequence - 1]!.event as ActAccepted;

/** Tampers with the document as it was exported, hashes untouched. */
async function tampered(change: (log: LogExport) => void) {
  const log = chain(story());
  change(log);
  return verifyExport(log);
}

/** Tampers as somebody who owns the database would: the whole chain is hashed anew, so only signatures, keys and an earlier head can tell. */
async function rewritten(change: (events: LogEvent[]) => void) {
  const events = story();
  change(events);
  return verifyExport(chain(events));
}

describe("an act under an exception", () => {
  const program = { kind: "api-account" as const, id: 77, session: "cgdm-sa-scheduler" };
  const hour = (hours: number) => new Date(Date.parse(at(0)) + hours * 3_600_000).toISOString();
  const given = (): ActAccepted => ({
    ...signedAct(odile, odilesKey, 1, {
      label: "give-secret-exception",
      target: { kind: "member", id: program.id, revision: 1 },
      parameters: { labels: ["stop-instance"], cloudIds: [5], days: 1 },
    }),
    cloudId: null,
    environment: null,
  });
  const stopped = (more: Partial<ActAccepted> = {}): ActAccepted => ({
    ...restarted(3),
    label: "stop-instance",
    actor: program,
    cloudId: 5,
    at: hour(2),
    proof: "none",
    exception: { givenBy: odile.id, ends: new Date(Date.parse(at(1)) + 86_400_000).toISOString() },
    ...more,
  });
  const judged = (...events: LogEvent[]) => verifyExport(chain([enrolled(odile, odilesKey, 0), ...events]));

  test("lies within one that was signed: its account, act, Cloud, giver and time, in whatever order they arrived", async () => {
    expect(await judged(given(), stopped())).toMatchObject({ valid: true });
    expect(await judged(stopped(), given())).toMatchObject({ valid: true });
    const { exception: _, ...without } = stopped();
    const wrong: [ActAccepted, ...LogEvent[]][] = [
      [without],
      [stopped({ actor: { ...program, id: 78 } })],
      [stopped({ actor: { ...program, kind: "person" } })],
      [stopped({ label: "start-instance" })],
      [stopped({ cloudId: 6 })],
      [stopped({ at: hour(-1) })],
      [stopped({ at: hour(25) })],
      [stopped({ exception: { givenBy: paul.id, ends: stopped().exception!.ends } })],
      [stopped({ exception: { givenBy: odile.id, ends: hour(900) } })],
    ];
    for (const [act] of wrong) expect(await judged(given(), act), JSON.stringify(act)).toMatchObject({ valid: false, firstBad: 3 });
    expect(await judged(stopped())).toMatchObject({ valid: false, firstBad: 2 });
    expect(await judged(given(), stopped({ environment: "PRODUCTION" }))).toMatchObject({ valid: false, firstBad: 3 });
  });
});

test("a whole chain is valid, and says that nothing was compared", async () => {
  expect(await verifyExport(chain(story()))).toEqual({
    valid: true,
    firstBad: null,
    reason: null,
    entries: 8,
    signatures: 3,
    origins: ["https://console.itcare.example"],
    comparedWithHead: false,
  });
  expect(await verifyExport(chain([]))).toMatchObject({ valid: true, entries: 0 });
});

test("keys of all three algorithms are checked", async () => {
  for (const algorithm of ["ES256", "EdDSA", "RS256"] as const) {
    const key = new SoftwareKey(algorithm);
    expect(await verifyExport(chain([enrolled(odile, key, 0), signedAct(odile, key, 1), signedAct(odile, key, 2)]))).toMatchObject({
      valid: true,
      signatures: 2,
    });
  }
});

test("names are beside the chain: edited and erased ones break nothing", async () => {
  const log = chain(story());
  log.names = { [odile.id]: "Somebody else" };
  expect((await verifyExport(log)).valid).toBe(true);
  log.names = {};
  expect((await verifyExport(log)).valid).toBe(true);
});

describe("an export that was tampered with names its first bad entry", () => {
  test.each<[string, number, (log: LogExport) => void]>([
    ["changed", 4, (log) => void (act(log, 4).label = "stop-instance")],
    [
      "changed, with its own hash made anew",
      5,
      (log) =>
        void (log.entries[3] = {
          ...chain([...story().slice(0, 3), { ...restarted(3), requestId: "other" }]).entries[3]!,
          previous: log.entries[3]!.previous,
        }),
    ],
    ["one deleted", 4, (log) => void log.entries.splice(3, 1)],
    ["the first deleted", 1, (log) => void log.entries.shift()],
    ["one inserted", 5, (log) => void log.entries.splice(4, 0, copy(log.entries[3]!))],
    ["two exchanged", 4, (log) => void log.entries.splice(3, 2, log.entries[4]!, log.entries[3]!)],
    [
      "two exchanged and renumbered",
      4,
      (log) => void log.entries.splice(3, 2, { ...log.entries[4]!, sequence: 4 }, { ...log.entries[3]!, sequence: 5 }),
    ],
    ["truncated", 7, (log) => void log.entries.splice(6)],
    ["a hash changed", 6, (log) => void (log.entries[5]!.hash = log.entries[4]!.hash)],
    ["a link changed", 6, (log) => void (log.entries[5]!.previous = log.entries[3]!.hash)],
    ["an entry of another organization", 2, (log) => void (log.entries[1]!.organizationId = 2)],
    ["a number that cannot be hashed", 4, (log) => void (act(log, 4).parameters = { size: 1.5 })],
    ["the head changed", 8, (log) => void (log.head.hash = log.entries[0]!.hash)],
  ])("%s", async (_what, firstBad, change) => {
    expect(await tampered(change)).toMatchObject({ valid: false, firstBad });
  });
});

describe("a chain that was hashed anew is given away by the signatures", () => {
  test.each<[string, number, RegExp, (events: LogEvent[]) => void]>([
    [
      "two signatures exchanged",
      3,
      /issued after/,
      (e) =>
        void ([(e[2] as ActAccepted).evidence, (e[5] as ActAccepted).evidence] = [(e[5] as ActAccepted).evidence, (e[2] as ActAccepted).evidence]),
    ],
    [
      "the signature of another act on the same thing",
      3,
      /not the key's/,
      (e) => void ((e[2] as ActAccepted).evidence!.signature = (e[5] as ActAccepted).evidence!.signature),
    ],
    ["the parameters edited", 5, /set of parameters/, (e) => void ((e[4] as ActAccepted).parameters = { force: true, disks: [40, 80] })],
    [
      "the parameters edited in both places",
      5,
      /another operation/,
      (e) => {
        const event = e[4] as ActAccepted;
        event.parameters = { disks: [40, 80], force: true };
        const evidence = event.evidence as AssertionEvidence;
        evidence.operation = evidence.operation.replace('"force":false', '"force":true');
      },
    ],
    ["the act exchanged", 5, /another act/, (e) => void ((e[4] as ActAccepted).label = "create-instance")],
    ["the target exchanged", 5, /another target/, (e) => void ((e[4] as ActAccepted).target.id += 1)],
    ["the actor exchanged", 3, /another actor/, (e) => void ((e[2] as ActAccepted).actor = { ...odile, id: paul.id })],
    ["the session exchanged", 3, /another session/, (e) => void ((e[2] as ActAccepted).actor = { ...odile, session: paul.session })],
    ["the signature left out", 5, /lacks its signature/, (e) => void ((e[4] as ActAccepted).evidence = null)],
    ["the proof called a lesser one", 5, /must be signed/, (e) => Object.assign(e[4] as ActAccepted, { proof: "session", evidence: null })],
    ["a signature used again", 7, /used before/, (e) => void e.splice(6, 0, { ...copy(e[5] as ActAccepted), requestId: "again" })],
    ["an unsigned act on PRODUCTION", 4, /must be signed/, (e) => void ((e[3] as ActAccepted).environment = "PRODUCTION")],
    ["a routine act without a proof", 4, /needs a proof/, (e) => void ((e[3] as ActAccepted).proof = "none")],
    ["the enrolment left out", 4, /never enrolled/, (e) => void e.splice(1, 1)],
    [
      "the enrolment given to another key",
      3,
      /not the one that was enrolled/,
      (e) => void (e[0] = enrolled(odile, { ...new SoftwareKey(), credentialId: odilesKey.credentialId } as SoftwareKey, 0)),
    ],
    ["the enrolment given to another person", 3, /somebody else/, (e) => void (e[0] = enrolled(paul, odilesKey, 0))],
    ["a key of the organization's own people that is vouched for only", 2, /own people/, (e) => void (e[1] = vouched(paul, paulsKey, 1))],
    ["a key vouched for that is somebody's here", 2, /another one than before/, (e) => void (e[1] = vouched(david, odilesKey, 1))],
    ["a key enrolled twice", 2, /enrolled before/, (e) => void (e[1] = enrolled(paul, odilesKey, 1))],
    ["a key of nobody", 6, /never enrolled/, (e) => void (e[5] = signedAct(odile, new SoftwareKey(), 5))],
    ["somebody else's key", 6, /somebody else/, (e) => void (e[5] = signedAct(odile, paulsKey, 5))],
    ["a key used after it was locked", 8, /locked/, (e) => void e.splice(7, 0, signedAct(paul, paulsKey, 7))],
    [
      "a key used after it was removed",
      8,
      /removed/,
      (e) => {
        e[6] = { ...e[6], name: "key-removed" } as LogEvent;
        e.splice(7, 0, signedAct(paul, paulsKey, 8));
      },
    ],
    ["a key used before it was enrolled", 3, /before it was enrolled/, (e) => void (e[0]!.at = at(3))],
    ["an act later than its signature was good for", 6, /expired/, (e) => void (e[5]!.at = at(8))],
    ["a user who was not verified", 6, /did not verify/, (e) => void (e[5] = signedAct(odile, odilesKey, 5, {}, { flags: 0x01 }))],
    ["a user who was not present", 6, /did not verify/, (e) => void (e[5] = signedAct(odile, odilesKey, 5, {}, { flags: 0x04 }))],
    [
      "an enrolment passed off as an assertion",
      6,
      /no assertion/,
      (e) => void (e[5] = signedAct(odile, odilesKey, 5, {}, { type: "webauthn.create" })),
    ],
    [
      "a signature made on another site",
      6,
      /another site/,
      (e) => void (e[5] = signedAct(odile, odilesKey, 5, {}, { relyingParty: "evil.example" })),
    ],
    [
      "a signature made on another site, consistently",
      6,
      /than before/,
      (e) => void (e[5] = signedAct(odile, odilesKey, 5, {}, { relyingParty: "evil.example", origin: "https://evil.example" })),
    ],
    ["a nonce that is too short to be one", 6, /nonce/, (e) => void (e[5] = signedAct(odile, odilesKey, 5, { nonce: "AAAA" }))],
    ["evidence that cannot be read", 6, /cannot be read/, (e) => void (((e[5] as ActAccepted).evidence as AssertionEvidence).clientData = "%%%")],
  ])("%s", async (_what, firstBad, reason, change) => {
    const verdict = await rewritten(change);
    expect(verdict).toMatchObject({ valid: false, firstBad });
    expect(verdict.reason).toMatch(reason);
  });
});

test("what the provider's David signs for the organization is taken by the provider's word for his key, at each act the same", async () => {
  const davids = new SoftwareKey();
  const acts = [vouched(david, davids, 1), signedAct(david, davids, 2), vouched(david, davids, 3), signedAct(david, davids, 4)];
  expect(await verifyExport(chain(acts))).toMatchObject({ valid: true, signatures: 2 });
  expect(await verifyExport(chain([acts[1]!]))).toMatchObject({ valid: false, firstBad: 1 });
});

test("an enrolment that arrived after the act it precedes is an enrolment all the same", async () => {
  const [first, ...rest] = story();
  expect(await verifyExport(chain([...rest, first!]))).toMatchObject({ valid: true, signatures: 3 });
});

describe("an earlier head", () => {
  const whole = chain(story());
  const earlier = { organizationId: 1, sequence: 5, hash: whole.entries[4]!.hash };

  test("that is part of the chain is confirmed", async () => {
    expect(await verifyExport(whole, earlier)).toMatchObject({ valid: true, comparedWithHead: true });
    expect(await verifyExport(whole, whole.head)).toMatchObject({ valid: true, comparedWithHead: true });
  });

  test("gives away a chain that was rewritten as a whole, which alone looks valid", async () => {
    const events = story();
    events[3] = { ...restarted(3), requestId: "other" };
    const forged = chain(events);
    expect((await verifyExport(forged)).valid).toBe(true);
    expect(await verifyExport(forged, earlier)).toMatchObject({ valid: false, firstBad: 5 });
    const hashes = whole.entries.slice(0, 5).map(({ hash }) => hash);
    expect(await verifyExport(forged, { ...earlier, hashes })).toMatchObject({ valid: false, firstBad: 4 });
  });

  test("gives away a chain whose end was cut off, head and all", async () => {
    const cut = chain(story().slice(0, 3));
    expect((await verifyExport(cut)).valid).toBe(true);
    expect(await verifyExport(cut, earlier)).toMatchObject({ valid: false, firstBad: 4 });
  });

  test("of another organization is not compared", async () => {
    expect(await verifyExport(whole, { ...earlier, organizationId: 2 })).toMatchObject({ valid: false, firstBad: null });
  });
});

test("what is no export is not valid, whatever it is", async () => {
  for (const document of [null, 1, "log", {}, [], { format: "itcare-log/1" }, { ...chain(story()), entries: [null] }]) {
    expect((await verifyExport(document)).valid).toBe(false);
  }
});

test("the command says what is wrong, and ends accordingly", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "verify-log-"));
  const write = (name: string, value: unknown) => {
    writeFileSync(join(folder, name), JSON.stringify(value));
    return join(folder, name);
  };
  const run = (...given: string[]) =>
    spawnSync(process.execPath, ["scripts/verify-log.ts", ...given], { cwd: join(import.meta.dirname, "../.."), encoding: "utf8" });
  try {
    const log = chain(story());
    const path = write("export.json", log);
    const alone = run(path);
    expect(alone.stdout).toContain("8 entries of Asclepia");
    expect(alone.stdout).toContain("cannot tell whether the whole chain was rewritten");
    expect(alone.status).toBe(0);
    const head = `${log.head.sequence}:${log.head.hash}`;
    expect(run(path, "--head", head).stdout).toContain("Nothing up to 8 has changed");
    expect(run(path, "--head", write("head.json", log.head)).status).toBe(0);
    expect(run(path, "--head", write("earlier.json", chain(story().slice(0, 2)))).status).toBe(0);
    expect(run(path, "--head", write("other.json", chain(story().slice(1, 3)))).stderr).toContain("the first bad entry is 1");
    act(log, 4).label = "stop-instance";
    const bad = run(write("bad.json", log));
    expect(bad.status).toBe(1);
    expect(bad.stderr).toContain("the first bad entry is 4");
    expect(run().status).toBe(2);
    expect(run(join(folder, "absent.json")).status).toBe(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
