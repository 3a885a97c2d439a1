/** What must be known before an instance is created, in one round trip. */
import { sql } from "drizzle-orm";
import type { QuotasInUse } from "../../../worker/contract/quotas.ts";
import { readTogether } from "../../commit.ts";
import { inUse, quotasQuery } from "./quotas.ts";

export interface NetworkRow {
  id: number;
  name: string;
  cidr: string;
  scope: string;
}

export interface CreationFacts {
  /** The network asked for, or the zone's first one of the organization; null: there is none that it may use. */
  network: NetworkRow | null;
  nameTaken: boolean;
  /** The organization's next free sequence number in this region. */
  nextSequence: number;
  quotas: QuotasInUse;
}

/** @param networkId null: the zone's first network */
export async function readCreationFacts(
  database: D1Database,
  asked: { organizationId: number; cloudId: number; zone: number; networkId: number | null; name: string },
): Promise<CreationFacts> {
  const { organizationId, cloudId, zone, networkId, name } = asked;
  const [network, taken, sequence, quotas] = await readTogether(database, [
    networkId === null
      ? sql`SELECT id, name, cidr, scope FROM network INDEXED BY network_organization WHERE organization_id = ${organizationId} AND zone = ${zone} LIMIT 1`
      : sql`SELECT id, name, cidr, scope FROM network WHERE id = ${networkId} AND organization_id = ${organizationId} AND zone = ${zone}`,
    sql`SELECT 1 FROM resource INDEXED BY resource_cloud_name WHERE cloud_id = ${cloudId} AND name = ${name} LIMIT 1`,
    sql`SELECT next FROM sequence WHERE organization_id = ${organizationId}`,
    quotasQuery(cloudId),
  ]);
  return {
    network: (network!.results[0] as NetworkRow | undefined) ?? null,
    nameTaken: taken!.results.length > 0,
    nextSequence: (sequence!.results[0] as { next: number } | undefined)?.next ?? 1,
    quotas: inUse(quotas!.results[0]),
  };
}
