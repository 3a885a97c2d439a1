import type { Purpose } from "../../../db/directory/write/challenges.ts";
import { canonicalize, hashText, randomToken } from "../../contract/operation.ts";

/**
 * A challenge for a ceremony that signs no operation: like an operation's it is the hash of what it is for, with 32 random bytes in it (W2).
 * @param session the session's public id, or the hash of the activation token
 */
export async function newChallenge(
  purpose: Purpose,
  personId: number,
  session: string,
  expires: number,
): Promise<{ hash: string; nonce: string; expires: number }> {
  const nonce = randomToken();
  const hash = await hashText(
    canonicalize({ version: 1, purpose, actor: { kind: "person", id: personId }, session, nonce, expires: new Date(expires).toISOString() }),
  );
  return { hash, nonce, expires };
}
