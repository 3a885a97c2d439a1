/** Drizzle types of db/region/migrations; a test compares them with the migrated database column by column. */
import { integer, sqliteTable } from "drizzle-orm/sqlite-core";

export const restoration = sqliteTable("restoration", {
  organizationId: integer("organization_id").primaryKey(),
  point: integer("point").notNull(),
  restored: integer("restored").notNull(),
  outbox: integer("outbox").notNull(),
});
