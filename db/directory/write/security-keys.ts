/** Writes of security keys. */
import { sql } from "drizzle-orm";
import { toBase64Url } from "../../../worker/contract/operation.ts";
import type { Write } from "../../commit.ts";
import { appendEvent, type EventSubject } from "./outbox.ts";

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
  return [
    ...insertKey(key, person, name, now),
    appendEvent("key-enrolled", person, { credentialId: key.credentialId, publicKey: toBase64Url(key.publicKey) }, now),
  ];
}

/** Stores a key under the person that its ceremony was begun for. Its id is the organization's next one. @throws AlreadyThere in the commit: W15 */
export function insertKey(key: EnrolledKey, person: { id: number; organizationId: number }, name: string, now: number): Write[] {
  return [
    {
      query: sql`INSERT INTO sequence(organization_id, next) VALUES (${person.organizationId}, 2) ON CONFLICT(organization_id) DO UPDATE SET next = next + 1`,
      must: "the sequence",
    },
    {
      query: sql`INSERT INTO security_key(id, person_id, name, credential_id, public_key, algorithm, sign_count, transports, backup_eligible, backed_up, uv_initialized,
          aaguid, attestation, created)
        SELECT organization_id * 4294967296 + next - 1, ${person.id}, ${name}, ${key.credentialId}, ${key.publicKey}, ${key.algorithm}, ${key.signCount},
          ${JSON.stringify(key.transports)}, ${Number(key.backupEligible)}, ${Number(key.backedUp)}, ${Number(key.uvInitialized)}, ${key.aaguid}, ${key.attestation}, ${now}
        FROM sequence WHERE organization_id = ${person.organizationId}`,
      must: "the key",
    },
  ];
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
