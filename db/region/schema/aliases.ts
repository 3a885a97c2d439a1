/** Drizzle types of db/region/migrations; a test compares them with the migrated database column by column. */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const alias = sqliteTable("alias", {
  id: integer("id").primaryKey(),
  resourceId: integer("resource_id").notNull(),
  name: text("name").notNull(),
  domain: text("domain").notNull(),
  address: text("address").notNull(),
  author: text("author").notNull(),
  status: integer("status").notNull(),
  created: integer("created").notNull(),
  changeReference: text("change_reference"),
});

export const aliasFreed = sqliteTable("alias_freed", { name: text("name").notNull(), resourceId: integer("resource_id").notNull() }, (table) => [
  primaryKey({ columns: [table.name, table.resourceId] }),
]);
