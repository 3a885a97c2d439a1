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
