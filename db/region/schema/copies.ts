/** Drizzle types of db/region/migrations; a test compares them with the migrated database column by column. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const cloud = sqliteTable("cloud", {
  id: integer("id").primaryKey(),
  organizationId: integer("organization_id").notNull(),
  name: text("name").notNull(),
  counts: text("counts").notNull().default("{}"),
  cells: text("cells").notNull().default("{}"),
  services: integer("services").notNull().default(0),
  used: text("used").notNull().default("{}"),
  quotas: text("quotas").notNull().default("{}"),
});

export const service = sqliteTable("service", {
  id: integer("id").primaryKey(),
  cloudId: integer("cloud_id").notNull(),
  name: text("name").notNull(),
  environment: integer("environment").notNull(),
  description: text("description"),
  version: integer("version").notNull().default(1),
  closing: integer("closing").notNull().default(0),
});

export const feedTaken = sqliteTable("feed_taken", {
  id: integer("id").primaryKey(),
  number: integer("number").notNull(),
});

export const network = sqliteTable("network", {
  id: integer("id").primaryKey(),
  organizationId: integer("organization_id").notNull(),
  zone: integer("zone").notNull(),
  name: text("name").notNull(),
  cidr: text("cidr").notNull(),
  scope: text("scope").notNull(),
});

export const sequence = sqliteTable("sequence", {
  organizationId: integer("organization_id").primaryKey(),
  next: integer("next").notNull(),
});
