/** Drizzle types of db/directory/migrations; a test compares them with the migrated database column by column. */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const actor = sqliteTable("actor", {
  id: integer("id").primaryKey(),
  organizationId: integer("organization_id").notNull(),
  kind: text("kind", { enum: ["person", "api-account"] }).notNull(),
  name: text("name").notNull(),
  state: text("state", { enum: ["invited", "active", "suspended", "ended"] }).notNull(),
  created: integer("created").notNull(),
  grants: text("grants").notNull().default("[]"),
  duties: text("duties").notNull().default("[]"),
  securityKeys: integer("security_keys").notNull().default(0),
  version: integer("version").notNull().default(1),
  ended: integer("ended"),
  erased: integer("erased"),
});

export const person = sqliteTable("person", {
  id: integer("id").primaryKey(),
  email: text("email").notNull(),
  password: text("password"),
  locale: text("locale", { enum: ["en", "fr"] })
    .notNull()
    .default("en"),
});

export const apiAccount = sqliteTable("api_account", {
  id: integer("id").primaryKey(),
  clientId: text("client_id").notNull(),
  exception: text("exception"),
});

export const apiCredential = sqliteTable("api_credential", {
  id: integer("id").primaryKey(),
  accountId: integer("account_id").notNull(),
  kind: text("kind", { enum: ["secret", "key"] }).notNull(),
  name: text("name").notNull(),
  secretHash: text("secret_hash"),
  jwk: text("jwk"),
  publicKey: text("public_key"),
  created: integer("created").notNull(),
  ends: integer("ends"),
  removed: integer("removed"),
  lastUsed: integer("last_used"),
  lastNetwork: text("last_network"),
  told: integer("told"),
});

export const membership = sqliteTable(
  "membership",
  {
    actorId: integer("actor_id").notNull(),
    cloudId: integer("cloud_id").notNull(),
    profile: text("profile", { enum: ["STD", "DTM", "OPE", "POW"] }).notNull(),
    state: text("state", { enum: ["pending", "confirmed", "suspended"] }).notNull(),
    begins: integer("begins").notNull(),
    ends: integer("ends"),
    grantedBy: integer("granted_by"),
    reason: text("reason"),
    told: integer("told"),
  },
  (table) => [primaryKey({ columns: [table.actorId, table.cloudId] })],
);

export const duty = sqliteTable(
  "duty",
  {
    actorId: integer("actor_id").notNull(),
    duty: text("duty", { enum: ["security-representative", "service-delivery"] }).notNull(),
    begins: integer("begins"),
    grantedBy: integer("granted_by"),
    reason: text("reason"),
  },
  (table) => [primaryKey({ columns: [table.actorId, table.duty] })],
);
