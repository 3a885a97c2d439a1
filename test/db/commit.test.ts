import { env } from "cloudflare:test";
import { expect, test } from "vitest";
import { sql } from "drizzle-orm";
import { AlreadyThere, commit, MustHitOne } from "../../db/commit.ts";

test("a guarded statement that hits no row leaves nothing of the commit behind", async () => {
  const insert = { query: sql`INSERT INTO sequence(organization_id, next) VALUES (7, 1)` };
  const miss = { query: sql`UPDATE sequence SET next = 2 WHERE organization_id = 8`, must: "the sequence" };
  await expect(commit(env.REGION_EB, [insert, miss])).rejects.toBeInstanceOf(MustHitOne);
  expect(await env.REGION_EB.prepare("SELECT count(*) AS n FROM sequence").first("n")).toBe(0);
  await commit(env.REGION_EB, [insert]);
  await expect(commit(env.REGION_EB, [insert])).rejects.toBeInstanceOf(AlreadyThere);
});

test("no batch begins with a guard, and each guard stands behind the write that it guards", async () => {
  const sent: string[] = [];
  const database = {
    prepare: (text: string) => ({ bind: () => text }),
    batch: async (statements: string[]) => {
      sent.push(...statements);
      return statements.map(() => ({ results: [] }));
    },
  } as unknown as D1Database;
  const write = (text: string, must?: string) => ({ query: { sql: text, params: [] }, must });
  const results = await commit(database, [write("first", "the first"), write("second"), write("third", "the third")]);
  expect(sent.map((text) => (text.startsWith("INSERT INTO must") ? "guard" : text))).toEqual(["first", "guard", "second", "third", "guard"]);
  expect(results).toHaveLength(3);
});
