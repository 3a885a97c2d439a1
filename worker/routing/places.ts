/** Where an act commits: in the database that owns what it changes, a region's or the directory's. Its challenge, its answer and its operation are rows of that one. */
import { DIRECTORY, readId } from "../contract/ids.ts";
import type { Region } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { askRegion, readRegion, regionDatabase, regionOfId } from "./regions.ts";

export type Place = Region | "DIRECTORY";

export function placeDatabase(env: Env, place: Place): D1Database {
  return place === "DIRECTORY" ? env.DIRECTORY : regionDatabase(env, place);
}

/** The place that owns an id, or null for a number that nobody has given. */
export function placeOfId(id: number): Place | null {
  return readId(id)?.region === DIRECTORY ? "DIRECTORY" : regionOfId(id);
}

/** `askRegion` wherever the act commits. The directory was asked who asks, and answered: what it throws says so by itself. */
export async function askPlace<Answer>(place: Place, work: () => Promise<Answer>): Promise<Answer> {
  return place === "DIRECTORY" ? work() : askRegion(place, work);
}

/** `readRegion` wherever it is. */
export async function readPlace<Answer>(place: Place, work: () => Promise<Answer>): Promise<Answer> {
  return place === "DIRECTORY" ? work() : readRegion(place, work);
}
