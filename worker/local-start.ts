/** What tells a local start from production: its origin, and what its secrets and its database carry, so that neither serves anywhere else. */
import { fromBase64Url, randomToken, toBase64Url } from "./contract/operation.ts";
import type { Env } from "./env.ts";

/** An origin on this machine, which no deployment can have: browsers reach it under another name. */
export function isLocalStart({ ORIGIN }: Partial<Pick<Env, "ORIGIN">>): boolean {
  return URL.canParse(ORIGIN ?? "") && new URL(ORIGIN!).hostname === "localhost";
}

/** What the key ids of a local start's and of the tests' signing keys begin with. */
export const LOCAL_KEYS = "local-";

/** A pepper of 156 random bits that can be told from production's: its bytes are text. */
export function localPepper(): string {
  return toBase64Url(new TextEncoder().encode(`local:${randomToken().slice(0, 26)}`));
}

/** Nobody wrote 32 random bytes: that all of them are printable happens once in 10^13 times. */
export function isWritten(secret: string): boolean {
  return fromBase64Url(secret).every((byte) => byte >= 32 && byte < 127);
}
