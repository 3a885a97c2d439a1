/** Drizzle types of db/directory/migrations; a test compares them with the migrated database column by column. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const mail = sqliteTable("mail", {
  number: integer("number").primaryKey(),
  messageId: text("message_id").notNull(),
  personId: integer("person_id"),
  name: text("name").notNull(),
  address: text("address").notNull(),
  locale: text("locale", { enum: ["en", "fr"] }).notNull(),
  template: text("template").notNull(),
  facts: text("facts"),
  created: integer("created").notNull(),
  ends: integer("ends").notNull(),
  due: integer("due"),
  tries: integer("tries").notNull().default(0),
  handed: integer("handed"),
  sent: integer("sent"),
  givenUp: integer("given_up"),
  problem: text("problem"),
});

export const mailbox = sqliteTable("mailbox", {
  number: integer("number").primaryKey(),
  messageId: text("message_id").notNull(),
  at: integer("at").notNull(),
  name: text("name").notNull(),
  address: text("address").notNull(),
  subject: text("subject").notNull(),
  plain: text("plain").notNull(),
  html: text("html").notNull(),
});
