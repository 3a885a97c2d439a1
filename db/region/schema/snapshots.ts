/** Drizzle types of db/region/migrations; a test compares them with the migrated database column by column. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const snapshot = sqliteTable("snapshot", {
  id: integer("id").primaryKey(),
  resourceId: integer("resource_id").notNull(),
  label: text("label").notNull(),
  description: text("description"),
  author: text("author").notNull(),
  status: integer("status").notNull(),
  created: integer("created").notNull(),
  recovered: integer("recovered"),
  expires: integer("expires").notNull(),
  due: integer("due").notNull(),
  sizeGb: integer("size_gb"),
  changeReference: text("change_reference"),
});
