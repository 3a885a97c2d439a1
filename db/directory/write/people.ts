/** People as their organization and the provider make them: invited, suspended, ended. */
import { sql, type SQL } from "drizzle-orm";
import type { Permit } from "../../../worker/contract/permit.ts";
import type { WantedPerson, WantedProfile } from "../../../worker/contract/requests.ts";
import type { Duty } from "../../../worker/contract/roles.ts";
import type { Write } from "../../commit.ts";
import { insert } from "../../statement.ts";
import { anotherRepresentative } from "../representatives.ts";
import { actor, duty as duties, person as people } from "../schema/index.ts";
import { issueActivation } from "./activation.ts";
import { commitGoverned, type GovernedAct } from "./governed.ts";

export interface NewPerson {
  id: number;
  organizationId: number;
  person: WantedPerson;
  profiles: readonly WantedProfile[];
  /** Who asked for the profiles, and why; null: whoever made the deployment. */
  grantedBy: number | null;
  reason: string;
  duty?: Duty;
  /** Of the activation link. */
  tokenHash: string;
}

/**
 * A person who holds what was asked for once they have come in: until then every membership is pending. In the commit, AlreadyThere on `person.email` says
 * that somebody has the address; a Cloud that is another organization's or has ended hits nothing.
 */
export function invitePerson({ id, organizationId, person, profiles, grantedBy, reason, duty, tokenHash }: NewPerson, now: number): Write[] {
  const { name, email, locale } = person;
  return [
    { query: insert(actor, { id, organizationId, kind: "person", name, state: "invited", created: now }), must: "the actor" },
    { query: insert(people, { id, email, locale }), must: "the person" },
    ...profiles.map(({ cloudId, profile, ends }) => ({
      query: sql`INSERT INTO membership(actor_id, cloud_id, profile, state, begins, ends, granted_by, reason)
        SELECT ${id}, c.id, ${profile}, 'pending', ${now}, ${ends}, ${grantedBy}, ${reason} FROM cloud c
        WHERE c.id = ${cloudId} AND c.organization_id = ${organizationId} AND c.state <> 'ended'`,
      must: "the Cloud",
    })),
    ...(duty ? [{ query: insert(duties, { actorId: id, duty, begins: now, grantedBy, reason }), must: "the duty" }] : []),
    ...issueActivation(tokenHash, id, now),
  ];
}

type StandingLabel = "suspend-person" | "resume-person" | "end-person";

/**
 * Somebody who is suspended or ended is nobody from the next request on: sessions end with the commit, links are worth nothing.
 * @throws MustHitOne when the challenge is spent, the person has changed since, or no security representative would be left
 */
export async function changeStanding(directory: D1Database, permit: Permit<StandingLabel>, mails: readonly Write[], act: GovernedAct): Promise<void> {
  const { id } = permit.target;
  const changes: Record<StandingLabel, Write[]> = {
    "suspend-person": [become(permit, sql`'suspended'`, ["active"]), ...leave(id)],
    // Whoever had not come in yet is invited again, and needs a new link.
    "resume-person": [
      become(permit, sql`(SELECT CASE WHEN password IS NULL THEN 'invited' ELSE 'active' END FROM person WHERE id = ${id})`, ["suspended"]),
    ],
    "end-person": [become(permit, sql`'ended'`, ["invited", "active", "suspended"]), ...leave(id), ...forget(id, permit.now)],
  };
  await commitGoverned(directory, permit, act, [...mails, ...changes[permit.label]]);
}

function become({ label, now, target: { id, organizationId } }: Permit<StandingLabel>, state: SQL, from: readonly string[]): Write {
  return {
    query: sql`UPDATE actor SET state = ${state}, ended = ${label === "end-person" ? now : null} WHERE id = ${id} AND state IN (SELECT value FROM json_each(${JSON.stringify(from)}))
      AND (instr(duties, 'security-representative') = 0 OR state <> 'active' OR ${anotherRepresentative(organizationId, id)})`,
    must: "the person's standing",
  };
}

function leave(id: number): Write[] {
  return [{ query: sql`DELETE FROM session WHERE person_id = ${id}` }, { query: sql`DELETE FROM activation WHERE person_id = ${id}` }];
}

/** What an ended person leaves: the name that the log's entries have, and keys whose signatures stay verifiable. Their address is free again. */
function forget(id: number, now: number): Write[] {
  return [
    { query: sql`DELETE FROM membership WHERE actor_id = ${id}` },
    { query: sql`DELETE FROM duty WHERE actor_id = ${id}` },
    { query: sql`UPDATE security_key SET removed = coalesce(removed, ${now}), locked = coalesce(locked, ${now}) WHERE person_id = ${id}` },
    { query: sql`UPDATE person SET password = NULL, email = 'ended:' || id WHERE id = ${id}`, must: "the person" },
  ];
}

/** A new link in place of the one before, for somebody who has not come in yet. @throws MustHitOne when the challenge is spent or the person has changed since */
export async function renewActivation(
  directory: D1Database,
  permit: Permit<"renew-activation">,
  { tokenHash, mails }: { tokenHash: string; mails: readonly Write[] },
  act: GovernedAct,
): Promise<void> {
  await commitGoverned(directory, permit, act, [...issueActivation(tokenHash, permit.target.id, permit.now), ...mails]);
}
