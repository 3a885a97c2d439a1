/** Writes of profiles and duties. The member's revision moves in the same commit: whoever decides by what they saw decides about that. */
import { sql, type SQL } from "drizzle-orm";
import type { Permit } from "../../../worker/contract/permit.ts";
import type { Duty, Profile } from "../../../worker/contract/roles.ts";
import type { Write } from "../../commit.ts";
import { insert } from "../../statement.ts";
import { anotherRepresentative } from "../representatives.ts";
import { duty as duties } from "../schema/index.ts";
import { commitGoverned, type GovernedAct } from "./governed.ts";

export interface ProfileFacts {
  cloudId: number;
  profile: Profile;
  /** ms since 1970; null: for good. */
  ends: number | null;
  reason: string | null;
}

/** @throws MustHitOne when the challenge is spent, the person has changed since, or the Cloud has; AlreadyThere for a profile that is there */
export async function giveProfile(
  directory: D1Database,
  permit: Permit<"give-profile">,
  { cloudId, profile, ends, reason }: ProfileFacts,
  act: GovernedAct,
): Promise<void> {
  const { target, actor, now } = permit;
  await commitGoverned(directory, permit, act, [
    // One whose time is over, and which no sweep has met yet, makes room.
    ...endExpired(sql`actor_id = ${target.id} AND cloud_id = ${cloudId} AND ends <= ${now}`),
    {
      query: sql`INSERT INTO membership(actor_id, cloud_id, profile, state, begins, ends, granted_by, reason)
        SELECT ${target.id}, id, ${profile}, 'confirmed', ${now}, ${ends}, ${actor.id}, ${reason} FROM cloud
        WHERE id = ${cloudId} AND organization_id = ${target.organizationId} AND state = 'active'`,
      must: "the Cloud",
    },
  ]);
}

/** @throws MustHitOne when the challenge is spent, or the person has changed since */
export async function changeProfile(
  directory: D1Database,
  permit: Permit<"change-profile">,
  { cloudId, profile, ends, reason }: ProfileFacts,
  act: GovernedAct,
): Promise<void> {
  const { target, actor, now } = permit;
  await commitGoverned(directory, permit, act, [
    {
      query: sql`UPDATE membership SET begins = iif(profile = ${profile}, begins, ${now}), profile = ${profile}, ends = ${ends}, granted_by = ${actor.id}, reason = ${reason}
        WHERE actor_id = ${target.id} AND cloud_id = ${cloudId} AND (ends IS NULL OR ends > ${now})`,
      must: "the profile",
    },
  ]);
}

/** @throws MustHitOne when the challenge is spent, or the person has changed since */
export async function endProfile(directory: D1Database, permit: Permit<"end-profile">, cloudId: number, act: GovernedAct): Promise<void> {
  const { target } = permit;
  await commitGoverned(directory, permit, act, [
    { query: sql`DELETE FROM membership WHERE actor_id = ${target.id} AND cloud_id = ${cloudId}`, must: "the profile" },
  ]);
}

/** @throws MustHitOne when the challenge is spent, or the person has changed since; AlreadyThere */
export async function giveDuty(
  directory: D1Database,
  permit: Permit<"give-duty">,
  { duty, reason }: { duty: Duty; reason: string | null },
  act: GovernedAct,
): Promise<void> {
  const { target, actor, now } = permit;
  await commitGoverned(directory, permit, act, [
    { query: insert(duties, { actorId: target.id, duty, begins: now, grantedBy: actor.id, reason }), must: "the duty" },
  ]);
}

/** @throws MustHitOne when the challenge is spent, the person has changed since, or nobody else would represent the organization */
export async function endDuty(directory: D1Database, permit: Permit<"end-duty">, duty: Duty, act: GovernedAct): Promise<void> {
  const { id, organizationId } = permit.target;
  const enough = duty === "security-representative" ? anotherRepresentative(organizationId, id) : sql`true`;
  await commitGoverned(directory, permit, act, [
    { query: sql`DELETE FROM duty WHERE actor_id = ${id} AND duty = ${duty} AND ${enough}`, must: "the duty" },
  ]);
}

/** How many profiles one sweep ends at most; the next one takes the rest. */
const AT_ONCE = 200;

/** Profiles whose time is over: the log tells each once, in the commit that removes it. They have given nothing since their end. */
export function endExpiredProfiles(now: number): Write[] {
  return endExpired(
    sql`(actor_id, cloud_id) IN (SELECT actor_id, cloud_id FROM membership INDEXED BY membership_ends WHERE ends <= ${now} ORDER BY ends, actor_id, cloud_id LIMIT ${AT_ONCE})`,
  );
}

function endExpired(which: SQL): Write[] {
  const event = sql`json_object('kind', 'identity', 'name', 'profile-ended', 'actor', json_object('kind', a.kind, 'id', a.id, 'session', ''),
    'at', strftime('%Y-%m-%dT%H:%M:%fZ', m.ends / 1000.0, 'unixepoch'), 'cloudId', c.id, 'facts', json_object('profile', m.profile))`;
  return [
    {
      query: sql`INSERT INTO outbox(organization_id, at, body)
        SELECT a.organization_id, m.ends, json_object('event', ${event}, 'names', json_object(CAST(a.id AS TEXT), a.name, CAST(c.id AS TEXT), c.name))
        FROM membership m CROSS JOIN actor a ON a.id = m.actor_id CROSS JOIN cloud c ON c.id = m.cloud_id WHERE ${which}`,
    },
    { query: sql`DELETE FROM membership WHERE ${which}` },
  ];
}
