import { sql } from "drizzle-orm";
import type { QuotasInUse } from "../../../worker/contract/quotas.ts";
import { readTogether } from "../../commit.ts";
import { inUse, quotasQuery } from "./quotas.ts";

export interface SizingFacts {
  /** The sizing that the instance was last given, for example 2cpu4gb; null: none is recorded. */
  sizing: string | null;
  cpu: number;
  ram: number;
  quotas: QuotasInUse;
}

/** What must be known before an instance is resized, in one round trip. */
export async function readSizingFacts(database: D1Database, { id, cloudId }: { id: number; cloudId: number }): Promise<SizingFacts> {
  const [sizes, quotas] = await readTogether(database, [
    sql`SELECT attributes ->> 'resourceId' AS sizing, coalesce(attributes ->> 'cpu', 0) AS cpu, coalesce(attributes ->> 'ram', 0) AS ram
      FROM resource WHERE id = ${id}`,
    quotasQuery(cloudId),
  ]);
  const size = (sizes!.results[0] as Omit<SizingFacts, "quotas"> | undefined) ?? { sizing: null, cpu: 0, ram: 0 };
  return { ...size, quotas: inUse(quotas!.results[0]) };
}
