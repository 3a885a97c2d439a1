/** Coming back after every security key was lost: the link that a representative issued, and the password. Neither is enough alone. */
import * as z from "zod";
import { AlreadyThere, commit, MustHitOne, type Write } from "../../db/commit.ts";
import { readEnrolling, type EnrollingPerson } from "../../db/directory/read/people.ts";
import { forgiveAttempts } from "../../db/directory/write/attempts.ts";
import { isOpen, spendChallenge, type Challenge } from "../../db/directory/write/challenges.ts";
import { spendEnrolment } from "../../db/directory/write/enrolments.ts";
import { queueMail } from "../../db/directory/write/mail.ts";
import { appendEvent } from "../../db/directory/write/outbox.ts";
import { enrolKey } from "../../db/directory/write/security-keys.ts";
import { insertSessionOf } from "../../db/directory/write/sessions.ts";
import type { Env } from "../env.ts";
import { Problem } from "../gate/problem.ts";
import { postMails } from "../mail/send.ts";
import { beginAttempt, foldEmail } from "./attempts.ts";
import { readJson, tellLog, type Exchange } from "./exchange.ts";
import { answerWithSession } from "./me.ts";
import { verifyPassword } from "./password/hash.ts";
import { readClientData, rejected } from "./security-keys/ceremony.ts";
import { creationOptions } from "./security-keys/enrol.ts";
import { verifyEnrolment } from "./security-keys/verify-enrolment.ts";
import { hashToken, isToken, newSession } from "./session.ts";

const optionsBody = z.object({ token: z.string().max(256) }).strict();
const enrolmentBody = z
  .object({
    token: z.string().max(256),
    password: z.string().max(1024),
    keyName: z.string().trim().min(1).max(64).default("Security key"),
    credential: z.looseObject({ response: z.looseObject({ clientDataJSON: z.string().max(64 * 1024) }) }),
  })
  .strict();

/** What the page behind the link shows and needs. @throws Problem("activation_spent") */
export async function beginLostKeys({ request, env, now }: Exchange): Promise<Response> {
  const { token } = await readJson(request, optionsBody);
  const { person, tokenHash } = await requireEnrolling(token, env, now);
  const { name, email, organizationName } = person;
  const options = await creationOptions(env, person, tokenHash, now);
  return Response.json({ person: { name, email, organizationName }, options }, { headers: { "cache-control": "no-store" } });
}

/**
 * The password is counted before it is looked at, as at every sign-in; then one commit spends link and challenge, removes the old keys, stores the new
 * one, and signs in.
 * @throws Problem("activation_spent" | "sign_in_failed" | "too_many_attempts" | "proof_invalid" | "proof_rejected")
 */
export async function enrolAfterLoss(exchange: Exchange): Promise<Response> {
  const { request, env, now } = exchange;
  const { token, password, keyName, credential } = await readJson(request, enrolmentBody);
  const { person, tokenHash } = await requireEnrolling(token, env, now);
  const attempt = await beginAttempt(request, foldEmail(person.email), env, now);
  if (!verifyPassword(password, person.password, env)) throw wrongPassword();
  const challenge: Challenge = {
    hash: readClientData(credential.response.clientDataJSON).challenge,
    purpose: "enrol",
    personId: person.id,
    session: tokenHash,
  };
  if (!(await isOpen(env.DIRECTORY, challenge, now)))
    throw rejected("The challenge is not the one that was issued, was used already, or is too old.");
  const key = await verifyEnrolment({ response: credential, expectedChallenge: challenge.hash, env });
  const { row, cookie } = await newSession(request, person.id, now);
  const subject = { ...person, session: row.id };
  await commitEnrolment(env, tokenHash, [
    spendChallenge(challenge, now),
    ...spendEnrolment(tokenHash, subject, now),
    ...enrolKey(key, subject, keyName, now),
    ...forgiveAttempts(attempt.account.subject, attempt.network),
    insertSessionOf(person.password!, row),
    appendEvent("signed-in", subject, {}, now),
    queueMail(
      { to: person.id, template: "credential-changed", facts: { which: "key-added", key: keyName, at: now, network: row.network, agent: row.agent } },
      now,
    ),
  ]);
  postMails(env, exchange.waitUntil);
  tellLog(exchange, person.organizationId);
  return answerWithSession(row.tokenHash, cookie, 201, env, now);
}

/** Its failures told apart. Of two with the same link one wins. */
async function commitEnrolment(env: Env, tokenHash: string, writes: readonly Write[]): Promise<void> {
  try {
    await commit(env.DIRECTORY, writes);
  } catch (error) {
    // W15, W19: the credential id is unique over everybody, whatever the browser was told to exclude.
    if (error instanceof AlreadyThere) throw rejected("This security key is registered already.");
    if (!(error instanceof MustHitOne)) throw error;
    throw (await readEnrolling(env.DIRECTORY, tokenHash, 0)) ? rejected("The challenge was used already, or is too old.") : spent();
  }
}

/** Unknown, used and expired links, and those of people who have left, are answered alike. */
async function requireEnrolling(token: string, env: Env, now: number): Promise<{ person: EnrollingPerson; tokenHash: string }> {
  const tokenHash = await hashToken(token);
  const person = isToken(token) ? await readEnrolling(env.DIRECTORY, tokenHash, now) : null;
  if (!person) throw spent();
  return { person, tokenHash };
}

function wrongPassword(): Problem {
  return new Problem("sign_in_failed", {
    field: "password",
    detail: "The password is wrong.",
    change: "Use your password, or have it reset first; the link stays good meanwhile.",
  });
}

function spent(): Problem {
  return new Problem("activation_spent", {
    detail: "The link was used already, is too old, or never was one.",
    change: "Ask your security representative for a new one.",
  });
}
