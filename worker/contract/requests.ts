/** What can be asked of Service Delivery, and what of it is signed and logged. */
import { canonicalize, hashText, type Json } from "./operation.ts";
import type { Profile } from "./roles.ts";

export type RequestKind = "person" | "cloud" | "organization";
export type RequestState = "asked" | "accepted" | "refused" | "withdrawn";

export interface WantedPerson {
  name: string;
  /** Folded: as people sign in with it. */
  email: string;
  locale: "en" | "fr";
}

export interface WantedProfile {
  cloudId: number;
  profile: Profile;
  /** ms since 1970; null: for good. */
  ends: number | null;
}

export type Wanted =
  | { kind: "person"; person: WantedPerson; profiles: readonly WantedProfile[] }
  | { kind: "cloud"; name: string }
  /** With its first Cloud and its first security representative. */
  | { kind: "organization"; name: string; cloud: string; representative: WantedPerson };

/** What people call the request: the person, the Cloud or the organization that is asked for. */
export function nameOf(wanted: Wanted): string {
  return wanted.kind === "person" ? wanted.person.name : wanted.name;
}

/** What is asked for once at a time: the address of a person, the name of anything else, upper and lower case alike. */
export function aboutOf(wanted: Wanted): string {
  return wanted.kind === "person" ? wanted.person.email : wanted.name.toLowerCase();
}

/**
 * What is signed of it, by whoever asks and by whoever accepts. What is signed stays in the log, so a person is named by a hash there: whoever knows
 * the name and the address can check it, and the log tells neither.
 */
export async function signedOf(wanted: Wanted): Promise<{ [key: string]: Json }> {
  switch (wanted.kind) {
    case "person":
      return {
        kind: wanted.kind,
        person: await hashOf(wanted.person),
        profiles: wanted.profiles.map(({ cloudId, profile, ends }) => ({
          cloudId,
          profile,
          ...(ends !== null && { endsAt: new Date(ends).toISOString() }),
        })),
      };
    case "cloud":
      return { kind: wanted.kind, name: wanted.name };
    case "organization":
      return { kind: wanted.kind, name: wanted.name, cloud: wanted.cloud, representative: await hashOf(wanted.representative) };
  }
}

function hashOf({ name, email, locale }: WantedPerson): Promise<string> {
  return hashText(canonicalize({ name, email, locale }));
}
