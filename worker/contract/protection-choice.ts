/**
 * What a new instance is protected by: what was asked for, and what production gets when nobody said anything. Production is backed up and monitored by
 * itself, and going without backup, monitoring or a replica takes a stated reason for each; reference: itcare-product.md, "Backup, DRP, monitoring defaults".
 */
import { USUAL_POLICY, type BackupPolicyId } from "./backup-policies.ts";
import type { Monitoring } from "./protection.ts";
import type { Environment } from "./resource-types.ts";

/** As a creation's body says it. */
export interface ProtectionAsked {
  backupEnabled?: boolean | undefined;
  backupPolicyId?: BackupPolicyId | undefined;
  monitoringEnabled?: boolean | undefined;
  alertingEnabled?: boolean | undefined;
  onCallSupervision?: boolean | undefined;
  replicationEnabled?: boolean | undefined;
  noBackupReason?: string | undefined;
  noMonitoringReason?: string | undefined;
  noReplicationReason?: string | undefined;
}

export interface ProtectionChosen {
  backup: BackupPolicyId | null;
  replicated: boolean;
  monitoring: Monitoring | null;
}

export function chosenProtection(asked: ProtectionAsked, environment: Environment): ProtectionChosen {
  const backup = (asked.backupEnabled ?? environment === "PRODUCTION") ? (asked.backupPolicyId ?? USUAL_POLICY) : null;
  const monitored = asked.monitoringEnabled ?? (environment === "PRODUCTION" || backup !== null);
  return {
    backup,
    replicated: asked.replicationEnabled ?? false,
    monitoring: monitored ? { alerting: asked.alertingEnabled ?? false, onCall: asked.onCallSupervision ?? false } : null,
  };
}

export interface WrongProtection {
  field: keyof ProtectionAsked;
  /** What is wrong, without a full stop. */
  what: string;
}

/** The first thing that does not fit together, or is not said; null: all is well. */
export function wrongProtection(asked: ProtectionAsked, environment: Environment): WrongProtection | null {
  const { backup, replicated, monitoring } = chosenProtection(asked, environment);
  if (asked.backupEnabled && !asked.backupPolicyId) return { field: "backupPolicyId", what: "a backup needs a policy" };
  if (!backup && asked.backupPolicyId) return { field: "backupPolicyId", what: "there is no backup that it could be for" };
  if (!monitoring && asked.alertingEnabled) return { field: "alertingEnabled", what: "alerts are raised only with monitoring" };
  if (!monitoring && asked.onCallSupervision) return { field: "onCallSupervision", what: "there is on-call supervision only with monitoring" };
  const reasons = [
    ["noBackupReason", backup !== null, "backup"],
    ["noMonitoringReason", monitoring !== null, "monitoring"],
    ["noReplicationReason", replicated, "a replica"],
  ] as const;
  for (const [field, has, name] of reasons) {
    if (has && asked[field]) return { field, what: `it has ${name}, and needs no reason` };
    if (!has && !asked[field] && environment === "PRODUCTION") return { field, what: `PRODUCTION goes without ${name} only for a stated reason` };
  }
  return null;
}
