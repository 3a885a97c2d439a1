import { createHash } from "node:crypto";

/** How full a disk is follows from what it holds: equal content, equal space. */
export interface Disk {
  slot: number;
  /** GB */
  size: number;
  /** A hash of what it holds. */
  content: string;
}

/** GB that are still free. */
export function freeOn({ size, content }: Disk): number {
  return Math.round((size * (20 + (parseInt(content.slice(0, 4), 16) % 60))) / 100);
}

/** GB that they take together. */
export function usedOn(disks: readonly Disk[]): number {
  return disks.reduce((sum, disk) => sum + disk.size - freeOn(disk), 0);
}

/** What stands for a content: equal texts, equal content. */
export function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
