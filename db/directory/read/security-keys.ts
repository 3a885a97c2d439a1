/** The security keys of people. */
import { sql } from "drizzle-orm";
import { readAll, readFirst } from "../../statement.ts";

export interface KeyDescriptor {
  credentialId: string;
  /** JSON list. */
  transports: string;
}

/** What the browser is told about a person's usable keys. */
export async function readKeyDescriptors(directory: D1Database, personId: number): Promise<KeyDescriptor[]> {
  return readAll(
    directory,
    sql`SELECT credential_id AS credentialId, transports FROM security_key INDEXED BY security_key_person WHERE person_id = ${personId} AND locked IS NULL ORDER BY id`,
  );
}

export interface VerificationKey {
  id: number;
  publicKey: Uint8Array<ArrayBuffer>;
  signCount: number;
  backupEligible: boolean;
  lastChallenge: string | null;
  locked: number | null;
  /** What its owner calls it. */
  keyName: string;
  /** The owner's. */
  name: string;
  organizationId: number;
}

/** A person's own key by its credential id, with what an event about it needs; null for everybody else's and for none. */
export async function readVerificationKey(directory: D1Database, credentialId: string, personId: number): Promise<VerificationKey | null> {
  const row = await readFirst<Omit<VerificationKey, "publicKey" | "backupEligible"> & { publicKey: number[]; backupEligible: 0 | 1 }>(
    directory,
    sql`SELECT k.id AS id, k.public_key AS publicKey, k.sign_count AS signCount, k.backup_eligible AS backupEligible, k.last_challenge AS lastChallenge,
        k.locked AS locked, k.name AS keyName, a.name AS name, a.organization_id AS organizationId
      FROM security_key k CROSS JOIN actor a ON a.id = k.person_id WHERE k.credential_id = ${credentialId} AND k.person_id = ${personId}`,
  );
  return row && { ...row, publicKey: new Uint8Array(row.publicKey), backupEligible: row.backupEligible === 1 };
}

export interface KeyRow {
  id: number;
  name: string;
  created: number;
  lastUsed: number | null;
  locked: number | null;
  backedUp: 0 | 1;
  transports: string;
  credentialId: string;
}

/** Those that their owner has not removed, locked ones included. */
export async function listKeys(directory: D1Database, personId: number): Promise<KeyRow[]> {
  return readAll(
    directory,
    sql`SELECT id, name, created, last_used AS lastUsed, locked, backed_up AS backedUp, transports, credential_id AS credentialId
      FROM security_key INDEXED BY security_key_person WHERE person_id = ${personId} AND removed IS NULL ORDER BY created, id`,
  );
}

/** Whoever's of the organization it is, removed ones included: a credential id is enrolled once, ever. */
export async function readKeyByCredential(
  directory: D1Database,
  credentialId: string,
  organizationId: number,
): Promise<(Pick<KeyRow, "name" | "created" | "locked" | "backedUp"> & { removed: number | null }) | null> {
  return readFirst(
    directory,
    sql`SELECT k.name AS name, k.created AS created, k.locked AS locked, k.removed AS removed, k.backed_up AS backedUp
      FROM security_key k CROSS JOIN actor a ON a.id = k.person_id AND a.organization_id = ${organizationId} WHERE k.credential_id = ${credentialId}`,
  );
}
