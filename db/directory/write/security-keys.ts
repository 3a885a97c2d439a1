/** Writes of security keys. */
import { sql, type SQL } from "drizzle-orm";
import { toBase64Url, type Json } from "../../../worker/contract/operation.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import { commit, type Write } from "../../commit.ts";
import { insertAccepted, rememberAnswer, sessionOf, spendProof, type Remembered } from "../../act.ts";
import { spendChallenge, type Challenge } from "./challenges.ts";
import { appendEvent, type EventSubject } from "./outbox.ts";
import { notifyChange } from "./passwords.ts";

/** A verified enrolment (WebAuthn section 7.1, step "store"; W16). */
export interface EnrolledKey {
  credentialId: string;
  /** COSE. */
  publicKey: Uint8Array<ArrayBuffer>;
  algorithm: number;
  signCount: number;
  transports: readonly string[];
  backupEligible: boolean;
  backedUp: boolean;
  uvInitialized: boolean;
  aaguid: string;
  attestation: "none";
}

/** A key and the event that tells of it: the log's verifier takes a signature only from a key whose enrolment stands in the log. */
export function enrolKey(key: EnrolledKey, person: EventSubject, name: string, now: number): Write[] {
  return [...insertKey(key, person, name, now), tellEnrolment(key, person, now)];
}

function tellEnrolment({ credentialId, publicKey }: EnrolledKey, person: EventSubject, now: number): Write {
  return appendEvent("key-enrolled", person, { credentialId, publicKey: toBase64Url(publicKey) }, now);
}

/** Stores a key under the person that its ceremony was begun for. Its id is the organization's next one. @throws AlreadyThere in the commit: W15 */
export function insertKey(key: EnrolledKey, person: { id: number; organizationId: number }, name: string, now: number): Write[] {
  return [
    {
      query: sql`INSERT INTO sequence(organization_id, next) VALUES (${person.organizationId}, 2) ON CONFLICT(organization_id) DO UPDATE SET next = next + 1`,
      must: "the sequence",
    },
    {
      query: sql`${into} SELECT organization_id * 4294967296 + next - 1, ${columnsOf(key, person.id, name, now)} FROM sequence WHERE organization_id = ${person.organizationId}`,
      must: "the key",
    },
  ];
}

const into = sql`INSERT INTO security_key(id, person_id, name, credential_id, public_key, algorithm, sign_count, transports, backup_eligible, backed_up, uv_initialized, aaguid,
  attestation, created)`;

function columnsOf(key: EnrolledKey, personId: number, name: string, now: number): SQL {
  return sql`${personId}, ${name}, ${key.credentialId}, ${key.publicKey}, ${key.algorithm}, ${key.signCount}, ${JSON.stringify(key.transports)}, ${Number(key.backupEligible)},
    ${Number(key.backedUp)}, ${Number(key.uvInitialized)}, ${key.aaguid}, ${key.attestation}, ${now}`;
}

/** Notes a verified use: compare-and-swap on the counter, so that of two uses with one counter only one counts (W35). */
export function useKey(id: number, counters: { before: number; after: number }, backedUp: boolean, challenge: string, now: number): Write {
  return {
    query: sql`UPDATE security_key SET sign_count = ${counters.after}, backed_up = ${Number(backedUp)}, last_used = ${now}, last_challenge = ${challenge}
      WHERE id = ${id} AND sign_count = ${counters.before} AND locked IS NULL`,
    must: "the counter",
  };
}

/** A locked key counts for nothing until a new one is enrolled in its place. */
export function lockKey(id: number, now: number): Write {
  return { query: sql`UPDATE security_key SET locked = ${now} WHERE id = ${id} AND locked IS NULL`, must: "the key" };
}

type OwnKeyLabel = "add-security-key" | "rename-security-key" | "remove-security-key";

/** What the log tells of an act on one's own keys, and what answers the same request again. */
export interface OwnKeyAct {
  parameters: Json;
  remembered: Remembered | null;
}

/** The act's own changes within what every act commits. It leaves no operation: nothing is still to be done. */
async function commitOwn(
  directory: D1Database,
  permit: Permit<OwnKeyLabel>,
  { parameters, remembered }: OwnKeyAct,
  changes: readonly Write[],
): Promise<void> {
  const { id, organizationId, name } = permit.target;
  const what = { id: null, organization_id: organizationId, cloud_id: null, resource_id: id, resource_name: name, change_reference: null };
  await commit(directory, [...spendProof(permit), ...changes, insertAccepted(permit, what, parameters), ...rememberAnswer(remembered, permit.now)]);
}

const subjectOf = ({ actor, target }: Permit<OwnKeyLabel>): EventSubject => ({ ...target, kind: "person", session: sessionOf(actor) });

/**
 * A further key for the person who signed with one that was there.
 * @param ceremony its enrolment's, spent with the signature's
 * @throws MustHitOne when a challenge is spent; AlreadyThere when somebody has the key already (W15, W19)
 */
export async function addKey(
  directory: D1Database,
  permit: Permit<"add-security-key">,
  { id, key, name, ceremony }: { id: number; key: EnrolledKey; name: string; ceremony: Challenge },
  act: OwnKeyAct,
): Promise<void> {
  const { target, now } = permit;
  await commitOwn(directory, permit, act, [
    spendChallenge(ceremony, now),
    { query: sql`${into} SELECT ${id}, ${columnsOf(key, target.id, name, now)}`, must: "the key" },
    tellEnrolment(key, subjectOf(permit), now),
    notifyChange(target.id, "key-added", now, { key: name }),
  ]);
}

/** @throws MustHitOne when the challenge is spent or the key is gone */
export async function renameKey(
  directory: D1Database,
  permit: Permit<"rename-security-key">,
  { id, name }: { id: number; name: string },
  act: OwnKeyAct,
): Promise<void> {
  await commitOwn(directory, permit, act, [
    { query: sql`UPDATE security_key SET name = ${name} WHERE id = ${id} AND person_id = ${permit.target.id} AND removed IS NULL`, must: "the key" },
  ]);
}

/**
 * The key counts for nothing from the commit on.
 * @param mayBeLast false: another usable one must be there at the commit, so that two removals at once never leave none
 * @throws MustHitOne when the challenge is spent, the key is gone, or it is the last one
 */
export async function removeKey(
  directory: D1Database,
  permit: Permit<"remove-security-key">,
  { id, name, credentialId, mayBeLast }: { id: number; name: string; credentialId: string; mayBeLast: boolean },
  act: OwnKeyAct,
): Promise<void> {
  const { target, now } = permit;
  const enough = mayBeLast ? sql`true` : sql`(locked IS NOT NULL OR (SELECT security_keys FROM actor WHERE id = ${target.id}) > 1)`;
  await commitOwn(directory, permit, act, [
    {
      query: sql`UPDATE security_key SET removed = ${now}, locked = coalesce(locked, ${now}) WHERE id = ${id} AND person_id = ${target.id} AND removed IS NULL AND ${enough}`,
      must: "the key",
    },
    appendEvent("key-removed", subjectOf(permit), { credentialId }, now),
    notifyChange(target.id, "key-removed", now, { key: name }),
  ]);
}
