/** Drizzle types of db/region/migrations; a test compares them with the migrated database column by column. */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const operation = sqliteTable("operation", {
  id: integer("id").primaryKey(),
  organizationId: integer("organization_id").notNull(),
  cloudId: integer("cloud_id").notNull(),
  serviceId: integer("service_id").notNull(),
  resourceId: integer("resource_id").notNull(),
  resourceName: text("resource_name").notNull(),
  resourceType: integer("resource_type").notNull(),
  zone: integer("zone").notNull(),
  label: text("label").notNull(),
  status: integer("status").notNull().default(0),
  message: text("message"),
  parameters: text("parameters").notNull(),
  changeReference: text("change_reference"),
  actorKind: text("actor_kind").notNull(),
  actorId: integer("actor_id").notNull(),
  actorName: text("actor_name").notNull(),
  created: integer("created").notNull(),
  updated: integer("updated").notNull(),
  completed: integer("completed"),
  deadline: integer("deadline").notNull(),
  fence: integer("fence").notNull().default(0),
  step: integer("step").notNull().default(0),
  planId: integer("plan_id"),
  position: integer("position"),
});

export const challenge = sqliteTable("challenge", {
  hash: text("hash").primaryKey(),
  purpose: text("purpose").notNull(),
  actorId: integer("actor_id").notNull(),
  session: text("session").notNull(),
  nonce: text("nonce").notNull(),
  revision: integer("revision"),
  expires: integer("expires").notNull(),
});

export const idempotency = sqliteTable(
  "idempotency",
  {
    principal: text("principal").notNull(),
    method: text("method").notNull(),
    path: text("path").notNull(),
    key: text("key").notNull(),
    fingerprint: text("fingerprint").notNull(),
    status: integer("status").notNull(),
    answer: text("answer").notNull(),
    expires: integer("expires").notNull(),
  },
  (table) => [primaryKey({ columns: [table.principal, table.method, table.path, table.key] })],
);

export const outbox = sqliteTable("outbox", {
  number: integer("number").primaryKey(),
  organizationId: integer("organization_id").notNull(),
  at: integer("at").notNull(),
  body: text("body").notNull(),
});

export const must = sqliteTable("must", {
  hit: integer("hit").notNull(),
  what: text("what").notNull(),
});
