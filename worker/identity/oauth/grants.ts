/** The grants of the token endpoint. A password is never a grant, and nothing is granted through a browser. */
import { MustHitOne } from "../../../db/commit.ts";
import { beginFamily } from "../../../db/directory/write/oauth.ts";
import { randomToken } from "../../contract/operation.ts";
import { notifyLog } from "../../log/notify.ts";
import { invalidClient, refuseSpent } from "./errors.ts";
import { refreshTokens } from "./refresh.ts";
import { FAMILY_LASTS, mintRefreshToken, readScope, scopes, tokenAnswer, type Family, type TokenCall } from "./tokens.ts";

export const grants = {
  client_credentials: grantByCredentials,
  refresh_token: refreshTokens,
} as const;
export const grantTypes = Object.keys(grants) as (keyof typeof grants)[];

export const isGrantType = (text: string): text is keyof typeof grants => Object.hasOwn(grants, text);

/** A new family: what it may do depends on how the client has just proved itself. */
async function grantByCredentials(call: TokenCall) {
  const { client, form, env, now, waitUntil } = call;
  const scope = readScope(form.get("scope") ?? "", scopes);
  const family: Family = {
    id: randomToken(16),
    authenticatedBy: client.provenBy,
    scope,
    expires: Math.min(now + FAMILY_LASTS, client.credential.ends ?? Infinity),
  };
  const refresh = await mintRefreshToken(now);
  await beginFamily(env.DIRECTORY, client, family, refresh.row, now).catch(refuseClient);
  await notifyLog(env, client.organizationId, waitUntil);
  return tokenAnswer(call, family, refresh.token);
}

/** The client was suspended meanwhile, its credential replaced, or what proved it has been used: it is no client now. */
function refuseClient(error: unknown): never {
  if (error instanceof MustHitOne) throw invalidClient();
  return refuseSpent(error);
}
