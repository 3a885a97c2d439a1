import { sqliteTable, text } from "drizzle-orm/sqlite-core";

export const mark = sqliteTable("mark", {
  name: text("name").primaryKey(),
});
