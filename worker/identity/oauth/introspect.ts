/** Introspection (RFC 7662): a client asks about its own tokens. Unknown, expired, revoked, spent and another's are one answer. */
import { readAccountByFamily } from "../../../db/directory/read/actors.ts";
import { readRefreshToken } from "../../../db/directory/read/oauth.ts";
import { hashSecret, spendAssertion } from "../../../db/directory/write/oauth.ts";
import { readAccessToken } from "./access-token.ts";
import { refuseSpent } from "./errors.ts";
import { required } from "./form.ts";
import { issuerOf } from "./issuer.ts";
import type { TokenCall } from "./tokens.ts";

type Introspection = { active: false } | ({ active: true } & Record<string, unknown>);

export async function introspectToken(call: TokenCall): Promise<Introspection> {
  const token = required(call.form, "token");
  await spendAssertion(call.env.DIRECTORY, call.client).catch(refuseSpent);
  const found = token.includes(".") ? await introspectAccessToken(token, call) : await introspectRefreshToken(token, call);
  return found ? { active: true, ...found } : { active: false };
}

/** Its own claims, and what the directory says of its family and account at this moment. */
async function introspectAccessToken(token: string, { client, env, now }: TokenCall) {
  const claims = await readAccessToken(token, env, now).catch(() => null);
  if (claims?.accountId !== client.id || !(await readAccountByFamily(env.DIRECTORY, client.id, claims.familyId))) return null;
  const { iss, aud, sub, client_id, iat, exp, jti, scope, cnf } = claims.payload;
  return { iss, aud, sub, client_id, iat, exp, jti, scope, cnf, token_type: cnf ? "DPoP" : "Bearer" };
}

async function introspectRefreshToken(token: string, { client, env, now }: TokenCall) {
  const row = await readRefreshToken(env.DIRECTORY, await hashSecret(token), client.id);
  if (!row || row.spent !== null || row.revoked !== null || Math.min(row.expires, row.familyExpires) <= now) return null;
  const exp = Math.floor(Math.min(row.expires, row.familyExpires) / 1000);
  return { iss: issuerOf(env), sub: String(client.id), client_id: client.clientId, exp, ...(row.scope && { scope: row.scope }) };
}
