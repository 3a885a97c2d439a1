/** What is agreed about snapshots: how they are named, how many there are, how long they live. */
import { makeId, readId } from "./ids.ts";

/** How many an instance has at most. */
export const MOST_SNAPSHOTS = 10;

/** How long one lives, in days. */
export const LIFETIME = { usual: 7, longest: 30 } as const;

export const DAY = 24 * 60 * 60_000;

/** How `snapshot.status` is written, and what the API calls it. */
export const snapshotStatuses = { PREPARATION: 0, ACTIVE: 1, RECOVERY: 2, DELETION: 3 } as const;
export type SnapshotStatus = keyof typeof snapshotStatuses;
export const snapshotStatusList = Object.keys(snapshotStatuses) as SnapshotStatus[];

/** `123-snap-42`: the instance, and the sequence of the snapshot's own id, which shares region and organization with it. */
export function snapshotName(id: number, instanceId: number): string {
  return `${instanceId}-snap-${readId(id)!.sequence}`;
}

/** The id behind a name of this instance's; null for what is no such name. */
export function parseSnapshotName(name: string, instanceId: number): number | null {
  const [, instance, sequence] = /^(\d{1,16})-snap-([1-9]\d{0,9})$/.exec(name) ?? [];
  if (instance !== String(instanceId) || Number(sequence) >= 2 ** 32) return null;
  const { region, organization } = readId(instanceId)!;
  return makeId({ region, organization, sequence: Number(sequence) });
}

/** Why there cannot be one more, or null: the API's sentence, which the console shows before anybody asks. */
export function fullOfSnapshots(name: string, count: number): { reason: string; change: string } | null {
  if (count < MOST_SNAPSHOTS) return null;
  return {
    reason: `create-snapshot is not available: ${name} has ${count} snapshots, and ${MOST_SNAPSHOTS} is the most.`,
    change: "Delete a snapshot that is no longer needed, or wait until one expires.",
  };
}
