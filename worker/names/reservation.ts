/**
 * Names that are unique across the product. The directory holds who has a name; the region holds what it is for. Reserved first, confirmed after, let go
 * when the region has no such thing: whatever is lost between two of these, the next minute finds it, and no name is ever held twice.
 *
 * - A region commits within the reservation's time by its own clock, or never. Whether there is an alias can therefore be asked of it once that time,
 *   and a margin for two clocks, is over: nothing comes after.
 * - A reservation is its holder's. Who asks again for the same resource, because an answer was lost, reserves it anew; the region has a name once.
 * - A name is let go as it was seen. A reservation that came since has another token, and stays.
 */
import { AlreadyThere, MustHitOne } from "../../db/commit.ts";
import { readAliasName, readUnconfirmed, type AliasNameRow } from "../../db/directory/read/alias-names.ts";
import { confirmName as confirm, letNameGo, reserveName as reserve, type Reservation } from "../../db/directory/write/alias-names.ts";
import { readAlias, readFreed } from "../../db/region/read/aliases.ts";
import { clearFreed } from "../../db/region/write/aliases.ts";
import type { Region } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { Problem } from "../gate/problem.ts";
import { databaseOf, readRegion, regionDatabase, regionOfId } from "../routing/regions.ts";

/** How long a reservation is good, in ms: far above any commit. */
export const RESERVED_FOR = 30_000;

/** How far apart two clocks may be, in ms. */
export const MARGIN = 30_000;

/** How many are looked at in a minute; the others wait for the next. */
const AT_ONCE = 100;

export interface Reserved extends Reservation {
  /** Nobody held the name before. */
  isFirst: boolean;
}

/** Might the holder have the name? Changes nothing. */
export async function isNameFree(env: Env, name: string, holder: number, now: number): Promise<boolean> {
  const row = await readAliasName(env.DIRECTORY, name);
  return !row || row.holder === holder || (await isOver(env, row, now));
}

/** @param wanted `token`: unique to this request. @returns null: the name is another's */
export async function reserveName(env: Env, wanted: Omit<Reservation, "until"> & { now: number }): Promise<Reserved | null> {
  const { now, ...facts } = wanted;
  const reservation = { ...facts, until: now + RESERVED_FOR };
  for (let attempt = 1; attempt <= 2; attempt++) {
    const reserved = await reserve(env.DIRECTORY, reservation);
    if (reserved) return { ...reservation, ...reserved };
    const other = await readAliasName(env.DIRECTORY, wanted.name);
    if (!other) continue;
    if (!(await isOver(env, other, now))) return null;
    await letNameGo(env.DIRECTORY, other);
  }
  return null;
}

/** The region has committed. Never rejects: what is not confirmed now is so within minutes. */
export async function confirmName(env: Env, reserved: AliasNameRow): Promise<void> {
  await confirm(env.DIRECTORY, reserved).catch(() => undefined);
}

/**
 * The region has not committed, if the failure says so: then a name that nobody held before is free at once. Any other failure, and a reservation that
 * was there before, whose own commit may still be under way, wait until their time is over. Never rejects.
 */
export async function releaseName(env: Env, reserved: Reserved, failure: unknown): Promise<void> {
  const isKnown =
    failure instanceof MustHitOne || failure instanceof AlreadyThere || (failure instanceof Problem && failure.code !== "region_unavailable");
  if (isKnown && reserved.isFirst) await letNameGo(env.DIRECTORY, reserved).catch(() => undefined);
}

/** Confirms, or lets go, what was reserved and never confirmed. A region that is away keeps its own. @param now ms since 1970 */
export async function settleReservations(env: Env, now: number): Promise<void> {
  for (const row of await readUnconfirmed(env.DIRECTORY, now - MARGIN, AT_ONCE)) {
    try {
      if (await hasAlias(env, row)) await confirm(env.DIRECTORY, row);
      else await letNameGo(env.DIRECTORY, row);
    } catch (error) {
      console.error(`The reservation of ${row.name} waits:`, error);
    }
  }
}

/** Lets the directory know which names of a region no alias has any more. @param now ms since 1970 */
export async function letFreedGo(env: Env, region: Region, now: number): Promise<void> {
  const database = regionDatabase(env, region);
  for (const freed of await readFreed(database, AT_ONCE)) {
    const row = await readAliasName(env.DIRECTORY, freed.name);
    if (row && row.holder === freed.resource_id) {
      // Under way, or not confirmed yet: looked at again when its time is over.
      if (row.until !== null && row.until > now - MARGIN) continue;
      if (!(await hasAlias(env, row))) await letNameGo(env.DIRECTORY, row);
    }
    await clearFreed(database, freed);
  }
}

/** True when nobody has the name any more, though the directory does not know it yet. A region that does not answer keeps its names. */
async function isOver(env: Env, row: AliasNameRow, now: number): Promise<boolean> {
  if (row.until !== null && row.until > now - MARGIN) return false;
  try {
    return !(await hasAlias(env, row));
  } catch {
    return false;
  }
}

async function hasAlias(env: Env, { name, holder }: AliasNameRow): Promise<boolean> {
  return (await readRegion(regionOfId(holder)!, () => readAlias(databaseOf(env, holder), name, holder))) !== null;
}
