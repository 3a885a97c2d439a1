/** Drizzle types of db/directory/migrations; a test compares them with the migrated database column by column. */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const tokenFamily = sqliteTable("token_family", {
  id: text("id").primaryKey(),
  accountId: integer("account_id").notNull(),
  authenticatedBy: text("authenticated_by", { enum: ["secret", "key"] }).notNull(),
  scope: text("scope").notNull(),
  created: integer("created").notNull(),
  expires: integer("expires").notNull(),
  revoked: integer("revoked"),
  bound: integer("bound").notNull().default(0),
  credentialId: integer("credential_id"),
});

export const refreshToken = sqliteTable("refresh_token", {
  tokenHash: text("token_hash").primaryKey(),
  familyId: text("family_id").notNull(),
  expires: integer("expires").notNull(),
  spent: integer("spent"),
});

export const spentAssertion = sqliteTable(
  "spent_assertion",
  {
    accountId: integer("account_id").notNull(),
    jti: text("jti").notNull(),
    expires: integer("expires").notNull(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.jti] })],
);

export const apiUse = sqliteTable(
  "api_use",
  {
    accountId: integer("account_id").notNull(),
    cloudId: integer("cloud_id").notNull(),
    label: text("label").notNull(),
    first: integer("first").notNull(),
    last: integer("last").notNull(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.cloudId, table.label] })],
);

export const spentProof = sqliteTable(
  "spent_proof",
  {
    jkt: text("jkt").notNull(),
    jti: text("jti").notNull(),
    expires: integer("expires").notNull(),
  },
  (table) => [primaryKey({ columns: [table.jkt, table.jti] })],
);
