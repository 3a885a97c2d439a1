/** The one-time link by which a person comes in: issued, and spent in the commit that sets password and key. */
import { sql } from "drizzle-orm";
import { retention } from "../../../worker/contract/retention.ts";
import type { Write } from "../../commit.ts";
import { insert } from "../../statement.ts";
import { activation } from "../schema/index.ts";

/** How long a link can be used, in ms. */
export const ACTIVATION_LASTS = retention.link.for;

/**
 * Issues a link in place of any earlier one of the person. The token goes into the link's fragment and is nowhere at rest.
 * @param tokenHash SHA-256 of a random 256-bit token, base64url
 */
export function issueActivation(tokenHash: string, personId: number, now: number): Write[] {
  return [
    { query: sql`DELETE FROM activation WHERE person_id = ${personId}` },
    {
      query: insert(activation, { tokenHash, personId, created: now, expires: now + ACTIVATION_LASTS }),
      must: "the link",
    },
  ];
}

/** Spends the link, sets the password, makes the person active with what they were asked for, and ends what was open under the old password: all or nothing. */
export function spendActivation(tokenHash: string, personId: number, password: string, now: number): Write[] {
  return [
    {
      query: sql`DELETE FROM activation WHERE token_hash = ${tokenHash} AND person_id = ${personId} AND expires > ${now} RETURNING person_id`,
      must: "the link",
    },
    { query: sql`UPDATE person SET password = ${password} WHERE id = ${personId}`, must: "the person" },
    {
      query: sql`UPDATE actor SET state = 'active', version = version + (state = 'invited') WHERE id = ${personId} AND state IN ('invited', 'active')`,
      must: "the actor",
    },
    // What was asked for with the person is theirs from now on.
    { query: sql`UPDATE membership SET state = 'confirmed' WHERE actor_id = ${personId} AND state = 'pending'` },
    { query: sql`DELETE FROM session WHERE person_id = ${personId}` },
  ];
}

/** A login with a hash of older parameters writes a new one, unless the password has been changed meanwhile. */
export function rehash(personId: number, old: string, renewed: string): Write {
  return { query: sql`UPDATE person SET password = ${renewed} WHERE id = ${personId} AND password = ${old}` };
}
