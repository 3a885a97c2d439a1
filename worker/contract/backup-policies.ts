/** The policies that an instance can be backed up by; reference: itcare-api.md, `backupPolicyDetails`. */
export interface BackupPolicy {
  name: string;
  label: string;
  type: string;
  scope: string;
  /** How long what is made then is kept, in days. */
  frequencies: Readonly<Record<string, { retention: number }>>;
  durationInHours: number;
  startTime: string;
  timezone: string;
  /** Whether the copies are kept in both buildings of the region. */
  replication: boolean;
}

const night = { type: "IMAGE", scope: "ALL_DISKS", startTime: "22:00", timezone: "Europe/Paris" };

export const backupPolicies = {
  "nightly-7": {
    ...night,
    name: "NIGHTLY_7",
    label: "Every night, kept 7 days",
    frequencies: { DAILY: { retention: 7 } },
    durationInHours: 4,
    replication: false,
  },
  "nightly-30": {
    ...night,
    name: "NIGHTLY_30",
    label: "Every night, kept 30 days, in both buildings",
    frequencies: { DAILY: { retention: 30 } },
    durationInHours: 6,
    replication: true,
  },
  "nightly-365": {
    ...night,
    name: "NIGHTLY_365",
    label: "Every night, kept 30 days, and monthly, kept a year, in both buildings",
    frequencies: { DAILY: { retention: 30 }, MONTHLY: { retention: 365 } },
    durationInHours: 6,
    replication: true,
  },
} as const satisfies Record<string, BackupPolicy>;
export type BackupPolicyId = keyof typeof backupPolicies;
export const backupPolicyIds = Object.keys(backupPolicies) as BackupPolicyId[];

/** What production gets when nobody chooses. */
export const USUAL_POLICY: BackupPolicyId = "nightly-30";
