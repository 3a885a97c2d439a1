/** Who asks: a person by the session cookie, a program by its access token. Neither is ever taken for the other. */
import { dutiesOf, grantsInEffect, readAccountByFamily, type ActorRow, type SessionRow } from "../../db/directory/read/actors.ts";
import { AlreadyThere } from "../../db/commit.ts";
import { exceptionInEffect } from "../../db/directory/read/secret-exceptions.ts";
import { spendProofOfPossession } from "../../db/directory/write/oauth.ts";
import type { Actor, ApiAccountActor, PersonActor } from "../contract/actor.ts";
import type { Env } from "../env.ts";
import { Problem } from "../gate/problem.ts";
import { readSessionCookie } from "./cookie.ts";
import { readAccessToken } from "./oauth/access-token.ts";
import { dpopAlgorithms, readDpopProof } from "./oauth/dpop.ts";
import { BadProof } from "./oauth/errors.ts";
import { readSession } from "./session.ts";

/**
 * The actor of a request; null when it names none. An `Authorization` header decides alone: a bad token is never mended by a cookie beside it.
 * @throws Problem(session_ended | token_invalid)
 */
export async function identifyActor(request: Request, env: Env, now: number): Promise<Actor | null> {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) return identifyAccount(authorization, request, env, now);
  const cookie = readSessionCookie(request);
  return cookie === null ? null : personOf(await readSession(cookie, request.method, env, now), now);
}

export function personOf(row: SessionRow, now: number): PersonActor {
  const { session, mfaAt, email, securityKeys } = row;
  return { ...baseOf(row, now), kind: "person", email, duties: dutiesOf(row.duties), securityKeys, session, mfaAt };
}

async function identifyAccount(authorization: string, request: Request, env: Env, now: number): Promise<ApiAccountActor> {
  const [, scheme, token] = /^(Bearer|DPoP) ([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization) ?? [];
  if (!scheme || !token) throw invalidToken();
  const { accountId, familyId, jkt } = await readAccessToken(token, env, now);
  // A bound token is no bearer's, and one that is not bound gains nothing from a proof.
  if ((scheme.toLowerCase() === "dpop") !== (jkt !== undefined)) throw jkt === undefined ? invalidToken() : unproven("invalid_token");
  const row = await readAccountByFamily(env.DIRECTORY, accountId, familyId);
  if (!row) throw invalidToken();
  if (jkt !== undefined) await requirePossession(request, token, jkt, env, now);
  const { clientId, authenticatedBy, exception } = row;
  return { ...baseOf(row, now), kind: "api-account", clientId, authenticatedBy, exception: exceptionInEffect(exception, now) };
}

/** Whoever sends the token holds its key: shown for this request, once. @throws Problem("token_invalid") */
async function requirePossession(request: Request, token: string, jkt: string, env: Env, now: number): Promise<void> {
  try {
    const proof = await readDpopProof(request, token, env, now);
    if (proof?.jkt !== jkt) throw new BadProof();
    await spendProofOfPossession(env.DIRECTORY, proof);
  } catch (error) {
    if (error instanceof BadProof) throw unproven(error.code);
    throw error instanceof AlreadyThere ? unproven("invalid_dpop_proof") : error;
  }
}

/** The challenge of RFC 9449 section 7.1; the nonce to use stands beside it. */
function unproven(error: BadProof["code"] | "invalid_token"): Problem {
  return new Problem("token_invalid", {
    detail: "The access token is bound to a key, and no good proof of it came.",
    change:
      error === "use_dpop_nonce"
        ? "Repeat the request with a proof that holds the nonce given in DPoP-Nonce."
        : "Send the token as `Authorization: DPoP`, with a proof of its key made for this request (RFC 9449).",
    headers: { "www-authenticate": `DPoP error="${error}", algs="${dpopAlgorithms.join(" ")}"` },
  });
}

function baseOf({ id, name, organizationId, organizationName, organizationKind, grants }: ActorRow, now: number) {
  return { id, name, organizationId, organizationName, organizationKind, grants: grantsInEffect({ grants, organizationId }, now) };
}

function invalidToken(): Problem {
  return new Problem("token_invalid", { change: "Get a new access token.", headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
}
