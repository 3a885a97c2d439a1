/** Who we are to a security key: everything follows from the one origin that browsers use. */
import { toBase64Url } from "../../contract/operation.ts";
import type { Env } from "../../env.ts";

export interface RelyingParty {
  /** The RP ID: the origin's host, without port. */
  id: string;
  name: string;
  /** The only origin that is accepted, exactly as browsers write it. */
  origin: string;
}

export function relyingParty(env: Pick<Env, "ORIGIN">): RelyingParty {
  return { id: new URL(env.ORIGIN).hostname, name: "ITCare", origin: env.ORIGIN };
}

/** EdDSA, ES256, RS256: what we offer, and all that we accept (W11). */
export const algorithms = [-8, -7, -257] as const;

/** How long a ceremony may take, in ms; its challenge lives as long (W2). */
export const ENROLMENT_LASTS = 5 * 60_000;
export const ASSERTION_LASTS = 2 * 60_000;

/** What a key stores of its person: the id, which says nothing about them to whoever finds the key. */
export function userHandle(personId: number): string {
  return toBase64Url(new TextEncoder().encode(String(personId)));
}
