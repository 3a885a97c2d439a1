/**
 * Sessions of people: a random token of 256 bits in the browser, its SHA-256 in the directory, and a public id that stays when the token changes.
 * A session ends after 30 minutes without use and 12 hours after its sign-in, whatever happens (NIST SP 800-63B-4 AAL2, with AAL3's overall limit).
 */
import { commit, MustHitOne, type Write } from "../../db/commit.ts";
import { dutiesOf, grantsInEffect, readSessionByToken, readSessionsById, type SessionRow } from "../../db/directory/read/actors.ts";
import { endSession, supersedeToken, touchSession, type NewSession } from "../../db/directory/write/sessions.ts";
import { appendEvent } from "../../db/directory/write/outbox.ts";
import { hashText, randomToken } from "../contract/operation.ts";
import { retention } from "../contract/retention.ts";
import type { Duty } from "../contract/roles.ts";
import type { Env } from "../env.ts";
import { Problem } from "../gate/problem.ts";
import { sessionCookie } from "./cookie.ts";
import { networkPrefix } from "./network.ts";

export const IDLE = 30 * 60_000;
export const LIFETIME = retention.session.for;
/** How long a superseded token still reads, for the requests that were under way at the step-up. */
export const SUPERSEDED_READS = 30_000;
/** `last_seen` is written at most this often. */
const TOUCH_EVERY = 60_000;

const ended = () => new Problem("session_ended", { change: "Sign in again." });

/** A token of ours looks like this; anything else is not looked up. */
export const isToken = (text: string) => /^[A-Za-z0-9_-]{43}$/.test(text);

export async function hashToken(token: string): Promise<string> {
  return hashText(token);
}

/** A new session for the request's browser, to be inserted by the commit of the sign-in; `cookie` hands its token over. */
export async function newSession(request: Request, personId: number, now: number): Promise<{ row: NewSession; token: string; cookie: string }> {
  const token = randomToken();
  const row = {
    tokenHash: await hashToken(token),
    id: randomToken(16),
    personId,
    now,
    expires: now + LIFETIME,
    agent: (request.headers.get("user-agent") ?? "").slice(0, 256),
    network: networkPrefix(request.headers.get("cf-connecting-ip")),
  };
  return { row, token, cookie: sessionCookie(token, LIFETIME / 1000) };
}

/**
 * The session of a cookie, alive, with its person.
 * @throws Problem(session_ended) for every other token, whatever is wrong with it
 */
export async function readSession(token: string, method: string, env: Env, now: number): Promise<SessionRow> {
  if (!isToken(token)) throw ended();
  const tokenHash = await hashToken(token);
  const row = await readSessionByToken(env.DIRECTORY, tokenHash);
  if (!row || !isAlive(row, now)) throw ended();
  if (row.superseded !== null) {
    const reads = method === "GET" || method === "HEAD";
    if (!reads || now - row.superseded >= SUPERSEDED_READS) throw ended();
    return row;
  }
  if (now - row.lastSeen >= TOUCH_EVERY) await touchSession(env.DIRECTORY, tokenHash, now, now - TOUCH_EVERY);
  return row;
}

/** When the session ends if nothing more is done in it, in ms since 1970. */
export function endOf({ expires, lastSeen }: Pick<SessionRow, "expires" | "lastSeen">): number {
  return Math.min(expires, lastSeen + IDLE);
}

export function isAlive(row: Pick<SessionRow, "expires" | "lastSeen">, now: number): boolean {
  return now < endOf(row);
}

/** Gives a session a new token after its person has used a security key; `also` is what the same commit must do first. @throws MustHitOne */
export async function renewSession(
  token: string,
  expires: number,
  env: Env,
  now: number,
  also: readonly Write[],
): Promise<{ tokenHash: string; cookie: string }> {
  const renewed = randomToken();
  const tokenHash = await hashToken(renewed);
  await commit(env.DIRECTORY, [...also, ...supersedeToken(await hashToken(token), tokenHash, now, now - SUPERSEDED_READS)]);
  return { tokenHash, cookie: sessionCookie(renewed, Math.max(0, Math.floor((expires - now) / 1000))) };
}

/** Ends one session of a person: signed out by itself, or ended from another one. False when there was none. */
export async function revokeSession(
  env: Env,
  person: { id: number; name: string; organizationId: number; session: string },
  session: string,
  name: "signed-out" | "session-ended",
  now: number,
): Promise<boolean> {
  try {
    await commit(env.DIRECTORY, [...endSession(session, person.id), appendEvent(name, person, { session }, now)]);
    return true;
  } catch (error) {
    if (error instanceof MustHitOne) return false;
    throw error;
  }
}

/**
 * Which of these sessions are alive, by public id, with what their person may see now: what open sockets are held against.
 * One round trip, about four rows a session.
 */
export async function aliveSessions(
  env: Env,
  ids: readonly string[],
  now: number,
): Promise<Map<string, { personId: number; organizationId: number; cloudIds: number[]; duties: readonly Duty[] }>> {
  if (ids.length === 0) return new Map();
  const rows = await readSessionsById(env.DIRECTORY, ids);
  return new Map(
    rows
      .filter((row) => isAlive(row, now))
      .map((row) => [
        row.session,
        {
          personId: row.id,
          organizationId: row.organizationId,
          cloudIds: grantsInEffect(row, now).map(({ cloudId }) => cloudId),
          duties: dutiesOf(row.duties),
        },
      ]),
  );
}
