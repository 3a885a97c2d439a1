/** Drizzle types of db/directory/migrations; a test compares them with the migrated database column by column. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

const columns = () => ({
  name: text("name").primaryKey(),
  holder: integer("holder").notNull(),
  token: text("token").notNull(),
  until: integer("until"),
  extended: integer("extended").notNull().default(0),
});

export const aliasName = sqliteTable("alias_name", columns());
export const urlHostName = sqliteTable("url_host_name", columns());
