/** Drizzle types of db/directory/migrations; a test compares them with the migrated database column by column. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const outbox = sqliteTable("outbox", {
  number: integer("number").primaryKey(),
  organizationId: integer("organization_id").notNull(),
  at: integer("at").notNull(),
  body: text("body").notNull(),
});

export const must = sqliteTable("must", {
  hit: integer("hit").notNull(),
  what: text("what").notNull(),
});
