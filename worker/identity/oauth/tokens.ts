/** What a token answer holds, and how long each part of it is good. */
import { randomToken } from "../../contract/operation.ts";
import { hashSecret, type NewRefreshToken, type ProvenClient } from "../../../db/directory/write/oauth.ts";
import type { Env } from "../../env.ts";
import { issueAccessToken, type AuthenticatedBy } from "./access-token.ts";
import { OAuthError } from "./errors.ts";
import type { Form } from "./form.ts";

/** In seconds, as the API documents them. */
export const ACCESS_TOKEN_LASTS = 1200;
export const REFRESH_TOKEN_LASTS = 7200;
/** From the authentication that began it, in ms; as long as a session. Nothing of a family outlives it. */
export const FAMILY_LASTS = 12 * 60 * 60_000;

/** The scopes that may be asked for. `openid` is what existing clients send; without a person to tell of, it adds nothing. */
export const scopes: readonly string[] = ["openid"];

export interface Family {
  id: string;
  authenticatedBy: AuthenticatedBy;
  scope: string;
  /** ms since 1970 */
  expires: number;
}

/** Everything that a grant works with. */
export interface TokenCall {
  client: ProvenClient;
  form: Form;
  env: Env;
  /** ms since 1970 */
  now: number;
  waitUntil(work: Promise<unknown>): void;
}

/** A new refresh token and what is kept of it. That it ends with its family at the latest is seen to when it is spent. */
export async function mintRefreshToken(now: number): Promise<{ token: string; row: NewRefreshToken }> {
  const token = randomToken();
  return { token, row: { tokenHash: await hashSecret(token), expires: now + REFRESH_TOKEN_LASTS * 1000 } };
}

/** The answer as the API documents it; `scope` only where one was asked for. */
export async function tokenAnswer({ client, env, now }: TokenCall, family: Family, refreshToken: string) {
  const left = Math.floor((family.expires - now) / 1000);
  const lifetime = Math.min(ACCESS_TOKEN_LASTS, left);
  const grant = {
    accountId: client.id,
    clientId: client.clientId,
    familyId: family.id,
    authenticatedBy: family.authenticatedBy,
    scope: family.scope,
    lifetime,
    ...(client.dpop && { jkt: client.dpop.jkt }),
  };
  return {
    access_token: await issueAccessToken(grant, env, now),
    expires_in: lifetime,
    refresh_expires_in: Math.min(REFRESH_TOKEN_LASTS, left),
    refresh_token: refreshToken,
    token_type: client.dpop ? "DPoP" : "bearer",
    ...(family.scope ? { scope: family.scope } : {}),
  };
}

/**
 * The scopes asked for, each once, as they stand in a token; none is as good as some.
 * @param allowed those of the server or, at a refresh, of the family: it may ask for less, never for more
 * @throws OAuthError invalid_scope
 */
export function readScope(text: string, allowed: readonly string[]): string {
  const asked = new Set(text === "" ? [] : text.split(" "));
  for (const scope of asked) {
    if (!allowed.includes(scope)) throw new OAuthError("invalid_scope", "A scope that cannot be granted here is asked for.");
  }
  return [...asked].join(" ");
}
