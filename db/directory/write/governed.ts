/** What every act on people, programs and organizations commits beside its own changes. It leaves no operation: nothing is still to be done. */
import { sql } from "drizzle-orm";
import type { Label } from "../../../worker/contract/actions.ts";
import type { EventTarget } from "../../../worker/contract/log-entry.ts";
import type { Mail } from "../../../worker/contract/mail.ts";
import type { Json } from "../../../worker/contract/operation.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import { insertAccepted, rememberAnswer, sessionOf, spendProof, type AcceptedFacts, type Remembered } from "../../act.ts";
import { commit, type Write } from "../../commit.ts";
import { queueMail } from "./mail.ts";
import { appendEvent } from "./outbox.ts";

/** What the log tells of the act, and what answers the same request again. */
export interface GovernedAct {
  /** Whose log tells it: the organization that it concerns. */
  organizationId: number;
  /** What it is done to, by the name that stands beside the log. */
  subject: { id: number; name: string };
  /** The Cloud that it concerns; absent: the organization as a whole. */
  cloudId?: number;
  created?: EventTarget;
  parameters: Json;
  changeReference?: string | null;
  /** Names of further ids that the parameters hold. */
  names?: Record<string, string>;
  remembered: Remembered | null;
  /** Who is told by mail. */
  mails?: readonly Mail[];
}

/**
 * The changes within what every act commits, all or nothing. A target that counts its revisions must be at the one that the permit saw, and is at the next
 * one after.
 * @throws MustHitOne when the challenge is spent, the target has changed since, or a change of the act's own hits nothing; AlreadyThere
 */
export async function commitGoverned(directory: D1Database, permit: Permit<Label>, act: GovernedAct, changes: readonly Write[]): Promise<void> {
  await commit(directory, [
    ...spendProof(permit),
    ...nextRevision(permit),
    ...changes,
    ...tellLogs(permit, act),
    ...(act.mails ?? []).map((mail) => queueMail(mail, permit.now)),
    ...rememberAnswer(act.remembered, permit.now),
  ]);
}

function nextRevision({ target }: Permit<Label>): Write[] {
  if (target.kind !== "member") return [];
  const { id, revision } = target;
  return [{ query: sql`UPDATE actor SET version = version + 1 WHERE id = ${id} AND version = ${revision}`, must: "the member as the permit saw it" }];
}

/** An act on another organization is told to both logs; the other one cannot know the key, so the provider vouches for it there. */
function tellLogs(permit: Permit<Label>, { organizationId, subject, cloudId, created, parameters, changeReference, names }: GovernedAct): Write[] {
  const actor = permit.actor!;
  const what: AcceptedFacts = {
    id: null,
    organization_id: organizationId,
    cloud_id: cloudId ?? null,
    resource_id: subject.id,
    resource_name: subject.name,
    change_reference: changeReference ?? null,
    ...(created && { brings: created }),
  };
  const told = insertAccepted(permit, what, parameters, names);
  if (organizationId === actor.organizationId) return [told];
  const { evidence } = permit.proof;
  const signer = { ...actor, organizationId, session: sessionOf(actor) };
  const vouched = evidence?.kind === "webauthn" && {
    credentialId: evidence.credentialId,
    publicKey: evidence.publicKey,
    organizationId: actor.organizationId,
  };
  return [
    ...(vouched ? [appendEvent("key-vouched", signer, vouched, permit.now)] : []),
    told,
    insertAccepted(permit, { ...what, organization_id: actor.organizationId, cloud_id: null }, parameters, names),
  ];
}
