/** Signing in with e-mail and password. The security key comes later, with the act that asks for it, unless somebody else's guesses are in the way. */
import * as z from "zod";
import { AlreadyThere, commit, MustHitOne, type Write } from "../../db/commit.ts";
import { readForSignIn, type SignInRow } from "../../db/directory/read/people.ts";
import { rehash } from "../../db/directory/write/activation.ts";
import { forgetFailures, forgiveAttempts } from "../../db/directory/write/attempts.ts";
import { appendEvent, appendEventIf } from "../../db/directory/write/outbox.ts";
import { endSessionOfToken, insertSessionOf } from "../../db/directory/write/sessions.ts";
import { Problem } from "../gate/problem.ts";
import { accountRule, beginAttempt, beginOwnAttempt, blocks, foldEmail, type Attempt } from "./attempts.ts";
import { readSessionCookie } from "./cookie.ts";
import { requireOwnKey } from "./key-sign-in.ts";
import { answerWithSession } from "./me.ts";
import { hashPassword, needsRehash, verifyPassword } from "./password/hash.ts";
import { rejected } from "./security-keys/ceremony.ts";
import { hashToken, newSession } from "./session.ts";
import { readJson, tellLog, type Exchange } from "./exchange.ts";

const signInBody = z.object({ email: z.string().max(320), password: z.string().max(1024), credential: z.unknown().optional() }).strict();

/**
 * Counted first, hashed then, whoever it is: an unknown address, a wrong password and a suspended person get the same answer after the same work.
 * @throws Problem("sign_in_failed" | "too_many_attempts")
 */
export async function signIn(exchange: Exchange): Promise<Response> {
  const { request, env, now } = exchange;
  const body = await readJson(request, signInBody);
  const email = foldEmail(body.email);
  if (body.credential !== undefined) return signInWithKey(exchange, email, body);
  const attempt = await beginAttempt(request, email, env, now);
  const person = await readForSignIn(env.DIRECTORY, email);
  const known = verifyPassword(body.password, person?.password ?? null, env);
  if (!person?.active || !known) throw await failed(person, attempt, exchange);

  const answer = await comeIn(exchange, person, body.password, forgiveAttempts(attempt.account.subject, attempt.network));
  if (!answer) throw await failed(person, attempt, exchange);
  return answer;
}

/**
 * The key first, whatever strangers have tried; only who has it tries passwords here, and is counted apart.
 * @throws Problem("proof_invalid" | "proof_rejected" | "sign_in_failed" | "too_many_attempts")
 */
async function signInWithKey(exchange: Exchange, email: string, { password, credential }: z.infer<typeof signInBody>): Promise<Response> {
  const { env, now } = exchange;
  const person = await readForSignIn(env.DIRECTORY, email);
  const spending = await requireOwnKey(credential, email, person?.id ?? -1, env, now);
  if (!person) throw wrong();
  const own = await beginOwnAttempt(person.id, env, now, [spending]).catch((error: unknown) => {
    throw error instanceof AlreadyThere ? rejected("The challenge was used already.") : error;
  });
  const known = verifyPassword(password, person.password, env);
  const { subject } = await accountRule(email);
  const answer = person.active && known ? await comeIn(exchange, person, password, [forgetFailures(own.subject), forgetFailures(subject)]) : null;
  if (!answer) throw wrong();
  return answer;
}

/** The session of somebody whose password was checked. Null: not as it was checked any more. */
async function comeIn(exchange: Exchange, person: SignInRow, password: string, before: readonly Write[]): Promise<Response | null> {
  const { request, env, now } = exchange;
  const { row, cookie } = await newSession(request, person.id, now);
  const replaced = readSessionCookie(request);
  const subject = { ...person, session: row.id };
  const writes = [
    ...before,
    ...(replaced ? [endSessionOfToken(await hashToken(replaced))] : []),
    insertSessionOf(person.password!, row),
    ...(needsRehash(person.password!) ? [rehash(person.id, person.password!, hashPassword(password, env))] : []),
    appendEvent("signed-in", subject, {}, now),
  ];
  try {
    await commit(env.DIRECTORY, writes);
  } catch (error) {
    if (error instanceof MustHitOne) return null;
    throw error;
  }
  tellLog(exchange, person.organizationId);
  return answerWithSession(row.tokenHash, cookie, 200, env, now);
}

/** The log hears of an attempt that blocks the account. The write is made, with nothing in it, for an address that nobody has: it takes as long. */
async function failed(person: SignInRow | null, attempt: Attempt, exchange: Exchange): Promise<Problem> {
  if (blocks(attempt)) {
    const subject = { id: person?.id ?? 0, name: person?.name ?? "", organizationId: person?.organizationId ?? 0, session: "" };
    await commit(exchange.env.DIRECTORY, [appendEventIf(person !== null, "sign-in-blocked", subject, { failures: attempt.failures }, exchange.now)]);
    if (person) tellLog(exchange, person.organizationId);
  }
  return wrong();
}

function wrong(): Problem {
  return new Problem("sign_in_failed", { detail: "The e-mail address or the password is wrong." });
}
