/** The key of the row before a page that lies far from the start, kept while the page before it is served: a walk costs the same per page. */
import { sql, type SQL } from "drizzle-orm";
import { commit } from "../../commit.ts";
import { pageBoundary } from "../schema/index.ts";
import type { Position } from "./sorts.ts";

/** How long a walk may pause between two pages, in ms. */
const BOUNDARY_LASTS = 60 * 60_000;

export interface PageOf {
  /** A hash of who asked for what, the page's size included. */
  query: string;
  page: number;
}

export function boundaryBefore({ query, page }: PageOf, now: number): SQL {
  return sql`SELECT ${pageBoundary.name} AS name, ${pageBoundary.id} AS id FROM ${pageBoundary} WHERE ${pageBoundary.query} = ${query} AND ${pageBoundary.page} = ${page} AND ${pageBoundary.expires} > ${now}`;
}

export function readBoundary(result: D1Result<Record<string, unknown>>): Position | null {
  const row = result.results[0] as { name: string; id: number } | undefined;
  return row ? { key: row.name === "" ? row.id : row.name, id: row.id } : null;
}

export async function keepBoundary(database: D1Database, { query, page }: PageOf, { key, id }: Position, now: number): Promise<void> {
  const name = typeof key === "string" ? key : "";
  await commit(database, [
    {
      query: sql`INSERT INTO ${pageBoundary} (query, page, name, id, expires) VALUES (${query}, ${page}, ${name}, ${id}, ${now + BOUNDARY_LASTS})
        ON CONFLICT DO UPDATE SET name = excluded.name, id = excluded.id, expires = excluded.expires`,
    },
  ]);
}
