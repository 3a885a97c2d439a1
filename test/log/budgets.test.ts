/** What a page of the log costs, in rows that the organization's own database reads, at 1,000 and at 100,000 entries. What costs more fails. */
import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import type { LogFilter, Reader } from "../../worker/log/conditions.ts";
import { organizationLog } from "../../worker/log/notify.ts";
import { MOST_ROWS } from "../../worker/log/read.ts";
import { SPAN } from "../../worker/log/schema.ts";

const ORGANIZATION = 1300;
const SIZE = 50;
const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const log = () => organizationLog(env, ORGANIZATION);

/**
 * Entries as an organization of twenty Clouds and 300 people leaves them: of four acts three are accepted and one ends; every hundredth is refused, every
 * thousandth fails, a tenth is signed. Somebody who has left did the very first three.
 */
const grown = `
WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?),
e AS (SELECT i, CASE WHEN i % 1000 = 7 THEN 'error' WHEN i % 100 = 3 THEN 'refused' WHEN i % 4 = 0 THEN 'success' ELSE 'accepted' END AS outcome FROM n)
INSERT INTO entry(sequence, audience, at, kind, label, actor_id, target_id, source_database, source_number, hash, text, outcome, proof, operation_id)
SELECT i, 1 + i % 20, ${START} + i * ${MINUTE}, 'act-accepted', CASE i % 3 WHEN 0 THEN 'stop-instance' ELSE 'start-instance' END,
  CASE WHEN i <= 3 THEN 999 ELSE 1000 + i % 300 END, 100000 + i % 5000, 'REGION_EB', i, 'hash',
  json_object('sequence', i, 'event', json_object('kind', 'act-accepted', 'at', '2026-01-01T00:00:00.000Z', 'cloudId', 1 + i % 20)),
  outcome, CASE WHEN outcome = 'accepted' THEN iif(i % 10 = 1, 'signature', 'session') END, i FROM e`;

async function grow(from: number, to: number): Promise<void> {
  await runInDurableObject(log(), (_, { storage }) => {
    storage.sql.exec(grown, from, to);
    storage.sql.exec(
      `INSERT OR IGNORE INTO span(number, oldest, newest) SELECT (sequence - 1) / ${SPAN}, min(at), max(at) FROM entry GROUP BY 1 HAVING count(*) = ${SPAN}`,
    );
  });
  await evictDurableObject(log());
}

const everything: Reader = { all: true, audiences: [] };
const three: Reader = { all: false, audiences: [1, 7, 13, 1005] };
const twenty: Reader = { all: false, audiences: [...Array.from({ length: 20 }, (_, index) => index + 1), 1005] };
const day = 24 * 60 * MINUTE;

/** Rows at 1,000 and at 100,000 entries. */
const budgets: [what: string, reader: Reader, filter: LogFilter, atFirst: number, atLast: number][] = [
  ["the newest", everything, {}, 0, 0],
  ["three Clouds", three, {}, 60, 60],
  ["twenty Clouds", twenty, {}, 75, 75],
  ["one Cloud", everything, { cloudId: 5 }, 55, 55],
  ["one person", everything, { actorId: 1005 }, 10, 55],
  ["one person who has left", everything, { actorId: 999 }, 10, 10],
  ["nobody", everything, { actorId: 5 }, 5, 5],
  ["one resource", everything, { resourceId: 100_005 }, 10, 45],
  ["one label", everything, { label: "stop-instance" }, 55, 55],
  ["refused", everything, { outcome: "refused" }, 15, 55],
  ["failed", everything, { outcome: "error" }, 5, 55],
  ["signed", everything, { proof: "signature" }, 55, 55],
  ["one day, long ago", everything, { from: START, to: START + day }, 560, 1_010],
  ["since yesterday", everything, { from: START + 99_000 * MINUTE }, 700, 55],
  ["what one person never signed", everything, { actorId: 1011, proof: "signature", label: "stop-instance" }, 15, 1_050],
  ["what never comes together", everything, { actorId: 999, outcome: "error" }, 10, 15],
  ["what hardly ever comes together", three, { outcome: "error", proof: "session", label: "start-instance" }, 20, 650],
  ["signed by one Cloud in one month", three, { proof: "signature", from: START + 30 * day, to: START + 60 * day }, 250, 2_600],
];

describe.each([
  [1_000, 3],
  [100_000, 4],
] as const)("with %i entries", (entries, column) => {
  beforeAll(() => grow(entries === 1_000 ? 1 : 1_001, entries), 60_000);

  test.each(budgets)("%s", async (...[what, reader, filter, ...rows]) => {
    const budget = rows[column - 3]!;
    const { looked } = await log().readPage(reader, filter, null, SIZE);
    expect(looked, `${what}: ${looked} rows`).toBeLessThanOrEqual(budget);
  });

  test("a page far back costs what the first one does", async () => {
    const [first, far] = [await log().readPage(three, {}, null, SIZE), await log().readPage(three, {}, Math.floor(entries / 2), SIZE)];
    expect(far.looked).toBeLessThanOrEqual(first.looked + 5);
    expect(far.entries).toHaveLength(SIZE);
  });
});

test("nothing that can be asked for costs a page more than is stated, and going on finds all of it", async () => {
  const filter: LogFilter = { proof: "signature", outcome: "accepted", label: "stop-instance", actorId: 1021 };
  const found: string[] = [];
  for (let before: number | null = null; ;) {
    const page = await log().readPage(everything, filter, before, 200);
    found.push(...page.entries);
    expect(page.looked).toBeLessThan(MOST_ROWS + 600);
    if (page.next === null) break;
    before = page.next;
  }
  const counted = await runInDurableObject(log(), (_, { storage }) =>
    storage.sql
      .exec<{ n: number }>(
        "SELECT count(*) AS n FROM entry WHERE proof = 'signature' AND outcome = 'accepted' AND label = 'stop-instance' AND actor_id = 1021",
      )
      .one(),
  );
  expect(found).toHaveLength(counted.n);
  expect(counted.n).toBeGreaterThan(50);
});
