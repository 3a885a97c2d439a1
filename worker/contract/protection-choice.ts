/**
 * What an instance is protected by when it is made, and what has to be said where it is PRODUCTION and goes without. Of a new one: what was asked for, and what production gets when nobody said anything. Production is backed up and monitored by
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
  const has = { noBackupReason: backup !== null, noMonitoringReason: monitoring !== null, noReplicationReason: replicated };
  return wrongReason(asked, has) ?? (environment === "PRODUCTION" ? missingReason(asked, has) : null);
}

/** Each stands for one protection that is not there. */
const reasons = { noBackupReason: "backup", noMonitoringReason: "monitoring", noReplicationReason: "a replica" } as const;
export type ReasonField = keyof typeof reasons;
export const reasonFields = Object.keys(reasons) as ReasonField[];
export type Reasons = { [Field in ReasonField]?: string | null | undefined };

/** What an instance has, as it shows it itself. */
export function protectedBy(instance: {
  backupStatus: boolean;
  monitoringEnabled: boolean;
  replicationStatus: boolean;
}): Record<ReasonField, boolean> {
  return {
    noBackupReason: instance.backupStatus,
    noMonitoringReason: instance.monitoringEnabled,
    noReplicationReason: instance.replicationStatus,
  };
}

/** The first reason for going without something that is there. @param has whether there is what the reason would be for */
export function wrongReason(given: Reasons, has: Readonly<Record<ReasonField, boolean>>): WrongProtection | null {
  const field = reasonFields.find((name) => has[name] && given[name]);
  return field ? { field, what: `it has ${reasons[field]}, and needs no reason` } : null;
}

/** The reasons that PRODUCTION would need and that nobody has stated. */
export function missingReasons(given: Reasons, has: Readonly<Record<ReasonField, boolean>>): ReasonField[] {
  return reasonFields.filter((name) => !has[name] && !given[name]);
}

/** The first of them. */
export function missingReason(given: Reasons, has: Readonly<Record<ReasonField, boolean>>): WrongProtection | null {
  const [field] = missingReasons(given, has);
  return field ? { field, what: `PRODUCTION goes without ${reasons[field]} only for a stated reason` } : null;
}
