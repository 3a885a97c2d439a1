/**
 * Names that are unique across the product. The directory holds who has a name; the region holds what it is for. Reserved first, confirmed after, let go
 * when the region has no such thing: whatever is lost between two of these, the next minute finds it, and no name is ever held twice.
 *
 * - A region commits within the reservation's time by its own clock, or never. Whether it has such a thing can therefore be asked of it once that time,
 *   and a margin for two clocks, is over: nothing comes after.
 * - A reservation is its holder's. Who asks again for the same resource, because an answer was lost, reserves it anew; the region has a name once.
 * - A name is let go as it was seen. A reservation that came since has another token, and stays.
 */
import { AlreadyThere, MustHitOne } from "../../db/commit.ts";
import { readName, readUnconfirmed, type Book, type NameRow } from "../../db/directory/read/names.ts";
import { adoptName, confirmName as confirm, letNameGo, reserveName as reserve, type Reservation } from "../../db/directory/write/names.ts";
import { readUnheldHosts } from "../../db/region/read/url-hosts.ts";
import { markHeld } from "../../db/region/write/url-hosts.ts";
import { readId } from "../contract/ids.ts";
import type { Region } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { Problem } from "../gate/problem.ts";
import { requireNotHeld } from "../restoration/held.ts";
import { databaseOf, readRegion, regionDatabase, regionOfId } from "../routing/regions.ts";
import { bookList, books } from "./books.ts";

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

/** Might the holder have the name? Changes nothing. @param holder null: it is still to be made */
export async function isNameFree(env: Env, book: Book, name: string, holder: number | null, now: number): Promise<boolean> {
  const row = await readName(env.DIRECTORY, book, name);
  return !row || row.holder === holder || (await isOver(env, row, now));
}

/** @param wanted `token`: unique to this request. @returns null: the name is another's */
export async function reserveName(env: Env, wanted: Omit<Reservation, "until"> & { now: number }): Promise<Reserved | null> {
  const { now, ...facts } = wanted;
  const reservation = { ...facts, until: now + RESERVED_FOR };
  for (let attempt = 1; attempt <= 2; attempt++) {
    const reserved = await reserve(env.DIRECTORY, reservation);
    if (reserved) return { ...reservation, ...reserved };
    const other = await readName(env.DIRECTORY, wanted.book, wanted.name);
    if (!other) continue;
    if (!(await isOver(env, other, now))) return null;
    await letNameGo(env.DIRECTORY, other);
  }
  return null;
}

/** The region has committed. Never rejects: what is not confirmed now is so within minutes. */
export async function confirmName(env: Env, reserved: NameRow): Promise<void> {
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
  for (const book of bookList)
    for (const row of await readUnconfirmed(env.DIRECTORY, book, now - MARGIN, AT_ONCE)) {
      try {
        if (await isThere(env, row)) await confirm(env.DIRECTORY, row);
        else await letNameGo(env.DIRECTORY, row);
      } catch (error) {
        console.error(`The reservation of ${row.name} waits:`, error);
      }
    }
}

/** Lets the directory know which names of a region nothing has any more. @param now ms since 1970 */
export async function letFreedGo(env: Env, region: Region, now: number): Promise<void> {
  const database = regionDatabase(env, region);
  for (const book of bookList)
    for (const freed of await books[book].freed(database, AT_ONCE)) {
      const row = await readName(env.DIRECTORY, book, freed.name);
      if (row && row.holder === freed.holder) {
        // Under way, or not confirmed yet: looked at again when its time is over.
        if (row.until !== null && row.until > now - MARGIN) continue;
        if (!(await isThere(env, row))) await letNameGo(env.DIRECTORY, row);
      }
      await books[book].clear(database, freed);
    }
}

/** Lets the directory hold the hosts that a region had before hosts were held there. Whoever came first keeps one that two regions have. */
export async function adoptHosts(env: Env, region: Region): Promise<void> {
  const database = regionDatabase(env, region);
  for (const { name, holder } of await readUnheldHosts(database, AT_ONCE)) {
    await adoptName(env.DIRECTORY, { book: "host", name, holder, token: "adopted", until: null });
    await markHeld(database, name);
  }
}

/** True when nobody has the name any more, though the directory does not know it yet. A region that does not answer keeps its names. */
async function isOver(env: Env, row: NameRow, now: number): Promise<boolean> {
  if (row.until !== null && row.until > now - MARGIN) return false;
  try {
    return !(await isThere(env, row));
  } catch {
    return false;
  }
}

/** A region that was restored keeps its names until somebody has decided about them. @throws Problem("region_restored" | "region_unavailable") */
async function isThere(env: Env, { book, name, holder }: NameRow): Promise<boolean> {
  const region = regionOfId(holder)!;
  if (await readRegion(region, () => books[book].has(databaseOf(env, holder), name, holder))) return true;
  await requireNotHeld(env, region, readId(holder)!.organization);
  return false;
}
