/**
 * How often somebody may ask. A limit is a bucket: `quota` requests at once, full again after `window` seconds; so 100 in 10 s is 600 a minute with a burst
 * of 100. Answers tell of them in the fields of draft-ietf-httpapi-ratelimit-headers-11, and wrangler.toml sets them in the form of `RateLimit-Policy`.
 */
export interface RateLimit {
  /** Requests. */
  quota: number;
  /** In seconds. */
  window: number;
}

/** Of a person or an API account, of all of an organization's together, and of an API account at the OAuth endpoints. */
export const defaultRateLimits = {
  "account-reads": { quota: 100, window: 10 },
  "account-writes": { quota: 60, window: 30 },
  "organization-reads": { quota: 1_000, window: 10 },
  "organization-writes": { quota: 200, window: 10 },
  "client-tokens": { quota: 20, window: 40 },
} as const satisfies Record<string, RateLimit>;

export type RateLimitName = keyof typeof defaultRateLimits;
export type RateLimits = Record<RateLimitName, RateLimit>;

/** @param text as `"account-reads";q=100;w=10, …`; what it does not name, or cannot be read, is as above. `off`: null, there are none */
export function readRateLimits(text: string | undefined): RateLimits | null {
  if (text?.trim() === "off") return null;
  const limits: RateLimits = { ...defaultRateLimits };
  for (const [, name, quota, window] of (text ?? "").matchAll(/"([a-z-]+)";q=([1-9]\d{0,8});w=([1-9]\d{0,4})(?=\s*(?:,|$))/g)) {
    if (Object.hasOwn(limits, name!)) limits[name as RateLimitName] = { quota: Number(quota), window: Number(window) };
  }
  return limits;
}

/** What is left of a limit for somebody: so many requests at that moment. Below none, others have asked for them meanwhile. */
export interface Bucket {
  level: number;
  /** ms since 1970 */
  at: number;
}

export function fullBucket({ quota }: RateLimit, now: number): Bucket {
  return { level: quota, at: now };
}

/** The bucket as it is now: what was taken comes back evenly. */
export function refilled({ level, at }: Bucket, { quota, window }: RateLimit, now: number): Bucket {
  return { level: Math.min(quota, level + (Math.max(0, now - at) * quota) / (window * 1_000)), at: now };
}

/** In whole seconds, one at least: until the next request is within the limit. */
export function secondsUntilNext({ level }: Bucket, { quota, window }: RateLimit): number {
  return Math.max(1, Math.ceil(((1 - level) * window) / quota));
}

/** One limit as it stands for who asks. */
export interface Standing extends RateLimit {
  name: RateLimitName;
  bucket: Bucket;
}

/** `r`: so many requests are left; `t`: in so many seconds all are there again. */
export function rateLimitFields(standings: readonly Standing[]): Record<string, string> {
  const left = ({ bucket }: Standing) => Math.max(0, Math.floor(bucket.level));
  const until = ({ bucket, quota, window }: Standing) => Math.ceil(((quota - bucket.level) * window) / quota);
  return {
    "ratelimit-policy": standings.map(({ name, quota, window }) => `"${name}";q=${quota};w=${window}`).join(", "),
    ratelimit: standings.map((standing) => `"${standing.name}";r=${left(standing)};t=${until(standing)}`).join(", "),
  };
}
