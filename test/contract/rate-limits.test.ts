import { describe, expect, test } from "vitest";
import { defaultRateLimits, fullBucket, rateLimitFields, readRateLimits, refilled, secondsUntilNext } from "../../worker/contract/rate-limits.ts";

describe("what is configured", () => {
  test("is read in the form of RateLimit-Policy; what is not named or cannot be read is as by default", () => {
    const limits = readRateLimits('"account-reads";q=5;w=60,  "account-writes";q=0;w=1, "nobody";q=1;w=1, "client-tokens";q=9')!;
    expect(limits).toEqual({ ...defaultRateLimits, "account-reads": { quota: 5, window: 60 } });
    expect([readRateLimits(undefined), readRateLimits("")]).toEqual([defaultRateLimits, defaultRateLimits]);
  });

  test("may be none at all, and only by this word", () => {
    expect(readRateLimits("off")).toBeNull();
    expect(readRateLimits("offline")).toEqual(defaultRateLimits);
  });
});

describe("a bucket", () => {
  const limit = { quota: 100, window: 10 };

  test("comes back evenly, and is never more than full", () => {
    const empty = { level: 0, at: 0 };
    expect(refilled(empty, limit, 1_000).level).toBe(10);
    expect(refilled(empty, limit, 10_000).level).toBe(100);
    expect(refilled(empty, limit, 60_000).level).toBe(100);
    expect(refilled({ level: 5, at: 9_000 }, limit, 8_000).level, "a clock that goes back takes nothing").toBe(5);
  });

  test("says when the next request is within it, in whole seconds", () => {
    expect(secondsUntilNext({ level: 0, at: 0 }, limit)).toBe(1);
    expect(secondsUntilNext({ level: -50, at: 0 }, limit)).toBe(6);
    expect(secondsUntilNext({ level: 0, at: 0 }, { quota: 3, window: 60 })).toBe(20);
  });

  test("is told in the draft's fields", () => {
    const standing = { name: "account-reads", ...limit, bucket: { ...fullBucket(limit, 0), level: 42.9 } } as const;
    expect(rateLimitFields([standing, { ...standing, name: "organization-reads", bucket: { level: -3, at: 0 } }])).toEqual({
      "ratelimit-policy": '"account-reads";q=100;w=10, "organization-reads";q=100;w=10',
      ratelimit: '"account-reads";r=42;t=6, "organization-reads";r=0;t=11',
    });
  });
});
