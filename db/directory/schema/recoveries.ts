/** Drizzle types of db/directory/migrations; a test compares them with the migrated database column by column. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const recovery = sqliteTable("recovery", {
  id: integer("id").primaryKey(),
  organizationId: integer("organization_id").notNull(),
  personId: integer("person_id").notNull(),
  reason: text("reason").notNull(),
  state: text("state", { enum: ["asked", "approved", "cancelled", "done"] }).notNull(),
  askedBy: integer("asked_by").notNull(),
  asked: integer("asked").notNull(),
  approvedBy: integer("approved_by"),
  approved: integer("approved"),
  effective: integer("effective"),
  ended: integer("ended"),
});
