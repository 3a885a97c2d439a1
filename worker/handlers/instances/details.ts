/** What the reading of one instance tells that no list does: its backups, as its zone has kept them, and where its replica is. */
import type { ResourceRow } from "../../../db/region/read/resources.ts";
import { backupPolicies, type BackupPolicyId } from "../../contract/backup-policies.ts";
import { isProtectedBy } from "../../contract/protection.ts";
import type { InstanceAttributes } from "../../contract/shapes/instance-attributes.ts";
import type { InstanceDetails } from "../../contract/shapes/instance-details.ts";
import { dataCenters, otherDataCenter, zoneOfCode, type Zone } from "../../contract/topology.ts";
import { EngineUnreachable, type Backups } from "../../zones/engine.ts";
import { engineFor } from "../../zones/engines.ts";
import type { Env } from "../../env.ts";
import type { Within } from "../resources/read.ts";

export async function instanceDetails(env: Env, row: ResourceRow): Promise<Within> {
  const { backupPolicyId = null } = JSON.parse(row.attributes) as Partial<InstanceAttributes>;
  const zone = zoneOfCode(row.zone);
  const kept = backupPolicyId !== null && zone ? await keptBy(env, zone, row.id) : null;
  const told = kept === "away" ? null : kept;
  const last = told?.last.toSorted((left, right) => right.at - left.at)[0] ?? null;
  const members: InstanceDetails = {
    backup: last && {
      backupSystem: told!.system,
      size: last.size,
      type: backupPolicies[backupPolicyId as BackupPolicyId].type,
      lastDate: new Date(last.at).toISOString(),
    },
    backupPolicyDetails: backupPolicyId === null ? null : policyDetails(row.id, backupPolicyId as BackupPolicyId, told),
    ...(kept === "away" && { backupUnknown: true }),
    replication: replicaOf(row, zone),
    storageMoveInProgress: null,
    authenticationDomain: null,
  };
  return { members, version: kept === "away" ? ["away"] : last ? [String(last.at)] : [] };
}

async function keptBy(env: Env, zone: Zone, id: number): Promise<Backups | null | "away"> {
  try {
    return await engineFor(env, zone).backups(id);
  } catch (error) {
    if (error instanceof EngineUnreachable) return "away";
    throw error;
  }
}

function policyDetails(id: number, policyId: BackupPolicyId, kept: Backups | null): NonNullable<InstanceDetails["backupPolicyDetails"]> {
  const policy = backupPolicies[policyId];
  const backups = (kept?.last ?? []).map(({ frequency, at, size }) => ({
    id: `${id}-backup-${frequency.toLowerCase()}`,
    type: policy.type,
    backupSize: size,
    backupLastDate: new Date(at).toISOString(),
  }));
  const last = backups.toSorted((left, right) => (left.backupLastDate < right.backupLastDate ? 1 : -1))[0];
  return { backups, policies: [{ policyId, ...policy, backupSize: last?.backupSize ?? null, backupLastDate: last?.backupLastDate ?? null }] };
}

/** A replica is kept in the other building of the region. */
function replicaOf({ protection }: ResourceRow, zone: Zone | null): InstanceDetails["replication"] {
  if (!zone || !isProtectedBy(protection, "replication")) return null;
  const dataCenter = otherDataCenter(zone);
  return { dataCenter, labelDataCenter: `${dataCenter} ${dataCenters[dataCenter].name}` };
}
