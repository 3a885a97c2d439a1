/** What Clouds have of what their quotas bound, in one region. */
import { sql, type SQL } from "drizzle-orm";
import { quotasInUse, type QuotasInUse, type SetQuotas } from "../../../worker/contract/quotas.ts";
import { readAll, readFirst } from "../../statement.ts";

export interface QuotaRow {
  id: number;
  used: string;
  quotas: string;
}

/** For what reads more in the same round trip: `inUse` understands its row. */
export function quotasQuery(cloudId: number): SQL {
  return sql`SELECT cloud.used, cloud.quotas FROM cloud WHERE cloud.id = ${cloudId}`;
}

export function inUse(row: Partial<Pick<QuotaRow, "used" | "quotas">> | null | undefined): QuotasInUse {
  return quotasInUse(JSON.parse(row?.used ?? "{}") as SetQuotas, JSON.parse(row?.quotas ?? "{}") as SetQuotas);
}

export async function readQuotas(database: D1Database, cloudId: number): Promise<QuotasInUse> {
  return inUse(await readFirst<QuotaRow>(database, quotasQuery(cloudId)));
}

/** Of each Cloud that the region knows. */
export async function readQuotasOf(database: D1Database, cloudIds: readonly number[]): Promise<QuotaRow[]> {
  return readAll(
    database,
    sql`SELECT cloud.id, cloud.used, cloud.quotas FROM json_each(${JSON.stringify(cloudIds)}) AS wanted CROSS JOIN cloud ON cloud.id = wanted.value`,
  );
}
