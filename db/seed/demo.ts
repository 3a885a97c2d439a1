/** What a local start knows of its demo company: whom to sign in as, and with what. Kept in a file beside the databases. */
import type { JWK } from "jose";
import type { Duty, Profile } from "../../worker/contract/roles.ts";

export interface DemoPerson {
  /** What the tests call them: the first name in lower case. */
  key: string;
  name: string;
  email: string;
  organization: string;
  profiles: Readonly<Record<string, Profile>>;
  duty: Duty | null;
  /** False: comes in by an activation link, with a password and a security key of their own. */
  hasPassword: boolean;
}

export interface DemoAccount {
  clientId: string;
  organization: string;
  /** One of both: a secret, which only reads, or a private ES256 key, which acts. */
  secret?: string;
  privateKey?: JWK;
}

export interface Demo {
  /** Of everybody who has one. */
  password: string;
  people: DemoPerson[];
  apiAccounts: DemoAccount[];
  /** The name of an instance of Asclepia that its runner may start: INACTIVE and not PRODUCTION. */
  stopped: string;
}
