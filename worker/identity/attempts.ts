/**
 * How often somebody may try a password: counted by account and by network prefix, before anything is hashed. An address that nobody has is counted
 * like one that somebody has, so a block tells nothing either.
 */
import { commit, MustHitOne } from "../../db/commit.ts";
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
  try {
    const [counted] = await commit(env.DIRECTORY, [countAttempt(account, now), countAttempt(network, now)]);
    return { account, network, failures: counted!.results[0]!["failures"] as number };
  } catch (error) {
    if (error instanceof MustHitOne) throw tooMany(await blockedUntil(env.DIRECTORY, [account.subject, network.subject]), now);
    throw error;
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
    change: "Wait, or ask your security representative for a new activation link.",
    headers: { "retry-after": String(seconds) },
  });
}
