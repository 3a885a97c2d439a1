/**
 * How often somebody may try a password: counted by account and by network prefix, before anything is hashed. An address that nobody has is counted
 * like one that somebody has, so a block tells nothing either.
 */
import { commit, MustHitOne, type Write } from "../../db/commit.ts";
import { blockedUntil, countAttempt, FOREVER, type AttemptRule } from "../../db/directory/write/attempts.ts";
import { hashText } from "../contract/operation.ts";
import type { Env } from "../env.ts";
import { Problem } from "../gate/problem.ts";
import { networkPrefix } from "./network.ts";

const LONGEST_BLOCK = 15 * 60_000;
/** Failures that cost nothing: of one person, and of one network, in which many people sit. */
const FREE_OF_ACCOUNT = 5;
const FREE_OF_NETWORK = 20;
/** NIST SP 800-63B-4, section 3.2.2: then only a new activation link opens the account again. */
const CLOSES_ACCOUNT = 100;

export interface Attempt {
  account: AttemptRule;
  network: AttemptRule;
  /** Of the account, this one included, as if it had failed. */
  failures: number;
}

/** E-mail addresses are compared in lower case and NFC. */
export function foldEmail(email: string): string {
  return email.trim().normalize("NFC").toLowerCase();
}

/** @param email folded */
export async function accountRule(email: string): Promise<AttemptRule> {
  return { subject: `account:${await hashText(email)}`, free: FREE_OF_ACCOUNT, longest: LONGEST_BLOCK, forgets: null, closes: CLOSES_ACCOUNT };
}

/** Counts an attempt, as failed until it succeeds. @throws Problem("too_many_attempts") while account or network is blocked: then nothing is counted */
export async function beginAttempt(request: Request, email: string, env: Env, now: number): Promise<Attempt> {
  const account = await accountRule(email);
  const prefix = networkPrefix(request.headers.get("cf-connecting-ip"));
  const network = { subject: `network:${prefix}`, free: FREE_OF_NETWORK, longest: LONGEST_BLOCK, forgets: LONGEST_BLOCK, closes: null };
  const [counted] = await count(env, now, [account, network]);
  return { account, network, failures: counted!.results[0]!["failures"] as number };
}

/** How often links for a forgotten password are sent: to one address, and for one network. */
const FREE_RESETS = 3;
const RESETS_FORGET = 3_600_000;

/** Counts a link that is asked for. An address that nobody has is counted like one that somebody has. @throws Problem("too_many_attempts") */
export async function beginReset(request: Request, email: string, env: Env, now: number): Promise<void> {
  const prefix = networkPrefix(request.headers.get("cf-connecting-ip"));
  await count(env, now, [
    { subject: `reset:${await hashText(email)}`, free: FREE_RESETS, longest: RESETS_FORGET, forgets: RESETS_FORGET, closes: null },
    { subject: `reset-network:${prefix}`, free: FREE_OF_NETWORK, longest: LONGEST_BLOCK, forgets: LONGEST_BLOCK, closes: null },
  ]);
}

/** Counts a try at one's own password by somebody who is signed in, or has used a security key: apart from what strangers try. @param also what the same commit does */
export async function beginOwnAttempt(personId: number, env: Env, now: number, also: readonly Write[] = []): Promise<AttemptRule> {
  const rule = { subject: `own:${personId}`, free: FREE_OF_ACCOUNT, longest: LONGEST_BLOCK, forgets: null, closes: CLOSES_ACCOUNT };
  await count(env, now, [rule], also);
  return rule;
}

async function count(
  env: Env,
  now: number,
  rules: readonly AttemptRule[],
  also: readonly Write[] = [],
): Promise<D1Result<Record<string, unknown>>[]> {
  try {
    return await commit(env.DIRECTORY, [...rules.map((rule) => countAttempt(rule, now)), ...also]);
  } catch (error) {
    if (!(error instanceof MustHitOne)) throw error;
    const until = await blockedUntil(
      env.DIRECTORY,
      rules.map(({ subject }) => subject),
    );
    throw tooMany(until, now);
  }
}

/** Does this failure block the account? */
export function blocks({ failures }: Attempt): boolean {
  return failures >= FREE_OF_ACCOUNT;
}

function tooMany(until: number, now: number): Problem {
  const seconds = Math.max(1, Math.ceil(Math.min(until - now, LONGEST_BLOCK) / 1000));
  return new Problem("too_many_attempts", {
    detail: until >= FOREVER ? "There were too many attempts." : `There were too many attempts; try again in ${seconds} seconds.`,
    change: "Wait, or sign in with your security key, or ask your security representative for a new activation link.",
    headers: { "retry-after": String(seconds) },
  });
}
