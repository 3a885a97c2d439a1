/** Drizzle types of db/directory/migrations; a test compares them with the migrated database column by column. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const organization = sqliteTable("organization", {
  id: integer("id").primaryKey(),
  name: text("name").notNull(),
  kind: text("kind", { enum: ["customer", "group"] }).notNull(),
  state: text("state", { enum: ["active", "suspended", "ended"] })
    .notNull()
    .default("active"),
  created: integer("created").notNull(),
  version: integer("version").notNull().default(1),
  credentialDays: integer("credential_days").notNull().default(365),
  ended: integer("ended"),
  erased: integer("erased"),
});

export const sequence = sqliteTable("sequence", {
  organizationId: integer("organization_id").primaryKey(),
  next: integer("next").notNull(),
});

export const cloud = sqliteTable("cloud", {
  id: integer("id").primaryKey(),
  organizationId: integer("organization_id").notNull(),
  name: text("name").notNull(),
  state: text("state", { enum: ["active", "suspended", "ended"] })
    .notNull()
    .default("active"),
  created: integer("created").notNull(),
  version: integer("version").notNull().default(1),
  quotas: text("quotas").notNull().default("{}"),
});

export const service = sqliteTable("service", {
  id: integer("id").primaryKey(),
  cloudId: integer("cloud_id").notNull(),
  name: text("name").notNull(),
  environment: integer("environment").notNull(),
  created: integer("created").notNull(),
  description: text("description"),
  version: integer("version").notNull().default(1),
  closing: integer("closing"),
});
