/** What a password must be (NIST SP 800-63B-4, section 3.1.1): long, and not among the first that anybody would try. Nothing about its composition. */
import { Problem } from "../../gate/problem.ts";
import { isGuessable } from "./blocklist.ts";
import { normalize } from "./hash.ts";

/** In code points after NFC. 15, because people without privileges sign in with the password alone. */
export const passwordPolicy = { minLength: 15, maxLength: 128 };

/** Whose password it is: their own words, and their organization's, are the first guesses. */
export interface PasswordContext {
  name: string;
  email: string;
  organizationName: string;
}

/** @throws Problem("password_unacceptable") that says why */
export function requireAcceptable(password: string, { name, email, organizationName }: PasswordContext): void {
  const length = [...normalize(password)].length;
  if (length < passwordPolicy.minLength) throw unacceptable(`It has ${length} characters; ${passwordPolicy.minLength} are needed.`);
  if (length > passwordPolicy.maxLength) throw unacceptable(`It has ${length} characters; ${passwordPolicy.maxLength} are the most.`);
  if (isGuessable(password, ["ITCare", name, email, organizationName])) {
    throw unacceptable(
      "It is too easy to guess: a common password, a sequence, or little more than the name of a person, the organization or the product.",
    );
  }
}

function unacceptable(detail: string): Problem {
  return new Problem("password_unacceptable", {
    field: "password",
    detail,
    change: "Choose another one: several words that have nothing to do with each other.",
  });
}
