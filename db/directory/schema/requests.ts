/** Drizzle types of db/directory/migrations; a test compares them with the migrated database column by column. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const accountRequest = sqliteTable("account_request", {
  id: integer("id").primaryKey(),
  organizationId: integer("organization_id").notNull(),
  kind: text("kind", { enum: ["person", "cloud", "organization"] }).notNull(),
  about: text("about").notNull(),
  wanted: text("wanted").notNull(),
  reason: text("reason").notNull(),
  askedBy: integer("asked_by").notNull(),
  asked: integer("asked").notNull(),
  state: text("state", { enum: ["asked", "accepted", "refused", "withdrawn"] })
    .notNull()
    .default("asked"),
  decidedBy: integer("decided_by"),
  decided: integer("decided"),
  decision: text("decision"),
  made: integer("made"),
  version: integer("version").notNull().default(1),
  erased: integer("erased"),
});
