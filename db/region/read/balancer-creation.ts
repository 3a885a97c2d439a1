/** What must be known before a load balancer is created or gets a member, in one round trip. */
import { sql, type SQL } from "drizzle-orm";
import type { QuotasInUse } from "../../../worker/contract/quotas.ts";
import { readTogether } from "../../commit.ts";
import type { NetworkRow } from "./networks.ts";
import { inUse, quotasQuery } from "./quotas.ts";

/** An instance that may become a member. */
export interface CandidateRow {
  id: number;
  cloud_id: number;
  name: string;
  type: number;
  zone: number;
  status: number;
  open_label: string | null;
  ip_address: string | null;
}

export interface BalancerFacts {
  network: NetworkRow | null;
  nameTaken: boolean;
  nextSequence: number;
  candidates: CandidateRow[];
  quotas: QuotasInUse;
}

export async function readBalancerFacts(
  database: D1Database,
  asked: { organizationId: number; cloudId: number; networkId: number; name: string; instanceIds: readonly number[] },
): Promise<BalancerFacts> {
  const { organizationId, cloudId, networkId, name, instanceIds } = asked;
  const [network, taken, sequence, candidates, quotas] = await readTogether(database, [
    sql`SELECT id, zone, name, cidr, scope FROM network WHERE id = ${networkId} AND organization_id = ${organizationId}`,
    sql`SELECT 1 FROM resource INDEXED BY resource_cloud_name WHERE cloud_id = ${cloudId} AND name = ${name} LIMIT 1`,
    sql`SELECT next FROM sequence WHERE organization_id = ${organizationId}`,
    candidatesQuery(instanceIds),
    quotasQuery(cloudId),
  ]);
  return {
    network: (network!.results[0] as NetworkRow | undefined) ?? null,
    nameTaken: taken!.results.length > 0,
    nextSequence: (sequence!.results[0] as { next: number } | undefined)?.next ?? 1,
    candidates: candidates!.results as unknown as CandidateRow[],
    quotas: inUse(quotas!.results[0]),
  };
}

export interface BalancerKept {
  attributes: string;
  candidates: CandidateRow[];
}

/** What is kept of a balancer, and an instance that may become its member. */
export async function readBalancerAnd(database: D1Database, id: number, instanceIds: readonly number[]): Promise<BalancerKept> {
  const [kept, candidates] = await readTogether(database, [sql`SELECT attributes FROM resource WHERE id = ${id}`, candidatesQuery(instanceIds)]);
  return {
    attributes: (kept!.results[0] as { attributes: string } | undefined)?.attributes ?? "{}",
    candidates: candidates!.results as unknown as CandidateRow[],
  };
}

function candidatesQuery(instanceIds: readonly number[]): SQL {
  return sql`SELECT r.id, r.cloud_id, r.name, r.type, r.zone, r.status, r.open_label, r.attributes ->> '$.ipAddress' AS ip_address
    FROM json_each(${JSON.stringify(instanceIds)}) AS wanted CROSS JOIN resource r ON r.id = wanted.value`;
}
