/** Restoring the last representative of an organization: asked by one person of Service Delivery, approved by another, done a day later by the sweep. */
import { sql } from "drizzle-orm";
import type { Permit } from "../../../worker/contract/permit.ts";
import { commit, type Write } from "../../commit.ts";
import type { RecoveryRow, Representative } from "../read/recoveries.ts";
import { anotherRepresentative } from "../representatives.ts";
import { beginAnew, type EnrolmentLink } from "./enrolments.ts";
import { commitGoverned, type GovernedAct } from "./governed.ts";
import { appendEvent } from "./outbox.ts";

/** How long the organization has to object, in ms. */
export const NOTICE = 24 * 3_600_000;
/** How long an asked one waits for its approval, in ms. */
export const APPROVAL_LASTS = 72 * 3_600_000;

/** @throws MustHitOne when the challenge is spent, or somebody else represents the organization by now; AlreadyThere when one is open */
export async function askRecovery(
  directory: D1Database,
  permit: Permit<"ask-recovery">,
  { id, person, reason }: { id: number; person: Representative; reason: string },
  act: GovernedAct,
): Promise<void> {
  const { actor, now } = permit;
  await commitGoverned(directory, permit, act, [
    {
      query: sql`UPDATE recovery SET state = 'cancelled', ended = ${now} WHERE person_id = ${person.id} AND state = 'asked' AND asked <= ${now - APPROVAL_LASTS}`,
    },
    {
      query: sql`INSERT INTO recovery(id, organization_id, person_id, reason, state, asked_by, asked)
        SELECT ${id}, organization_id, id, ${reason}, 'asked', ${actor.id}, ${now} FROM actor
        WHERE id = ${person.id} AND state = 'active' AND instr(duties, 'security-representative') > 0 AND NOT ${anotherRepresentative(person.organizationId, person.id)}`,
      must: "the last representative",
    },
  ]);
}

/** The day begins. @throws MustHitOne when the challenge is spent, or it is no longer asked for, or by oneself */
export async function approveRecovery(directory: D1Database, permit: Permit<"approve-recovery">, id: number, act: GovernedAct): Promise<void> {
  const { actor, now } = permit;
  await commitGoverned(directory, permit, act, [
    {
      query: sql`UPDATE recovery SET state = 'approved', approved_by = ${actor.id}, approved = ${now}, effective = ${now + NOTICE}
        WHERE id = ${id} AND state = 'asked' AND asked_by <> ${actor.id} AND asked > ${now - APPROVAL_LASTS}`,
      must: "the recovery",
    },
  ]);
}

/** Until it is carried out, any representative of the organization may. @throws MustHitOne when it is open no more */
export async function cancelRecovery(directory: D1Database, permit: Permit<"cancel-recovery">, id: number, act: GovernedAct): Promise<void> {
  const { target, now } = permit;
  await commitGoverned(directory, permit, act, [
    {
      query: sql`UPDATE recovery SET state = 'cancelled', ended = ${now} WHERE id = ${id} AND organization_id = ${target.id} AND state IN ('asked', 'approved')`,
      must: "the recovery",
    },
  ]);
}

/** Its day is over, and nobody has objected. @throws MustHitOne when somebody was faster */
export async function carryOutRecovery(
  directory: D1Database,
  { id, personId, personName, organizationId }: RecoveryRow,
  { link, mails }: { link: EnrolmentLink; mails: readonly Write[] },
  now: number,
): Promise<void> {
  const person = { id: personId, name: personName, organizationId };
  await commit(directory, [
    {
      query: sql`UPDATE recovery SET state = 'done', ended = ${now} WHERE id = ${id} AND state = 'approved' AND effective <= ${now}`,
      must: "the recovery",
    },
    {
      query: sql`UPDATE actor SET version = version + 1 WHERE id = ${personId} AND state = 'active' AND instr(duties, 'security-representative') > 0`,
      must: "the representative",
    },
    appendEvent("recovery-carried-out", { ...person, session: "" }, { recoveryId: id }, now),
    ...beginAnew(person, link, now),
    ...mails,
  ]);
}

/** The person is no representative any more. */
export async function dropRecovery(directory: D1Database, id: number, now: number): Promise<void> {
  await commit(directory, [{ query: sql`UPDATE recovery SET state = 'cancelled', ended = ${now} WHERE id = ${id} AND state = 'approved'` }]);
}
