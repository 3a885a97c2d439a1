/**
 * How often an account, and an organization as a whole, may ask. Each isolate lets through by what it knows and tells the organization's object afterwards,
 * which adds up what all of them let through and answers what is left: no request waits for a count, and one that is away only means that each isolate
 * counts for itself until it is back.
 */
import type { Label } from "../contract/actions.ts";
import type { EventActor } from "../contract/log-entry.ts";
import { rateLimitFields, readRateLimits, secondsUntilNext, type RateLimitName, type RateLimits, type Standing } from "../contract/rate-limits.ts";
import type { Env } from "../env.ts";
import { Problem } from "../gate/problem.ts";
import { recordRefusal } from "../log/refusals.ts";
import { inJurisdiction } from "../routing/jurisdiction.ts";
import { told, take, untold, type Counted } from "./counters.ts";

export interface Paced {
  organizationId: number;
  /** Which limits, and whose. */
  limits: readonly { name: RateLimitName; of: number }[];
}

interface Here {
  env: Env;
  waitUntil(work: Promise<unknown>): void;
  /** Headers of the answer, whatever it becomes. */
  tell(headers: Record<string, string>): void;
}

/** A refusal, and until when the same credential gets it again without being looked at. */
interface Pause {
  until: number;
  standings: readonly Standing[];
  empty: Standing;
}

/** By the credential as it came; never kept anywhere else. A flood costs no database once it is known. */
const pauses = new Map<string, Pause>();
const PAUSES_KEPT = 1_000;

/** When an account's refusal was recorded last, in ms since 1970. Equal ones are one entry a minute. */
const recorded = new Map<string, number>();
const RECORDED_EVERY = 60_000;

/** @throws Problem("rate_limited") for a credential that is known to have asked too often */
export function requireNoPause(request: Request, kind: "reads" | "writes" | "tokens", { tell }: Pick<Here, "tell">, now: number): void {
  if (pauses.size === 0) return;
  const key = credentialOf(request, kind);
  const pause = key === null ? undefined : pauses.get(key);
  if (!pause) return;
  if (pause.until <= now) pauses.delete(key!);
  else throw refused(pause.standings, pause.empty, Math.ceil((pause.until - now) / 1_000), tell);
}

/**
 * Counts one request.
 * @param record who is told of in the log when it is refused, and for what; null: nobody
 * @throws Problem("rate_limited")
 */
export function requirePace(
  request: Request,
  kind: "reads" | "writes" | "tokens",
  { organizationId, limits }: Paced,
  { env, waitUntil, tell }: Here,
  now: number,
  record: { label: Label; actor: EventActor; name: string; requestId: string } | null,
): void {
  const known = limitsOf(env);
  if (!known) return;
  const counted: Counted[] = limits.map(({ name, of }) => ({ name, of, ...known[name] }));
  const { standings, empty } = take(organizationId, counted, now);
  waitUntil(tellObject(env, organizationId, now));
  if (!empty) return tell(rateLimitFields(standings));
  const seconds = secondsUntilNext(empty.bucket, empty);
  pause(request, kind, { until: now + seconds * 1_000, standings, empty }, now);
  if (record) waitUntil(recordOnce(env, organizationId, record, now));
  throw refused(standings, empty, seconds, tell);
}

let read: { text: string | undefined; limits: RateLimits | null } | null = null;

/** Read once. */
function limitsOf({ RATE_LIMITS: text }: Env): RateLimits | null {
  if (!read || read.text !== text) read = { text, limits: readRateLimits(text) };
  return read.limits;
}

function refused(standings: readonly Standing[], empty: Standing, seconds: number, tell: Here["tell"]): Problem {
  tell(rateLimitFields(standings));
  const whose = empty.name.startsWith("organization") ? "Your organization asks" : "You ask";
  const what = empty.name.endsWith("writes") ? "changes" : empty.name.endsWith("tokens") ? "tokens" : "readings";
  return new Problem("rate_limited", {
    detail: `${whose} too often: ${empty.quota} ${what} in ${empty.window} seconds are the limit. Nothing was done.`,
    change: `Repeat the request in ${seconds} seconds; RateLimit says how many are left.`,
    // The member that the draft's own kind of problem has.
    members: { "violated-policies": [empty.name] },
    headers: { "retry-after": String(seconds) },
  });
}

function pause(request: Request, kind: string, what: Pause, now: number): void {
  const key = credentialOf(request, kind);
  if (key === null) return;
  if (pauses.size >= PAUSES_KEPT) for (const [old, { until }] of pauses) if (until <= now) pauses.delete(old);
  if (pauses.size < PAUSES_KEPT) pauses.set(key, what);
}

/** Null: it is not in a header, and so is looked at each time. */
function credentialOf(request: Request, kind: string): string | null {
  const credential = request.headers.get("authorization") ?? request.headers.get("cookie");
  return credential === null ? null : `${kind} ${credential}`;
}

/** The one place that names an object: by the organization's id. Never rejects. */
async function tellObject(env: Env, organizationId: number, now: number): Promise<void> {
  const spent = untold(organizationId, now);
  if (!spent) return;
  let levels: number[] | null = null;
  try {
    levels = await inJurisdiction(env.ORGANIZATION_PACES, env).getByName(String(organizationId)).spend(spent);
  } catch {
    // Away: whoever asks here is still counted here.
  }
  told(organizationId, spent, levels, Date.now());
}

async function recordOnce(
  env: Env,
  organizationId: number,
  { label, actor, name, requestId }: { label: Label; actor: EventActor; name: string; requestId: string },
  now: number,
): Promise<void> {
  const key = `${actor.kind} ${actor.id}`;
  if (now - (recorded.get(key) ?? -RECORDED_EVERY) < RECORDED_EVERY) return;
  if (recorded.size >= PAUSES_KEPT) recorded.clear();
  recorded.set(key, now);
  const event = {
    kind: "act-refused",
    at: new Date(now).toISOString(),
    cloudId: null,
    label,
    actor,
    target: null,
    code: "rate_limited",
    requestId,
  } as const;
  await recordRefusal(env, { organizationId, event, names: { [actor.id]: name } }).catch((error: unknown) =>
    console.error(`${requestId}: the refusal is not recorded:`, error),
  );
}
