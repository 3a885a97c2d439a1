/** Coming in through the one-time link: a password and a security key in one ceremony, and signed in. */
import * as z from "zod";
import { AlreadyThere, commit, MustHitOne, type Write } from "../../db/commit.ts";
import { readInvited, type InvitedPerson } from "../../db/directory/read/people.ts";
import { spendActivation } from "../../db/directory/write/activation.ts";
import { forgetFailures } from "../../db/directory/write/attempts.ts";
import { isOpen, spendChallenge, type Challenge } from "../../db/directory/write/challenges.ts";
import { appendEvent } from "../../db/directory/write/outbox.ts";
import { enrolKey, type EnrolledKey } from "../../db/directory/write/security-keys.ts";
import { notifyChange } from "../../db/directory/write/passwords.ts";
import { insertSession } from "../../db/directory/write/sessions.ts";
import { isPrivileged } from "../contract/roles.ts";
import type { Env } from "../env.ts";
import { Problem } from "../gate/problem.ts";
import { postMails } from "../mail/send.ts";
import { accountRule } from "./attempts.ts";
import { readJson, tellLog, type Exchange } from "./exchange.ts";
import { answerWithSession } from "./me.ts";
import { hashPassword } from "./password/hash.ts";
import { passwordPolicy, requireAcceptable } from "./password/policy.ts";
import { invalid, readClientData, rejected } from "./security-keys/ceremony.ts";
import { creationOptions } from "./security-keys/enrol.ts";
import { verifyEnrolment } from "./security-keys/verify-enrolment.ts";
import { hashToken, isToken, newSession } from "./session.ts";
import { whenceOf } from "./whence.ts";

const optionsBody = z.object({ token: z.string().max(256) }).strict();
const activationBody = z
  .object({
    token: z.string().max(256),
    password: z.string().max(1024),
    keyName: z.string().trim().min(1).max(64).default("Security key"),
    credential: z.unknown().optional(),
  })
  .strict();

/** What the page behind the link shows and needs. @throws Problem("activation_spent") */
export async function beginActivation({ request, env, now }: Exchange): Promise<Response> {
  const { token } = await readJson(request, optionsBody);
  const { person, tokenHash } = await requireInvited(token, env, now);
  const { name, email, organizationName } = person;
  const options = await creationOptions(env, person, tokenHash, now);
  return Response.json(
    { person: { name, email, organizationName }, passwordPolicy, options, needsKey: needsKey(person) },
    { headers: { "cache-control": "no-store" } },
  );
}

/**
 * Everything is checked first; then one commit spends link and challenge, stores password and key, and signs in.
 * @throws Problem("activation_spent" | "password_unacceptable" | "proof_invalid" | "proof_rejected")
 */
export async function activate(exchange: Exchange): Promise<Response> {
  const { request, env, now } = exchange;
  const { token, password, keyName, credential } = await readJson(request, activationBody);
  const { person, tokenHash } = await requireInvited(token, env, now);
  requireAcceptable(password, person);
  const key = await verifyCredential(credential, person, tokenHash, env, now);
  const { row, cookie } = await newSession(request, person.id, now);
  const subject = { ...person, session: row.id };
  await commitActivation(env, tokenHash, [
    ...(key ? [spendChallenge(key.challenge, now)] : []),
    ...spendActivation(tokenHash, person.id, hashPassword(password, env), now),
    forgetFailures((await accountRule(person.email)).subject),
    insertSession(row),
    appendEvent("activated", subject, {}, now),
    ...(key ? enrolKey(key.enrolled, subject, keyName, now) : []),
    appendEvent("signed-in", subject, {}, now),
    notifyChange(person.id, key ? "activated-with-key" : "activated", now, whenceOf(request)),
  ]);
  tellLog(exchange, person.organizationId);
  postMails(env, exchange.waitUntil);
  return answerWithSession(row.tokenHash, cookie, 201, env, now);
}

/** The commit of an activation, its failures told apart. Of two with the same link one wins. */
async function commitActivation(env: Env, tokenHash: string, writes: readonly Write[]): Promise<void> {
  try {
    await commit(env.DIRECTORY, writes);
  } catch (error) {
    // W15, W19: the credential id is unique over everybody, whatever the browser was told to exclude.
    if (error instanceof AlreadyThere) throw rejected("This security key is registered already.");
    if (!(error instanceof MustHitOne)) throw error;
    throw (await readInvited(env.DIRECTORY, tokenHash, 0)) ? rejected("The challenge was used already, or is too old.") : spent();
  }
}

interface Verified {
  enrolled: EnrolledKey;
  challenge: Challenge;
}

async function verifyCredential(credential: unknown, person: InvitedPerson, tokenHash: string, env: Env, now: number): Promise<Verified | null> {
  if (credential === undefined || credential === null) {
    if (needsKey(person)) throw invalid("Your profile asks for a security key: send `credential`, the answer of its enrolment.");
    return null;
  }
  const clientDataJSON = (credential as { response?: { clientDataJSON?: unknown } }).response?.clientDataJSON;
  if (typeof clientDataJSON !== "string") throw invalid("This is not the answer of a security key's enrolment.");
  const challenge: Challenge = { hash: readClientData(clientDataJSON).challenge, purpose: "enrol", personId: person.id, session: tokenHash };
  if (!(await isOpen(env.DIRECTORY, challenge, now)))
    throw rejected("The challenge is not the one that was issued, was used already, or is too old.");
  return { enrolled: await verifyEnrolment({ response: credential, expectedChallenge: challenge.hash, env }), challenge };
}

/** A privileged profile, or a duty, has no effect without a security key; who only sees resources may do without. */
function needsKey({ profiles, hasDuty }: InvitedPerson): boolean {
  return hasDuty || profiles.some(isPrivileged);
}

/** Unknown, used and expired links, and those of people who have left, are answered alike. */
async function requireInvited(token: string, env: Env, now: number): Promise<{ person: InvitedPerson; tokenHash: string }> {
  const tokenHash = await hashToken(token);
  const person = isToken(token) ? await readInvited(env.DIRECTORY, tokenHash, now) : null;
  if (!person) throw spent();
  return { person, tokenHash };
}

function spent(): Problem {
  return new Problem("activation_spent", {
    detail: "The link was used already, is too old, or never was one.",
    change: "Ask your security representative for a new one.",
  });
}
