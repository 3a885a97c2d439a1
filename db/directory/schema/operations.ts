/** Drizzle types of db/directory/migrations; a test compares them with the migrated database column by column. Acts have the same columns wherever they commit. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export { idempotency, operation } from "../../region/schema/operations.ts";

export const feed = sqliteTable("feed", {
  number: integer("number").primaryKey(),
  region: integer("region").notNull(),
  body: text("body").notNull(),
  tries: integer("tries").notNull().default(0),
  problem: text("problem"),
  aside: integer("aside"),
});
