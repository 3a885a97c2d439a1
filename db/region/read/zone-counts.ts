import { sql } from "drizzle-orm";
import { readAll } from "../../statement.ts";

/** How many resources of some Clouds a zone has, by the code of their status. */
export type ZoneCounts = Map<number, Map<number, number>>;

/** One row a Cloud, whatever the number of resources. */
export async function readZoneCounts(database: D1Database, clouds: readonly number[]): Promise<ZoneCounts> {
  const rows = await readAll<{ cells: string }>(
    database,
    sql`SELECT cloud.cells AS cells FROM json_each(${JSON.stringify(clouds)}) AS wanted CROSS JOIN cloud ON cloud.id = wanted.value`,
  );
  const zones: ZoneCounts = new Map();
  for (const { cells } of rows) {
    for (const [cell, n] of Object.entries(JSON.parse(cells) as Record<string, number>)) {
      const [, status, zone] = /^s(\d+)e\d+t\d+z(\d+)$/.exec(cell) ?? [];
      if (zone === undefined) continue;
      const counts = zones.get(Number(zone)) ?? new Map<number, number>();
      zones.set(Number(zone), counts.set(Number(status), (counts.get(Number(status)) ?? 0) + n));
    }
  }
  return zones;
}
