/** Revocation (RFC 7009): a client gives back its refresh token or its access token, and the family of either ends. */
import { MustHitOne } from "../../../db/commit.ts";
import { readRefreshToken } from "../../../db/directory/read/oauth.ts";
import { hashSecret, revokeFamily, spendAssertion } from "../../../db/directory/write/oauth.ts";
import { notifyLog } from "../../log/notify.ts";
import { readAccessToken } from "./access-token.ts";
import { refuseSpent } from "./errors.ts";
import { required } from "./form.ts";
import type { TokenCall } from "./tokens.ts";

/** Succeeds for every token, also an unknown, an expired and another client's one: the client's aim, that the token be of no use to it, is reached. */
export async function revokeToken(call: TokenCall): Promise<void> {
  const { client, form, env, now, waitUntil } = call;
  const familyId = await familyOf(required(form, "token"), call);
  if (familyId === null) return spendAssertion(env.DIRECTORY, client).catch(refuseSpent);
  try {
    await revokeFamily(env.DIRECTORY, client, familyId, "asked", now);
  } catch (error) {
    if (error instanceof MustHitOne) return;
    return refuseSpent(error);
  }
  await notifyLog(env, client.organizationId, waitUntil);
}

/** `token_type_hint` is not needed: a refresh token has no dots, an access token has two. Whose family it is, the commit asks. */
async function familyOf(token: string, { client, env, now }: TokenCall): Promise<string | null> {
  if (!token.includes(".")) {
    const row = await readRefreshToken(env.DIRECTORY, await hashSecret(token), client.id);
    return row?.familyId ?? null;
  }
  const claims = await readAccessToken(token, env, now).catch(() => null);
  return claims?.familyId ?? null;
}
