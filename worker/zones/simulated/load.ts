/**
 * What a simulated machine is doing at a moment: a pure function of its number, of what has been done to it and of the clock. The past is the same
 * whenever it is asked, and nothing needs a timer.
 */
import type { Verb } from "../engine.ts";

/** How a machine is from one moment on, and what made it so. */
export interface Change {
  /** ms since 1970 */
  at: number;
  cause: Verb | "found";
  power: "on" | "off";
  cpu: number;
  /** GB */
  ram: number;
  monitored: boolean;
}

export interface Load {
  /** Percent of all cores. */
  cpu: number;
  /** GB */
  memoryUsed: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What empties the memory and makes everything start anew. */
const boots: readonly Change["cause"][] = ["start", "reset", "resize", "restore"];

/** @param past what has happened to it until then, oldest first; the last one is how it is now. Empty: it was not there */
export function loadAt(id: number, past: readonly Change[], at: number): Load | null {
  const now = past.at(-1);
  if (!now || now.power === "off") return null;
  const first = past[0]!;
  const boot = past.findLast(({ cause, power }) => power === "on" && boots.includes(cause)) ?? first;
  const up = at - boot.at;
  // The work is the users', not the machine's: with more cores the same work takes a smaller part of them.
  const cores = first.cpu * (0.15 + 0.6 * part(id, 1)) * rhythm(id, at) * (1 + 0.5 * noise(id, at, 7 * MINUTE) + 0.3 * noise(id, at, 50 * MINUTE));
  const starting = boot === first ? 0 : 65 * Math.exp(-up / (3 * MINUTE));
  const copying = past.some(({ cause, at: then }) => cause === "snapshot" && at - then < 2 * MINUTE) ? 9 : 0;
  const cpu = Math.min(100, Math.max(0.3, (100 * cores) / now.cpu + starting + copying));
  const wanted = first.ram * (0.3 + 0.4 * part(id, 2)) * (1 + 0.12 * Math.min(1, up / (14 * DAY)) + 0.08 * noise(id, at, 3 * HOUR));
  const filled = boot === first ? 1 : 1 - 0.75 * Math.exp(-up / (20 * MINUTE));
  return { cpu, memoryUsed: Math.min(0.97 * now.ram, wanted * filled) };
}

/** People work by day and rest at the end of the week; one machine in five has its work at night. UTC. */
function rhythm(id: number, at: number): number {
  const hour = (at % DAY) / HOUR;
  const peak = part(id, 3) < 0.2 ? 2 : 13;
  const away = Math.min(Math.abs(hour - peak), 24 - Math.abs(hour - peak));
  const weekday = (Math.floor(at / DAY) + 4) % 7;
  return (0.35 + 0.65 * Math.exp(-((away / 4.5) ** 2))) * (weekday === 0 || weekday === 6 ? 0.6 : 1);
}

/** Between -1 and 1, smooth, and moving once in so many ms. */
function noise(id: number, at: number, every: number): number {
  const step = Math.floor(at / every);
  const between = at / every - step;
  const smooth = between * between * (3 - 2 * between);
  const here = part(id, every + step);
  return 2 * (here + (part(id, every + step + 1) - here) * smooth) - 1;
}

/** From 0 to 1: the same for the same two numbers, and like chance for any others. */
function part(id: number, salt: number): number {
  let mixed = Math.imul((id % 4_294_967_296) ^ Math.floor(id / 4_294_967_296), 0x9e3779b1) ^ Math.imul(salt | 0, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
