/** An API account's exception as it is stored. What has ended stays there until another is given, and is none. */
import type { SecretException } from "../../../worker/contract/secret-exceptions.ts";

export interface StoredException extends SecretException {
  /** ms since 1970 */
  given: number;
  reason: string;
}

/** @param now ms since 1970 */
export function exceptionInEffect(stored: string | null, now: number): StoredException | null {
  const exception = stored === null ? null : (JSON.parse(stored) as StoredException);
  return exception && now < exception.ends ? exception : null;
}
