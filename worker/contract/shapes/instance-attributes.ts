import type { PatchParty } from "../patch-parties.ts";

/**
 * What a region's database keeps of an instance beside its columns, in `resource.attributes`, as the API gives it: the stored text is spliced into
 * answers. A creation writes it, the zone's outcome completes it with what the engine observes.
 */
export interface InstanceAttributes {
  /** Cores and GB; below 256, which is all that existing clients read. */
  cpu: number;
  ram: number;
  /** GB over all disks. */
  storage: number;
  /** The same number as text: existing clients decode a string. */
  totalSizeDisks: string;
  /** GB by disk. */
  disks: number[];
  productCode: string;
  productName: string;
  /** The sizing's code; the API names it so. */
  resourceId: string;
  /** Null until the zone has given one. */
  ipAddress: string | null;
  network: { technicalID: number; name: string; cidr: string; scope: string; ipAddress: string | null; dns: { alias: string; domain: string }[] };
  /** Type and key, without comments. */
  sshKeys: string[];
  comment: string | null;
  /** Empty until the zone has made them. */
  fileSystems: FileSystem[];
  monitoringEnabled: boolean;
  alertingEnabled: boolean;
  onCallSupervision: boolean;
  /** Null: not backed up. */
  backupPolicyId: string | null;
  /** Why it goes without; null where it does not, or where nobody has to say why. */
  noBackupReason: string | null;
  noMonitoringReason: string | null;
  noReplicationReason: string | null;
  /** Null: not of a kind that is patched. */
  patchParty: PatchParty | null;
}

/** Of an instance that nothing protects and nobody was asked why. */
export const unprotected = {
  monitoringEnabled: false,
  alertingEnabled: false,
  onCallSupervision: false,
  backupPolicyId: null,
  noBackupReason: null,
  noMonitoringReason: null,
  noReplicationReason: null,
  patchParty: null,
};

/** As the engine observes it. Sizes in GB. */
export interface FileSystem {
  mountingPoint: string;
  type: string;
  size: number;
  free: number;
}
