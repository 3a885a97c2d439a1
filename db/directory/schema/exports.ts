/** Drizzle types of db/directory/migrations; a test compares them with the migrated database column by column. */
import { integer, sqliteTable } from "drizzle-orm/sqlite-core";

export const organizationExport = sqliteTable("organization_export", {
  id: integer("id").primaryKey(),
  organizationId: integer("organization_id").notNull(),
  askedBy: integer("asked_by").notNull(),
  asked: integer("asked").notNull(),
  expires: integer("expires").notNull(),
});
