/** Who asks: a person by the session cookie, a program by its access token. Neither is ever taken for the other. */
import { dutiesOf, grantsInEffect, readAccountByFamily, type ActorRow, type SessionRow } from "../../db/directory/read/actors.ts";
import type { Actor, ApiAccountActor, PersonActor } from "../contract/actor.ts";
import type { Env } from "../env.ts";
import { Problem } from "../gate/problem.ts";
import { readSessionCookie } from "./cookie.ts";
import { readAccessToken } from "./oauth/access-token.ts";
import { readSession } from "./session.ts";

/**
 * The actor of a request; null when it names none. An `Authorization` header decides alone: a bad token is never mended by a cookie beside it.
 * @throws Problem(session_ended | token_invalid)
 */
export async function identifyActor(request: Request, env: Env, now: number): Promise<Actor | null> {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) return identifyAccount(authorization, env, now);
  const cookie = readSessionCookie(request);
  return cookie === null ? null : personOf(await readSession(cookie, request.method, env, now), now);
}

export function personOf(row: SessionRow, now: number): PersonActor {
  const { session, mfaAt, email, securityKeys } = row;
  return { ...baseOf(row, now), kind: "person", email, duties: dutiesOf(row.duties), securityKeys, session, mfaAt };
}

async function identifyAccount(authorization: string, env: Env, now: number): Promise<ApiAccountActor> {
  const token = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization)?.[1];
  if (!token) throw invalidToken();
  const { accountId, familyId } = await readAccessToken(token, env, now);
  const row = await readAccountByFamily(env.DIRECTORY, accountId, familyId);
  if (!row) throw invalidToken();
  const { clientId, authenticatedBy } = row;
  return { ...baseOf(row, now), kind: "api-account", clientId, authenticatedBy };
}

function baseOf({ id, name, organizationId, organizationName, organizationKind, grants }: ActorRow, now: number) {
  return { id, name, organizationId, organizationName, organizationKind, grants: grantsInEffect({ grants, organizationId }, now) };
}

function invalidToken(): Problem {
  return new Problem("token_invalid", { change: "Get a new access token.", headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
}
