import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { FIRST_PREVIOUS, type LogEntry } from "../../worker/contract/log-entry.ts";
import { canonicalize, hashText, type Json } from "../../worker/contract/operation.ts";
import { notifyAllLogs, notifyLog, organizationLog } from "../../worker/log/notify.ts";
import { LogStore } from "../../worker/log/store.ts";
import { recordRefusal } from "../../worker/log/refusals.ts";
import { chainOf, found, idIn, ODILE, put, sessionOf, signedIn, stopped, targetsOf, until, waiting } from "./people.ts";

/** No gap, nothing twice, every hash over what stands there and over what stood before. */
async function expectWhole(entries: LogEntry[]): Promise<void> {
  let previous = FIRST_PREVIOUS;
  for (const [index, { hash, ...rest }] of entries.entries()) {
    expect(rest.sequence).toBe(index + 1);
    expect(rest.previous).toBe(previous);
    expect(await hashText(canonicalize(rest as unknown as Json))).toBe(hash);
    previous = hash;
  }
  const sources = entries.map(({ source }) => `${source.database} ${source.number}`);
  expect(new Set(sources).size).toBe(sources.length);
}

test("what the three outboxes hold is chained in each one's order, and leaves them", async () => {
  await put("REGION_EB", 1001, stopped(1001, 1), stopped(1001, 2), stopped(1001, 3));
  await put("REGION_ET", 1001, stopped(1001, 4));
  await put("DIRECTORY", 1001, signedIn(1001, ODILE));
  await notifyLog(env, 1001);
  const entries = await chainOf(1001);
  await expectWhole(entries);
  expect(targetsOf(entries.filter(({ source }) => source.database === "REGION_EB"))).toEqual([1, 2, 3]);
  expect(entries).toHaveLength(5);
  for (const database of ["REGION_EB", "REGION_ET", "DIRECTORY"] as const) expect(await waiting(database, 1001)).toBe(0);
  const head = await organizationLog(env, 1001).readHead();
  expect(head).toMatchObject({ organizationId: 1001, sequence: 5, hash: entries[4]!.hash });
});

test("a backlog longer than a chunk comes whole and in order", async () => {
  for (let first = 0; first < 450; first += 150) {
    await put("REGION_EB", 1002, ...Array.from({ length: 150 }, (_, index) => stopped(1002, first + index + 1)));
  }
  await notifyLog(env, 1002);
  const entries = await chainOf(1002);
  await expectWhole(entries);
  expect(targetsOf(entries)).toEqual(Array.from({ length: 450 }, (_, index) => index + 1));
});

test("three organizations' logs do not touch each other", async () => {
  for (const organization of [1003, 1004, 1005]) await put("REGION_EB", organization, stopped(organization, 1), stopped(organization, 2));
  await notifyLog(env, 1003);
  expect(await chainOf(1003)).toHaveLength(2);
  expect(await chainOf(1004)).toHaveLength(0);
  expect(await waiting("REGION_EB", 1004)).toBe(2);
  await notifyAllLogs(env);
  for (const organization of [1004, 1005]) {
    const entries = await chainOf(organization);
    await expectWhole(entries);
    expect(entries.map(({ organizationId }) => organizationId)).toEqual([organization, organization]);
  }
});

test("a crash between chaining and deleting delivers a second time and chains once", async () => {
  await env.REGION_ET.exec("CREATE TRIGGER no_delete BEFORE DELETE ON outbox WHEN old.organization_id = 1006 BEGIN SELECT RAISE(ABORT, 'away'); END");
  await put("REGION_ET", 1006, stopped(1006, 1), stopped(1006, 2));
  await notifyLog(env, 1006);
  expect(await chainOf(1006)).toHaveLength(2);
  expect(await waiting("REGION_ET", 1006)).toBe(2);
  await put("REGION_ET", 1006, stopped(1006, 3));
  await evictDurableObject(organizationLog(env, 1006));
  await notifyLog(env, 1006);
  expect(targetsOf(await chainOf(1006))).toEqual([1, 2, 3]);
  await env.REGION_ET.exec("DROP TRIGGER no_delete");
  await notifyLog(env, 1006);
  const entries = await chainOf(1006);
  await expectWhole(entries);
  expect(targetsOf(entries)).toEqual([1, 2, 3]);
  expect(await waiting("REGION_ET", 1006)).toBe(0);
});

test("a database restored to an earlier time gives numbers again, and their new events are not taken for old ones", async () => {
  await put("DIRECTORY", 1007, signedIn(1007, ODILE));
  await notifyLog(env, 1007);
  const [first] = await chainOf(1007);
  const again = stopped(1007, 9);
  await env.DIRECTORY.prepare("INSERT INTO outbox(number, organization_id, at, body) VALUES (?, 1007, 0, ?)")
    .bind(first!.source.number, JSON.stringify(again))
    .run();
  await notifyLog(env, 1007);
  expect((await chainOf(1007)).map(({ event }) => event.kind)).toEqual(["identity", "act-accepted"]);
});

test("a dead database leaves the others' delivery untouched, and is read by itself when it is back", async () => {
  await put("REGION_ET", 1008, stopped(1008, 1));
  await env.REGION_ET.exec("ALTER TABLE outbox RENAME TO outbox_away");
  try {
    await put("REGION_EB", 1008, stopped(1008, 2));
    await notifyLog(env, 1008);
    expect(targetsOf(await chainOf(1008))).toEqual([2]);
    await put("REGION_EB", 1008, stopped(1008, 3));
    await notifyLog(env, 1008);
    expect(targetsOf(await chainOf(1008))).toEqual([2, 3]);
  } finally {
    await env.REGION_ET.exec("ALTER TABLE outbox_away RENAME TO outbox");
  }
  await until(async () => (await chainOf(1008)).length === 3);
  await expectWhole(await chainOf(1008));
});

test("a lost notification only delays: the alarm reads again, of an object that has forgotten everything too", async () => {
  await put("REGION_EB", 1009, stopped(1009, 1));
  await notifyLog(env, 1009);
  await put("REGION_EB", 1009, stopped(1009, 2));
  const log = organizationLog(env, 1009);
  await evictDurableObject(log);
  expect(await runDurableObjectAlarm(log)).toBe(true);
  await until(async () => (await chainOf(1009)).length === 2);
});

test("a row that is no event stops nothing and is not lost", async () => {
  await put(
    "REGION_EB",
    1010,
    "{not json",
    stopped(1010, 1),
    JSON.stringify({ event: { ...stopped(1010, 2).event, parameters: { size: 1.5 } }, names: {} }),
    stopped(1010, 3),
  );
  await notifyLog(env, 1010);
  const entries = await chainOf(1010);
  await expectWhole(entries);
  expect(targetsOf(entries)).toEqual(["unreadable", 1, "unreadable", 3]);
  expect(entries[0]!.event).toMatchObject({ bodyHash: await hashText("{not json") });
  await notifyLog(env, 1010);
  expect(await waiting("REGION_EB", 1010)).toBe(0);
  const kept = await runInDurableObject(organizationLog(env, 1010), (_, state) => state.storage.sql.exec("SELECT body FROM unreadable").toArray());
  expect(kept).toHaveLength(2);
});

test("50 rounds of notifications beside each other, while outboxes are written: no gap, nothing twice, nothing lost", async () => {
  let next = 0;
  for (let round = 0; round < 50; round += 1) {
    await Promise.all([
      put("REGION_EB", 1011, stopped(1011, (next += 1)), stopped(1011, (next += 1))),
      notifyLog(env, 1011),
      put("REGION_ET", 1011, stopped(1011, (next += 1))),
      notifyLog(env, 1011),
      notifyAllLogs(env),
      put("DIRECTORY", 1011, signedIn(1011, ODILE)),
      notifyLog(env, 1011),
    ]);
    if (round % 20 === 10) await evictDurableObject(organizationLog(env, 1011));
  }
  await notifyLog(env, 1011);
  const entries = await chainOf(1011);
  await expectWhole(entries);
  expect(entries).toHaveLength(200);
  expect(new Set(targetsOf(entries)).size).toBe(151);
  for (const database of ["REGION_EB", "REGION_ET"] as const) {
    const numbers = entries.filter(({ source }) => source.database === database).map(({ source }) => source.number);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  }
});

test("an entry costs nine rows, beside one mark per delivery: itself, seven indexes that it is found by, and its use", async () => {
  await put("REGION_EB", 1012, stopped(1012, 1));
  await notifyLog(env, 1012);
  const written = await runInDurableObject(organizationLog(env, 1012), (_, state) => {
    const store = new LogStore(state.storage, 1012);
    let rows = 0;
    const counted = {
      exec: (text: string, ...values: unknown[]) => {
        const cursor = state.storage.sql.exec(text, ...values);
        const results = cursor.toArray();
        rows += cursor.rowsWritten;
        return { toArray: () => results, one: () => results[0] };
      },
    };
    Object.defineProperty(store, "sql", { value: counted });
    store.append(
      "REGION_EB",
      Array.from({ length: 20 }, (_unused, index) => ({ number: 10_000 + index, at: 0, body: JSON.stringify(stopped(1012, 1)) })),
    );
    return rows;
  });
  expect(written).toBe(1 + 20 * 9);
});

test("what fails in the middle of a chunk leaves nothing of it, and the chain goes on from where it was", async () => {
  await runInDurableObject(organizationLog(env, 1014), (_, state) => {
    const store = new LogStore(state.storage, 1014);
    const row = (number: number) => ({ number, at: 0, body: JSON.stringify(stopped(1014, number)) });
    expect(() => store.append("REGION_EB", [row(1), { ...row(2), number: NaN }])).toThrow("whole numbers");
    expect(store.append("REGION_EB", [row(1), row(2)]).map(({ sequence }) => sequence)).toEqual([1, 2]);
  });
  await expectWhole(await chainOf(1014));
});

test("equal refusals within a minute are one entry with a count; other ones stand for themselves", async () => {
  await found(1013);
  const refused = (code: "profile_too_low" | "mfa_not_configured", requestId: string) => ({
    organizationId: 1013,
    names: { [idIn(1013, ODILE)]: "Odile Renaud" },
    event: {
      kind: "act-refused" as const,
      at: new Date().toISOString(),
      cloudId: idIn(1013, 1),
      label: "delete-instance" as const,
      actor: { kind: "person" as const, id: idIn(1013, ODILE), session: sessionOf(1013, ODILE) },
      target: { kind: "resource", id: 77 },
      code,
      requestId,
    },
  });
  await Promise.all([1, 2, 3].map((n) => recordRefusal(env, refused("profile_too_low", `r${n}`))));
  await recordRefusal(env, refused("mfa_not_configured", "r4"));
  const log = organizationLog(env, 1013);
  // A crash loses nothing that was acknowledged.
  await evictDurableObject(log);
  await runDurableObjectAlarm(log);
  expect(await chainOf(1013)).toHaveLength(0);
  await recordRefusal(env, refused("profile_too_low", "r5"));
  await runInDurableObject(log, (_, state) => state.storage.sql.exec("UPDATE refusal SET first = first - 60000").toArray());
  await runDurableObjectAlarm(log);
  const entries = await chainOf(1013);
  await expectWhole(entries);
  expect(entries.map(({ event }) => event.kind === "act-refused" && [event.code, event.count]).sort()).toEqual([
    ["mfa_not_configured", 1],
    ["profile_too_low", 4],
  ]);
  // After the minute, the same refusal is a new entry.
  await recordRefusal(env, refused("profile_too_low", "r6"));
  await runInDurableObject(log, (_, state) => state.storage.sql.exec("UPDATE refusal SET first = first - 60000").toArray());
  await runDurableObjectAlarm(log);
  expect(await chainOf(1013)).toHaveLength(3);
});
