/**
 * What protects a resource: backups, a replica in the region's other building, the patch parties, monitoring. A region's database writes it as the sum
 * of these codes, and null until the zone has made the resource: before that nobody knows.
 */
export const protections = { backup: 1, replication: 2, patchParty: 4, monitoring: 8 } as const;
export type Protection = keyof typeof protections;

/** The only category whose resources have any. */
export const PROTECTED = "INSTANCE";

const every = Object.values(protections).reduce((sum, code) => sum + code, 0);

export function isProtectedBy(sum: number | null, protection: Protection): boolean {
  return sum !== null && (sum & protections[protection]) !== 0;
}

export function sumOf(has: Partial<Record<Protection, boolean>>): number {
  const names = Object.keys(protections) as Protection[];
  return names.reduce((sum, name) => sum + (has[name] ? protections[name] : 0), 0);
}

/** The sums of all resources that have, or have not, each of the named protections. */
export function sumsWith(wanted: Partial<Record<Protection, boolean>>): number[] {
  const asked = Object.entries(wanted) as [Protection, boolean][];
  return Array.from({ length: every + 1 }, (_, sum) => sum).filter((sum) =>
    asked.every(([protection, has]) => isProtectedBy(sum, protection) === has),
  );
}

/** How an instance is monitored: whether anomalies raise alerts, and whether somebody is called for them outside business hours. */
export interface Monitoring {
  alerting: boolean;
  onCall: boolean;
}
