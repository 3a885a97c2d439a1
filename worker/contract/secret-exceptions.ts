/**
 * A client secret reads. An account that cannot have a key yet may be excepted for a time, for listed acts on listed Clouds, and for those alone that ask
 * for the key's use in the session: where an act asks for a signature, nothing that a secret says is one.
 */
import { isProfile } from "./roles.ts";
import { labels, rowOf, type Label } from "./actions.ts";

/** The longest time for which an exception is given. */
export const EXCEPTION_DAYS = 90;

export interface SecretException {
  labels: readonly Label[];
  cloudIds: readonly number[];
  /** ms since 1970 */
  ends: number;
  /** The security representative who signed it. */
  givenBy: number;
}

/** What can be excepted: acts on something of one Cloud that are routine, and can be taken back. */
export const exceptable: readonly Label[] = labels.filter((label) => {
  const { proof, target, who } = rowOf(label);
  return proof === "session" && (target === "resource" || target === "service" || target === "action") && (isProfile(who) || who === "member");
});

/** @param at ms since 1970 */
export function isExcepted(exception: SecretException | null, label: Label, cloudId: number, at: number): boolean {
  return exception !== null && at < exception.ends && exception.labels.includes(label) && exception.cloudIds.includes(cloudId);
}
