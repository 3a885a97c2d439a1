/** What protects a resource, as lists are narrowed by it: each of these is there, or is not. What its zone has not made yet has neither. */
import { sql, type SQL } from "drizzle-orm";
import { isProtectedBy, protections, sumsWith, type Protection } from "../../../worker/contract/protection.ts";

export const protectionsAsked = ["backup", "replication", "patchParty"] as const satisfies Protection[];
export type ProtectionAsked = (typeof protectionsAsked)[number];
export type ProtectionFilter = Partial<Record<ProtectionAsked, boolean>>;

export function askedIn(filter: ProtectionFilter): ProtectionAsked[] {
  return protectionsAsked.filter((name) => filter[name] !== undefined);
}

/** As the indexes of 0012_filters.sql have it: SQLite knows them by these very words. */
export function columnOf(protection: ProtectionAsked): SQL {
  return sql.raw(`resource.protection & ${protections[protection]}`);
}

/** What the column is where it is there, or is not. */
export function codeFor(protection: ProtectionAsked, has: boolean): number {
  return has ? protections[protection] : 0;
}

/** How many of a Cloud's resources fit; the counters are of sums. */
export function countProtected(counts: Readonly<Record<string, number | undefined>>, filter: ProtectionFilter): number {
  return sumsWith(filter).reduce((total, sum) => total + (counts[`p${sum}`] ?? 0), 0);
}

/** The sums that fit, as the search index has them: it knows nothing of monitoring. */
export function codesOf(filter: ProtectionFilter): number[] {
  return sumsWith(filter).filter((sum) => !isProtectedBy(sum, "monitoring"));
}
