/**
 * The refresh grant: each refresh token is good once, and gives the next one of its family.
 *
 * A second use means that two hold it, and nobody can tell which of them is the client: the family ends for both (RFC 9700 section 4.14.2). A race of
 * two equal requests is no exception. One wins and gets the next tokens; the other, or any later one, finds the token spent and ends the family, so
 * the winner's tokens are refused from the next request on. There is no time of grace: a thief would use it too, and a client that has lost an answer
 * or races itself only asks anew with its own credential, which it always has.
 */
import { MustHitOne } from "../../../db/commit.ts";
import { readRefreshToken, type RefreshTokenRow } from "../../../db/directory/read/oauth.ts";
import { hashSecret, revokeFamily, rotate } from "../../../db/directory/write/oauth.ts";
import { notifyLog } from "../../log/notify.ts";
import { OAuthError, refuseSpent } from "./errors.ts";
import { required } from "./form.ts";
import { mintRefreshToken, readScope, tokenAnswer, type Family, type TokenCall } from "./tokens.ts";

const invalidGrant = (): OAuthError => new OAuthError("invalid_grant", "The refresh token is unknown, spent, expired or revoked.");

export async function refreshTokens(call: TokenCall) {
  const { client, form, env, now } = call;
  const tokenHash = await hashSecret(required(form, "refresh_token"));
  const row = await readRefreshToken(env.DIRECTORY, tokenHash, client.id);
  if (!row) throw invalidGrant();
  if (row.spent !== null) return endFamily(call, row);
  // What a key has begun, a secret does not carry on: tokens that act would come from a credential that only reads.
  if (row.authenticatedBy === "key" && client.provenBy !== "key") throw invalidGrant();
  // The next proof may be with another key; none at all would loosen what was bound.
  if (row.bound && !client.dpop) throw new OAuthError("invalid_dpop_proof", "The tokens of this family are bound to a key; a DPoP proof is missing.");
  const family: Family = {
    id: row.familyId,
    authenticatedBy: row.authenticatedBy,
    scope: readScope(form.get("scope") ?? row.scope, row.scope.split(" ")),
    expires: row.familyExpires,
  };
  const next = await mintRefreshToken(now);
  try {
    await rotate(env.DIRECTORY, client, family.id, tokenHash, next.row, now);
  } catch (error) {
    if (!(error instanceof MustHitOne)) return refuseSpent(error);
    const current = await readRefreshToken(env.DIRECTORY, tokenHash, client.id);
    if (current?.spent) return endFamily(call, current);
    throw invalidGrant();
  }
  return tokenAnswer(call, family, next.token);
}

/** A spent token came back: whoever sends it, the family ends. */
async function endFamily(call: TokenCall, { familyId }: RefreshTokenRow): Promise<never> {
  try {
    await revokeFamily(call.env.DIRECTORY, call.client, familyId, "reuse", call.now);
    await notifyLog(call.env, call.client.organizationId, call.waitUntil);
  } catch (error) {
    if (!(error instanceof MustHitOne)) return refuseSpent(error);
  }
  throw invalidGrant();
}
