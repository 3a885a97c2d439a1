/**
 * Changing one's own password, signed in: the old one, and a security key's fresh use by whoever has one. It stands beside sign-in rather than in the table
 * of actions: passwords are no parameters of an act, which are signed, logged, and remembered for their idempotency key.
 */
import * as z from "zod";
import { commit, MustHitOne } from "../../../db/commit.ts";
import { readForSignIn } from "../../../db/directory/read/people.ts";
import { forgetFailures } from "../../../db/directory/write/attempts.ts";
import { insertChallenge, isOpen, type Challenge } from "../../../db/directory/write/challenges.ts";
import { changePassword } from "../../../db/directory/write/passwords.ts";
import type { SessionRow } from "../../../db/directory/read/actors.ts";
import type { Env } from "../../env.ts";
import { Problem } from "../../gate/problem.ts";
import { postMails } from "../../mail/send.ts";
import { beginOwnAttempt } from "../attempts.ts";
import { readJson, requireSession, tellLog, type Exchange } from "../exchange.ts";
import { invalid, readClientData, rejected } from "../security-keys/ceremony.ts";
import { newChallenge } from "../security-keys/new-challenge.ts";
import { ASSERTION_LASTS } from "../security-keys/relying-party.ts";
import { requestOptions } from "../security-keys/request-options.ts";
import { verifyAssertion } from "../security-keys/verify-assertion.ts";
import { whenceOf } from "../whence.ts";
import { hashPassword, verifyPassword } from "./hash.ts";
import { passwordPolicy, requireAcceptable } from "./policy.ts";

const changeBody = z.object({ oldPassword: z.string().max(1024), password: z.string().max(1024), credential: z.unknown().optional() }).strict();

/** What the page needs: the policy, and for whoever has keys a challenge for one of them. */
export async function beginPasswordChange(exchange: Exchange): Promise<Response> {
  const { env, now } = exchange;
  const { row } = await requireSession(exchange);
  let options = null;
  if (row.securityKeys > 0) {
    const { hash, nonce, expires } = await newChallenge("change-password", row.id, row.session, now + ASSERTION_LASTS);
    await insertChallenge(env.DIRECTORY, { hash, purpose: "change-password", personId: row.id, session: row.session }, nonce, expires);
    options = await requestOptions(env, row.id, hash);
  }
  return Response.json({ passwordPolicy, options }, { headers: { "cache-control": "no-store" } });
}

/**
 * Whatever can be refused without the key is refused first; then one commit sets the password, ends all other sessions and writes the notice.
 * @throws Problem("too_many_attempts" | "password_wrong" | "password_unacceptable" | "proof_invalid" | "proof_rejected")
 */
export async function setPassword(exchange: Exchange): Promise<Response> {
  const { request, env, now, waitUntil } = exchange;
  const { oldPassword, password, credential } = await readJson(request, changeBody);
  const { row } = await requireSession(exchange);
  requireAcceptable(password, row);
  const attempts = await beginOwnAttempt(row.id, env, now);
  const stored = (await readForSignIn(env.DIRECTORY, row.email))?.password ?? null;
  if (!verifyPassword(oldPassword, stored, env)) throw wrong();
  await commit(env.DIRECTORY, [forgetFailures(attempts.subject)]);
  if (verifyPassword(password, stored, env)) throw unchanged();
  const ceremony = await useKey(credential, row, env, now);
  try {
    await commit(env.DIRECTORY, changePassword(row, { old: stored!, renewed: hashPassword(password, env), ceremony }, whenceOf(request), now));
  } catch (error) {
    throw error instanceof MustHitOne ? rejected("The challenge was used already, or your password was changed meanwhile.") : error;
  }
  tellLog(exchange, row.organizationId);
  postMails(env, waitUntil);
  return new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
}

/** The answered challenge, verified and still to be spent; null for somebody without keys, whose password is all there is. */
async function useKey(credential: unknown, row: SessionRow, env: Env, now: number): Promise<Challenge | null> {
  if (row.securityKeys === 0) return null;
  const clientDataJSON = (credential as { response?: { clientDataJSON?: unknown } } | undefined)?.response?.clientDataJSON;
  if (typeof clientDataJSON !== "string")
    throw invalid("You have a security key: send `credential`, its answer to the challenge of /auth/password/options.");
  const challenge: Challenge = { hash: readClientData(clientDataJSON).challenge, purpose: "change-password", personId: row.id, session: row.session };
  if (!(await isOpen(env.DIRECTORY, challenge, now))) throw rejected("The challenge is not, or no longer, open in this session.");
  await verifyAssertion({ response: credential, expectedChallenge: challenge.hash, personId: row.id, session: row.session, env, now });
  return challenge;
}

function wrong(): Problem {
  return new Problem("password_wrong", {
    field: "oldPassword",
    detail: "That is not your password.",
    change: "Type the password that you sign in with.",
  });
}

function unchanged(): Problem {
  return new Problem("password_unacceptable", {
    field: "password",
    detail: "It is the password that you have already.",
    change: "Choose another one.",
  });
}
