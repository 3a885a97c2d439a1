/**
 * A forgotten password: a link by mail, good once and for half an hour. It sets a password and nothing else: keys stay, and nobody is signed in by it, so
 * whoever reads somebody's mail comes no further than that person's password would bring them (ASVS 5.0, 6.4.3).
 */
import * as z from "zod";
import { commit, MustHitOne } from "../../../db/commit.ts";
import { readForSignIn, readResetting, type ResettingPerson } from "../../../db/directory/read/people.ts";
import { issueReset, spendReset } from "../../../db/directory/write/passwords.ts";
import { randomToken } from "../../contract/operation.ts";
import type { Env } from "../../env.ts";
import { Problem } from "../../gate/problem.ts";
import { postMails } from "../../mail/send.ts";
import { accountRule, beginReset, foldEmail } from "../attempts.ts";
import { readJson, tellLog, type Exchange } from "../exchange.ts";
import { hashToken, isToken } from "../session.ts";
import { whenceOf } from "../whence.ts";
import { hashPassword } from "./hash.ts";
import { passwordPolicy, requireAcceptable } from "./policy.ts";

const askBody = z.object({ email: z.string().max(320) }).strict();
const lookBody = z.object({ token: z.string().max(256) }).strict();
const resetBody = z.object({ token: z.string().max(256), password: z.string().max(1024) }).strict();

const done = () => new Response(null, { status: 204, headers: { "cache-control": "no-store" } });

/** The same answer after the same work, whoever has the address, or nobody. @throws Problem("too_many_attempts") */
export async function askReset(exchange: Exchange): Promise<Response> {
  const { request, env, now, waitUntil } = exchange;
  const email = foldEmail((await readJson(request, askBody)).email);
  await beginReset(request, email, env, now);
  const row = await readForSignIn(env.DIRECTORY, email);
  const person = row && row.active && row.password !== null ? { ...row, hasKey: row.securityKeys > 0, session: "" } : null;
  const token = randomToken();
  await commit(env.DIRECTORY, issueReset(person, { token, tokenHash: await hashToken(token) }, now));
  if (person) tellLog(exchange, person.organizationId);
  postMails(env, waitUntil);
  return done();
}

/** What the page behind the link shows. @throws Problem("link_spent") */
export async function beginNewPassword({ request, env, now }: Exchange): Promise<Response> {
  const { token } = await readJson(request, lookBody);
  const { name, email, organizationName } = (await requireResetting(token, env, now)).person;
  return Response.json({ person: { name, email, organizationName }, passwordPolicy }, { headers: { "cache-control": "no-store" } });
}

/** @throws Problem("link_spent" | "password_unacceptable") */
export async function resetPassword(exchange: Exchange): Promise<Response> {
  const { request, env, now, waitUntil } = exchange;
  const { token, password } = await readJson(request, resetBody);
  const { person, tokenHash } = await requireResetting(token, env, now);
  requireAcceptable(password, person);
  const { subject: account } = await accountRule(person.email);
  const writes = spendReset(tokenHash, { ...person, session: "" }, hashPassword(password, env), account, whenceOf(request), now);
  try {
    await commit(env.DIRECTORY, writes);
  } catch (error) {
    throw error instanceof MustHitOne ? spent() : error;
  }
  tellLog(exchange, person.organizationId);
  postMails(env, waitUntil);
  return done();
}

/** Unknown, used and expired links, and those of people who are no longer active, are answered alike. */
async function requireResetting(token: string, env: Env, now: number): Promise<{ person: ResettingPerson; tokenHash: string }> {
  const tokenHash = await hashToken(token);
  const person = isToken(token) ? await readResetting(env.DIRECTORY, tokenHash, now) : null;
  if (!person) throw spent();
  return { person, tokenHash };
}

function spent(): Problem {
  return new Problem("link_spent", { detail: "The link was used already, is too old, or never was one.", change: "Ask for a new one." });
}
