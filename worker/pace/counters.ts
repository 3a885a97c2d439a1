/** What this isolate knows of the limits: how much is left for whom, and what the organization's object has not been told yet. */
import { fullBucket, refilled, type Bucket, type RateLimit, type RateLimitName, type Standing } from "../contract/rate-limits.ts";
import type { Spent } from "./organization-pace.ts";

export interface Counted extends RateLimit {
  name: RateLimitName;
  of: number;
}

interface Counter {
  limit: RateLimit;
  bucket: Bucket;
  untold: number;
}

interface Organization {
  counters: Map<string, Counter & Counted>;
  /** Since when somebody tells the object, in ms since 1970; null: nobody does. */
  telling: number | null;
}

/** A request that was to tell may have been ended before it could. */
const TELLING_TAKES_AT_MOST = 5_000;

/** So many organizations are known to an isolate before those that ask nothing are forgotten. */
const KEPT = 1_000;

const organizations = new Map<number, Organization>();

/** Takes one request from each, or from none. @returns how each stands then, and which has nothing left */
export function take(organizationId: number, counted: readonly Counted[], now: number): { standings: Standing[]; empty: Standing | null } {
  const counters = counted.map((one) => counterOf(organizationId, one, now));
  const isWithin = counters.every(({ bucket }) => bucket.level >= 1);
  if (isWithin) {
    for (const counter of counters) {
      counter.bucket.level -= 1;
      counter.untold += 1;
    }
  }
  const standings = counters.map(({ name, limit, bucket }) => ({ name, ...limit, bucket: { ...bucket } }));
  return { standings, empty: isWithin ? null : standings.find(({ bucket }) => bucket.level < 1)! };
}

/** What is to be told now; null: nothing, or somebody else is at it. Whoever gets it says by `told` what came of it. */
export function untold(organizationId: number, now: number): Spent[] | null {
  const organization = organizations.get(organizationId);
  if (!organization || (organization.telling !== null && now - organization.telling < TELLING_TAKES_AT_MOST)) return null;
  const counters = [...organization.counters.values()].filter((counter) => counter.untold > 0);
  if (counters.length === 0) return null;
  organization.telling = now;
  return counters.map((counter) => {
    const { name, of, limit, untold: requests } = counter;
    counter.untold = 0;
    return { name, of, ...limit, requests };
  });
}

/** @param levels what the object has left of each; null: it did not answer, and this isolate goes by what it knows itself */
export function told(organizationId: number, spent: readonly Spent[], levels: readonly number[] | null, now: number): void {
  const organization = organizations.get(organizationId);
  if (!organization) return;
  organization.telling = null;
  spent.forEach(({ name, of }, index) => {
    const counter = organization.counters.get(`${name} ${of}`);
    if (counter && levels) counter.bucket = { level: levels[index]! - counter.untold, at: now };
  });
}

function counterOf(organizationId: number, { name, of, quota, window }: Counted, now: number): Counter & Counted {
  if (organizations.size >= KEPT && !organizations.has(organizationId)) organizations.clear();
  const organization = organizations.get(organizationId) ?? { counters: new Map<string, Counter & Counted>(), telling: null };
  organizations.set(organizationId, organization);
  const key = `${name} ${of}`;
  const limit = { quota, window };
  const known = organization.counters.get(key);
  const counter = known?.limit.quota === quota && known.limit.window === window ? known : undefined;
  const current = counter ?? { name, of, ...limit, limit, bucket: fullBucket(limit, now), untold: 0 };
  current.bucket = refilled(current.bucket, limit, now);
  organization.counters.set(key, current);
  return current;
}
