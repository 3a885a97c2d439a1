import { DurableObject } from "cloudflare:workers";
import { fullBucket, refilled, type Bucket, type RateLimit, type RateLimitName } from "../contract/rate-limits.ts";
import type { Env } from "../env.ts";

/** So many requests have been let through somewhere. */
export interface Spent extends RateLimit {
  name: RateLimitName;
  /** The account, or the organization itself. */
  of: number;
  requests: number;
}

/** How many buckets are kept before those that are full again are forgotten. */
const KEPT = 10_000;

/**
 * What one organization's accounts have asked, wherever they asked it; the object's name is the organization's id. It holds no facts: one that is begun anew
 * begins with full buckets, and it is left alone only when they are.
 */
export class OrganizationPace extends DurableObject<Env> {
  readonly #buckets = new Map<string, { limit: RateLimit; bucket: Bucket }>();

  /** @returns what is left of each, in the order of the question; below none when more was let through in several places at once */
  spend(spent: readonly Spent[]): number[] {
    const now = Date.now();
    if (this.#buckets.size > KEPT) this.#forget(now);
    return spent.map(({ name, of, requests, quota, window }) => {
      const limit = { quota, window };
      const key = `${name} ${of}`;
      const bucket = refilled(this.#buckets.get(key)?.bucket ?? fullBucket(limit, now), limit, now);
      // What was let through too much is paid back, within one window.
      bucket.level = Math.max(-quota, bucket.level - requests);
      this.#buckets.set(key, { limit, bucket });
      return bucket.level;
    });
  }

  #forget(now: number): void {
    for (const [key, { limit, bucket }] of this.#buckets) if (refilled(bucket, limit, now).level >= limit.quota) this.#buckets.delete(key);
  }
}
