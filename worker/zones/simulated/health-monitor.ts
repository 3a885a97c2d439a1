/** The health monitor of a load balancer: what a row of probes says of a member. Pure. */
export type Verdict = "up" | "down" | "none";

export interface Monitor {
  /** Seconds between two probes. */
  interval: number;
  /** So many good probes in a row make it up, so many bad ones down. */
  rise: number;
  fall: number;
}

export interface Probed {
  verdict: Verdict;
  /** What the last probe said, and since when all have said so, in ms since 1970; null: there was none. */
  good: boolean | null;
  since: number;
}

/**
 * One more look. Between two looks the probes went on: the ones in a row are as many as the time has room for.
 * @param pace factor on the intervals; 0: one probe is enough
 */
export function judge(before: Probed, good: boolean, { interval, rise, fall }: Monitor, pace: number, now: number): Probed {
  const since = before.good === good ? before.since : now;
  const needed = ((good ? rise : fall) - 1) * interval * 1000 * pace;
  const isClear = now - since >= needed;
  return { good, since, verdict: isClear ? (good ? "up" : "down") : before.verdict };
}

/** How many clients a member holds while it serves: about as many as usual for it. */
export function usualConnections(memberId: number, port: number): number {
  return 12 + ((memberId * 7 + port * 13) % 61);
}

/** The time after which a third of the clients that are left is still there, in ms. */
const LEAVES = 5_000;
/** So long clients are waited for at most, in ms; who is still there then is cut off. */
export const LONGEST_DRAIN = 30_000;

/** How many clients are left of those that were there when no new ones were let in. */
export function connectionsLeft(atStart: number, ms: number): number {
  return ms >= LONGEST_DRAIN ? 0 : Math.floor(atStart * Math.exp(-ms / LEAVES));
}

/** How long it takes until nobody is left, or nobody is waited for any more, in ms. */
export function drainTakes(connections: number): number {
  return connections === 0 ? 0 : Math.min(LONGEST_DRAIN, Math.ceil(LEAVES * Math.log(connections + 1)));
}
