/** Drizzle types of db/directory/migrations; a test compares them with the migrated database column by column. */
import { blob, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const securityKey = sqliteTable("security_key", {
  id: integer("id").primaryKey(),
  personId: integer("person_id").notNull(),
  name: text("name").notNull(),
  credentialId: text("credential_id").notNull(),
  publicKey: blob("public_key", { mode: "buffer" }).notNull(),
  algorithm: integer("algorithm").notNull(),
  signCount: integer("sign_count").notNull(),
  transports: text("transports").notNull(),
  backupEligible: integer("backup_eligible").notNull(),
  backedUp: integer("backed_up").notNull(),
  uvInitialized: integer("uv_initialized").notNull(),
  aaguid: text("aaguid").notNull(),
  attestation: text("attestation").notNull(),
  created: integer("created").notNull(),
  lastUsed: integer("last_used"),
  lastChallenge: text("last_challenge"),
  locked: integer("locked"),
  removed: integer("removed"),
});

export const session = sqliteTable("session", {
  tokenHash: text("token_hash").primaryKey(),
  id: text("id").notNull(),
  personId: integer("person_id").notNull(),
  created: integer("created").notNull(),
  lastSeen: integer("last_seen").notNull(),
  expires: integer("expires").notNull(),
  mfaAt: integer("mfa_at"),
  superseded: integer("superseded"),
  agent: text("agent").notNull(),
  network: text("network").notNull(),
});

export const signInAttempt = sqliteTable("sign_in_attempt", {
  subject: text("subject").primaryKey(),
  failures: integer("failures").notNull(),
  last: integer("last").notNull(),
  blockedUntil: integer("blocked_until").notNull(),
});

export const activation = sqliteTable("activation", {
  tokenHash: text("token_hash").primaryKey(),
  personId: integer("person_id").notNull(),
  created: integer("created").notNull(),
  expires: integer("expires").notNull(),
});

export const enrolment = sqliteTable("enrolment", {
  personId: integer("person_id").primaryKey(),
  tokenHash: text("token_hash").notNull(),
  created: integer("created").notNull(),
  expires: integer("expires").notNull(),
});

export const challenge = sqliteTable("challenge", {
  hash: text("hash").primaryKey(),
  purpose: text("purpose").notNull(),
  actorId: integer("actor_id").notNull(),
  session: text("session").notNull(),
  nonce: text("nonce").notNull(),
  revision: integer("revision"),
  expires: integer("expires").notNull(),
});

export const passwordReset = sqliteTable("password_reset", {
  tokenHash: text("token_hash").primaryKey(),
  personId: integer("person_id").notNull(),
  created: integer("created").notNull(),
  expires: integer("expires").notNull(),
});
