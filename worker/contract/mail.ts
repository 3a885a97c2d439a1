/**
 * What mails tell, by template. Facts only, as JSON: the words are the templates', in the language of whoever reads them. A `link` is a path of the
 * console (`/activate#…`); the product's own origin is put before it when the mail is sent, so no fact can send anybody elsewhere.
 * Moments are ms since 1970.
 */
import type { Profile } from "./roles.ts";

export type Locale = "en" | "fr";

export type CredentialChange =
  | "activated"
  | "activated-with-key"
  | "password-changed"
  | "password-reset"
  | "key-added"
  | "key-removed"
  | "key-locked";

/** The organization's decision about what was asked for. */
interface Decision {
  /** What was asked for, in the words of whoever asked: "an account for Odile Renaud". */
  what: string;
  organization: string;
}

export interface MailFacts {
  /** A new person comes in: password and key, by a link that is good once. */
  activation: { link: string; organization: string; until: number };
  /** All keys are lost: a key is enrolled anew, by a link that is good once. */
  "new-enrolment": { link: string; organization: string; until: number };
  /** A password or a key was changed. `key`: what the key is called; `network`: the network's prefix, "" where none is known. */
  "credential-changed": { which: CredentialChange; key?: string; at: number; network?: string; agent?: string };
  /** `hasKey`: the reset leaves the keys alone, and does not sign in by itself. */
  "password-reset": { link: string; until: number; hasKey: boolean };
  /** `profile` null: it was taken away; `until` null: for good; `withoutKey`: it gives only reading until a key is enrolled. */
  "profile-changed": { cloud: string; profile: Profile | null; until: number | null; by: string; reason?: string; withoutKey?: boolean };
  "request-decided": Decision & { accepted: boolean; reason: string; by: string };
  /** For whoever decides it: Service Delivery. */
  "request-asked": Decision & { by: string; reason: string; link: string };
  /** `until`: when it ends by itself; null: until somebody takes it back. */
  "account-suspended": { organization: string; by: string; reason?: string; until?: number | null };
  "account-ended": { organization: string; by: string; reason?: string };
  /** The last representative without keys is to be restored: the organization hears of it a day before. */
  "recovery-announced": { person: string; organization: string; by: string; effective: number; link: string };
  /** To the representatives: what became of a program's credential. */
  "api-credential-changed": {
    account: string;
    clientId: string;
    which: "created" | "added" | "rotated" | "revoked" | "suspended" | "resumed" | "expires-soon" | "excepted" | "exception-ended";
    credential?: string;
    by?: string;
    at: number;
    /** When the credential ends. */
    ends?: number;
  };
  /** A profile for a time is about to end by itself. `person`: whose; null: the reader's own. */
  "profile-ends-soon": { person: string | null; cloud: string; profile: Profile; ends: number; reason?: string };
}

export type Template = keyof MailFacts;

/** Representatives of one organization, or whoever holds a duty anywhere. */
export interface DutyHolders {
  duty: "security-representative" | "service-delivery";
  organizationId?: number;
  /** Who is told otherwise. */
  except?: number;
}

/**
 * A mail to be queued. `to`: a person by id, in their own language; an address that is nobody's account yet, in `locale`; or all active holders of a
 * duty, each in their own language. `name`: how an address is greeted.
 */
export type Mail = {
  [T in Template]: { to: number | string | DutyHolders; template: T; facts: MailFacts[T]; locale?: Locale; name?: string };
}[Template];
