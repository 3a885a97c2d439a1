import { env, evictDurableObject } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import type { ActAccepted, LogEntry, LogEvent, LogExport, LogHead } from "../../worker/contract/log-entry.ts";
import { audienceOf } from "../../worker/log/chain.ts";
import type { LogMessage } from "../../worker/log/followers.ts";
import { notifyLog, organizationLog } from "../../worker/log/notify.ts";
import { MOST_ROWS } from "../../worker/log/read.ts";
import { SPAN } from "../../worker/log/schema.ts";
import type { LogFilter, Reader } from "../../worker/log/conditions.ts";
import { facetsOf, outcomesOfKind } from "../../worker/log/facets.ts";
import { readExport } from "../../worker/contract/verifier/document.ts";
import { verifyEntry } from "../../worker/contract/verifier/entry.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { world, type Caller, type Person, type World } from "../world.ts";
import { CARE, chainOf, ended, idIn, ODILE, put, RESEARCH, RITA, signedIn, stopped, SYBIL, targetsOf, until } from "./people.ts";

interface Page {
  content: LogEntry[];
  names: Record<string, string>;
  next: number | null;
}

let people: World;
const cloudNamed = (name: string) => people.planted.clouds.find((cloud) => cloud.name === name)!.id;

/** As an act of Odile's on something of the Cloud. */
function eventOn(cloudId: number | null, number: number): LogEvent {
  const { event } = stopped(1, number);
  return { ...event, cloudId, actor: { kind: "person", id: people.odile.id, session: people.odile.session } } as LogEvent;
}

beforeAll(async () => {
  people = await world(env);
  await notifyLog(env, 1);
});

const readLog = async (who: Caller, query = ""): Promise<Page> => (await who.fetch(`/itcare/log${query}`)).json();

test("the representative reads everything; the others their Clouds and what is about themselves", async () => {
  const [care, research] = [cloudNamed("Asclepia Care"), cloudNamed("Asclepia Research")];
  await put("REGION_EB", 1, { event: eventOn(care, 1), names: {} }, { event: eventOn(research, 2), names: {} });
  await put(
    "DIRECTORY",
    1,
    ...[people.odile, people.rita].map(({ id, session }) => ({
      ...signedIn(1, 0),
      event: { ...signedIn(1, 0).event, actor: { kind: "person" as const, id, session } } as LogEvent,
    })),
  );
  await notifyLog(env, 1);

  const whole = await chainOf(1);
  const sybils = await readLog(people.sybil, "?size=200");
  expect(sybils.content.map(({ sequence }) => sequence)).toEqual(whole.map(({ sequence }) => sequence).reverse());
  expect(sybils.next).toBeNull();

  for (const [who, clouds] of [
    [people.odile, [care, research]],
    [people.rita, [research]],
    [people.reader, [care, research]],
  ] as const) {
    const { content } = await readLog(who, "?size=200");
    for (const { event } of content) {
      const about = event.cloudId === null ? "actor" in event && event.actor.id === who.id : (clouds as readonly number[]).includes(event.cloudId);
      expect(about).toBe(true);
    }
  }
  const ritas = await readLog(people.rita, "?size=200");
  expect(ritas.content.every(({ event }) => event.cloudId !== care)).toBe(true);
  expect(ritas.content.some(({ event }) => event.cloudId === research)).toBe(true);
  expect(await readLog(people.rita, `?cloudId=${care}`)).toMatchObject({ content: [], next: null });
  expect((await readLog(people.boris, "?size=200")).content.every(({ organizationId }) => organizationId === 2)).toBe(true);
});

test("a filter that is not known, or no value, is refused", async () => {
  for (const query of [
    "?actor=1",
    "?cloudId=x",
    "?from=yesterday",
    "?size=1000",
    "?kind=other",
    "?label=format-disk",
    "?outcome=maybe",
    "?proof=oath",
    "?before=0",
    "?page=1",
  ]) {
    expect((await people.sybil.fetch(`/itcare/log${query}`)).status, query).toBe(400);
  }
  expect((await people.nobody.fetch("/itcare/log")).status).toBe(401);
});

test("every page of every filter is what looking at the whole chain gives", async () => {
  const organization = 1020;
  const clouds = [CARE, CARE, CARE, RESEARCH];
  const bodies = Array.from({ length: 700 }, (_, index) =>
    index % 7 === 3
      ? signedIn(organization, [ODILE, RITA, SYBIL][index % 3]!)
      : index % 5 === 4
        ? ended(organization, index - 1, index % 3 === 0 ? "ERROR" : "SUCCESS", index < 300 ? CARE : clouds[index % 4]!)
        : stopped(organization, 1 + (index % 5), index < 300 ? CARE : clouds[index % 4]!, index),
  );
  for (let first = 0; first < bodies.length; first += 100) await put("REGION_EB", organization, ...bodies.slice(first, first + 100));
  await notifyLog(env, organization);
  await evictDurableObject(organizationLog(env, organization));
  const whole = (await chainOf(organization)).reverse();
  expect(whole).toHaveLength(700);

  const id = (sequence: number) => idIn(organization, sequence);
  const readers: Reader[] = [
    { all: true, audiences: [] },
    { all: false, audiences: [id(RESEARCH), id(RITA)] },
    { all: false, audiences: [id(CARE), id(RESEARCH), id(ODILE)] },
    { all: false, audiences: [id(99)] },
  ];
  const someTarget = whole.map(({ event }) => event).find((event) => event.kind === "act-accepted")!.target.id;
  const middle = Date.parse(whole[350]!.event.at);
  const filters: LogFilter[] = [
    {},
    { cloudId: id(CARE) },
    { kind: "identity" },
    { kind: "act-ended" },
    { outcome: "error" },
    { outcome: "refused" },
    { proof: "session" },
    { proof: "signature" },
    { label: "stop-instance" },
    { label: "signed-in" },
    { actorId: id(RITA) },
    { actorId: id(ODILE), outcome: "success" },
    { resourceId: someTarget },
    { from: middle },
    { to: middle },
    { kind: "act-accepted", to: middle, cloudId: id(RESEARCH) },
    { label: "stop-instance", from: middle - 5, to: middle + 5, proof: "session", actorId: id(ODILE) },
    { kind: "act-accepted", outcome: "refused" },
  ];
  const askedBy = new Map(whole.flatMap(({ event }) => (event.kind === "act-accepted" ? [[event.operationId, event.actor.id]] : [])));
  for (const reader of readers) {
    for (const filter of filters) {
      const expected = whole.filter(({ event }) => {
        const { at, outcome, label, actor, target, within, proof } = facetsOf(event);
        const who = event.kind === "act-ended" ? askedBy.get(event.operationId) : actor;
        return (
          (reader.all || reader.audiences.includes(audienceOf(event))) &&
          (filter.cloudId === undefined || event.cloudId === filter.cloudId) &&
          (filter.kind === undefined || outcomesOfKind[filter.kind].includes(outcome)) &&
          (filter.outcome === undefined || outcome === filter.outcome) &&
          (filter.proof === undefined || proof === filter.proof) &&
          (filter.label === undefined || label === filter.label) &&
          (filter.actorId === undefined || who === filter.actorId) &&
          (filter.resourceId === undefined || target === filter.resourceId || within === filter.resourceId) &&
          (filter.from === undefined || at >= filter.from) &&
          (filter.to === undefined || at < filter.to)
        );
      });
      expect(await walk(organization, reader, filter, 60), JSON.stringify(filter)).toEqual(expected.map(({ sequence }) => sequence));
    }
  }
});

/** All pages from the newest on. */
async function walk(organization: number, reader: Reader, filter: LogFilter, size: number): Promise<number[]> {
  const found: number[] = [];
  for (let before: number | null = null; ;) {
    const page = await organizationLog(env, organization).readPage(reader, filter, before, size);
    expect(page.entries.length).toBeLessThanOrEqual(size);
    expect(page.looked).toBeLessThan(MOST_ROWS + 2 * SPAN + 2 * 500);
    found.push(...page.entries.map((text) => (JSON.parse(text) as LogEntry).sequence));
    if (page.next === null) return found;
    before = page.next;
  }
}

test("the head is the last entry's hash, and an empty log has one too", async () => {
  const head = (await (await people.stan.fetch("/itcare/log/head")).json()) as LogHead;
  const last = (await chainOf(1)).at(-1)!;
  expect(head).toMatchObject({ organizationId: 1, sequence: last.sequence, hash: last.hash });
  expect(await organizationLog(env, 1099).readHead()).toMatchObject({ sequence: 0, hash: "A".repeat(43) });
});

test("the export of a log with Odile's own signature in it verifies from itself alone, and only the representative gets it", async () => {
  const { odile } = people;
  const instance = await people.addInstance({ environment: "PRODUCTION" });
  const accepted = await odile.act(`/itcare/compute/instances/${instance.id}`, { method: "PATCH", json: { operation: "stop" } });
  expect(accepted.status).toBe(202);
  await notifyLog(env, 1);

  expect((await odile.fetch("/itcare/log/export")).status).toBe(403);
  const response = await people.sybil.fetch("/itcare/log/export");
  expect(response.headers.get("content-type")).toBe("application/json");
  const log = (await response.json()) as LogExport;
  expect(log).toMatchObject({ format: "itcare-log/1", organization: { id: 1, name: "Asclepia" } });
  expect(await verifyExport(log, log.head)).toMatchObject({ valid: true, reason: null, signatures: 1, origins: [env.ORIGIN] });
  expect(log.names[odile.id]).toBe(odile.name);
  // The chain itself holds no name.
  expect(JSON.stringify(log.entries)).not.toContain(odile.name);
});

test("an export longer than what is read at once is whole", async () => {
  const log = (await new Response(await organizationLog(env, 1020).readExport("Asclepia 1020", "json", {})).json()) as LogExport;
  expect(await verifyExport(log)).toMatchObject({ valid: true, entries: 700 });
});

test("line by line the whole log verifies too; a part of it says that it is one", async () => {
  const text = await (await people.sybil.fetch("/itcare/log/export?format=ndjson")).text();
  expect(await verifyExport(readExport(text))).toMatchObject({ valid: true, signatures: 1 });
  const lines = text.trimEnd().split("\n");
  expect(await verifyExport(readExport([...lines.slice(0, 2), ...lines.slice(3)].join("\n")))).toMatchObject({ valid: false, firstBad: 2 });
  const part = await people.sybil.fetch("/itcare/log/export?format=ndjson&proof=signature");
  expect(part.headers.get("content-disposition")).toMatch(/-part\.ndjson"$/);
  const [about, only, none] = (await part.text()).split("\n");
  expect(JSON.parse(about!)).toMatchObject({ format: "itcare-log-part/1", filter: { proof: "signature" } });
  expect((JSON.parse(only!) as LogEntry).event).toMatchObject({ label: "stop-instance", proof: "signature" });
  expect(none).toBe("");
  expect(await verifyExport(readExport([about, only].join("\n")))).toMatchObject({
    valid: false,
    reason: expect.stringContaining("a part of a log") as string,
  });
  expect((await people.sybil.fetch("/itcare/log/export?proof=signature")).status).toBe(400);
  for (const who of [people.odile, people.reader]) expect((await who.fetch("/itcare/log/export?format=csv")).status).toBe(403);
});

test("in a spreadsheet nothing is a formula, whatever things are called", async () => {
  const organization = 1021;
  const names = ["=1+1", "+1", "-1", "@SUM(A1)", "\tTAB", "\rCR", 'web "one", two\nthree', "web-1", "hôpital"];
  const bodies = names.map((name, index) => {
    const body = stopped(organization, index + 1);
    return { ...body, names: { ...body.names, [(body.event as ActAccepted).target.id]: name } };
  });
  await put("REGION_EB", organization, ...bodies);
  await notifyLog(env, organization);
  const bytes = new Uint8Array(await new Response(await organizationLog(env, organization).readExport("Asclepia", "csv", {})).arrayBuffer());
  expect(Array.from(bytes.slice(0, 3))).toEqual([0xef, 0xbb, 0xbf]);
  const [head, ...rows] = readCsv(new TextDecoder().decode(bytes));
  const cell = (row: string[], column: string) => row[head!.indexOf(column)];
  expect(rows.map((row) => cell(row, "targetName"))).toEqual(names.map((name) => (/^[=+\-@\t\r]/.test(name) ? `'${name}` : name)));
  const whole = await chainOf(organization);
  expect(rows.map((row) => cell(row, "hash")!.replace(/^'/, ""))).toEqual(whole.map(({ hash }) => hash));
  expect(rows.flat().filter((text) => /^[=+\-@\t\r]/.test(text))).toEqual([]);
  expect(cell(rows[0]!, "actorName")).toBe("Odile Renaud");
});

/** RFC 4180, as a spreadsheet reads it. */
function readCsv(text: string): string[][] {
  const rows = text.match(/(?:"(?:[^"]|"")*"|[^"\r\n])*\r\n/g) ?? [];
  expect(rows.join("")).toBe(text);
  return rows.map((row) =>
    [...row.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!),
  );
}

test("an entry's page holds what it takes to verify its signature, for whoever may see the act, and nobody else", async () => {
  await put("DIRECTORY", 1, signedIn(1, 0));
  await notifyLog(env, 1);
  const page = await readLog(people.sybil, "?proof=signature");
  const { sequence } = page.content[0]!;
  const read = async (who: Caller, entry: number | string = sequence) => who.fetch(`/itcare/log/entries/${entry}`);
  const answer = (await (await read(people.paul)).json()) as {
    entry: LogEntry;
    keyEntries: LogEntry[];
    next: { sequence: number };
    key: { name: string };
    related: LogEntry[];
  };
  expect(answer.entry.event).toMatchObject({ kind: "act-accepted", proof: "signature" });
  expect(answer.next.sequence).toBe(sequence + 1);
  expect(answer.key.name).not.toBe("");
  expect(answer.related.every(({ event }) => event.kind === "act-ended")).toBe(true);
  expect(await verifyEntry(answer.entry, answer.keyEntries)).toEqual({ flaw: null, signed: true, origin: env.ORIGIN });
  const changed = { ...answer.entry, event: { ...answer.entry.event, label: "start-instance" } } as LogEntry;
  expect((await verifyEntry(changed, answer.keyEntries)).flaw).toMatch(/was changed/);
  expect((await verifyEntry(answer.entry, [])).flaw).toMatch(/never enrolled/);

  // Rita has no profile on the Cloud; the others ask for what is not there: one answer for all.
  const refusals = await Promise.all([
    read(people.rita),
    read(people.sybil, 1_000_000),
    read(people.sybil, 0),
    read(people.sybil, "x"),
    read(people.boris, 1_000),
  ]);
  const bodies = await Promise.all(refusals.map(async (response) => ({ ...((await response.json()) as object), requestId: "" })));
  expect(refusals.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
  expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
});

/** A console that listens. */
async function follow(
  who: Person,
  headers: Record<string, string> = {},
): Promise<{ messages: LogMessage[]; acts(): number[]; closed(): number | null; close(): void }> {
  const response = await who.fetch("/itcare/log/live", { headers: { upgrade: "websocket", ...headers } });
  expect(response.status).toBe(101);
  const socket = response.webSocket!;
  const messages: LogMessage[] = [];
  let code: number | null = null;
  socket.addEventListener("message", ({ data }) => void messages.push(JSON.parse(data as string) as LogMessage));
  socket.addEventListener("close", (event) => void (code = event.code));
  socket.accept();
  await until(() => messages.length > 0);
  const acts = () =>
    messages.flatMap((message) =>
      message.type === "entry" && message.entry.event.kind === "act-accepted" ? targetsOf([message.entry]) : [],
    ) as number[];
  return { messages, acts, closed: () => code, close: () => socket.close(1000) };
}

/** Odile's act on the thing with this number: what `acts` tells of. */
const happens = async (cloudId: number | null, number: number) => {
  await put("REGION_EB", 1, { event: eventOn(cloudId, number), names: { [people.odile.id]: people.odile.name } });
  await notifyLog(env, 1);
};

test("what happens is pushed to those who may see it, and to nobody else", async () => {
  const [sybil, odile, rita, boris] = [await follow(people.sybil), await follow(people.odile), await follow(people.rita), await follow(people.boris)];
  const [first] = sybil.messages;
  expect(first?.type === "heartbeat" && first.head.hash).toBe((await chainOf(1))[(first as { head: LogHead }).head.sequence - 1]!.hash);
  await happens(cloudNamed("Asclepia Care"), 50);
  await happens(cloudNamed("Asclepia Research"), 51);
  await happens(null, 52);
  await until(() => sybil.acts().length === 3 && rita.acts().length === 1 && odile.acts().length === 3);
  expect(sybil.acts()).toEqual([50, 51, 52]);
  expect(rita.acts()).toEqual([51]);
  // What concerns no Cloud is for who did it.
  expect(odile.acts()).toEqual([50, 51, 52]);
  expect(boris.acts()).toEqual([]);
  expect(sybil.messages.find((message) => message.type === "entry" && message.entry.event.kind === "act-accepted")).toMatchObject({
    names: { [people.odile.id]: people.odile.name },
  });
  for (const who of [sybil, odile, rita, boris]) who.close();
});

test("a revoked session's feed is closed within seconds, and the others stay", async () => {
  const [sybil, paul] = [await follow(people.sybil), await follow(people.paul)];
  await env.DIRECTORY.prepare("DELETE FROM session WHERE id = ?").bind(people.paul.session).run();
  await until(() => paul.closed() !== null, 5_000);
  expect(paul.closed()).toBe(4401);
  await happens(cloudNamed("Asclepia Care"), 60);
  await until(() => sybil.acts().length > 0);
  expect(paul.acts()).toEqual([]);
  sybil.close();
});

test("a Cloud that is taken away is no longer pushed, and neither is the rest to a representative who is none any more", async () => {
  const [mona, bea] = [await follow(people.mona), await follow(people.bea)];
  const care = cloudNamed("Asclepia Care");
  await happens(care, 70);
  await until(() => mona.acts().length === 1);
  await env.DIRECTORY.prepare("UPDATE membership SET state = 'suspended' WHERE actor_id = ?").bind(people.mona.id).run();
  await env.DIRECTORY.prepare("DELETE FROM duty WHERE actor_id = ?").bind(people.bea.id).run();
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  await happens(care, 71);
  await put("REGION_EB", 2, { event: { ...eventOn(null, 72) }, names: {} });
  await notifyLog(env, 2);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(mona.acts()).toHaveLength(1);
  expect(bea.acts()).toEqual([]);
  expect([mona.closed(), bea.closed()]).toEqual([null, null]);
  mona.close();
  bea.close();
});

test("the feed is the console's: another site, a program, a plain request and a forged follower get nothing", async () => {
  const upgrade = { upgrade: "websocket" };
  const ask = async (who: Caller, headers: Record<string, string>) => (await who.fetch("/itcare/log/live", { headers })).status;
  expect(await ask(people.sybil, { ...upgrade, origin: "https://evil.example" })).toBe(403);
  expect(await ask(people.sybil, {})).toBe(400);
  expect(await ask(people.runner, { ...upgrade, origin: env.ORIGIN })).toBe(403);
  expect(await ask(people.nobody, { ...upgrade, origin: env.ORIGIN })).toBe(401);
  const rita = await follow(people.rita, {
    "itcare-follower": JSON.stringify({ all: true, audiences: [], session: people.sybil.session, personId: people.sybil.id }),
  });
  await happens(null, 80);
  await happens(cloudNamed("Asclepia Research"), 81);
  await until(() => rita.acts().length > 0);
  expect(rita.acts()).toHaveLength(1);
  rita.close();
});

test("a session has at most sixteen feeds", async () => {
  const feeds = [];
  for (let n = 0; n < 16; n += 1) feeds.push(await follow(people.greta));
  expect((await people.greta.fetch("/itcare/log/live", { headers: { upgrade: "websocket" } })).status).toBe(429);
  for (const feed of feeds) feed.close();
});
