/** Drizzle types of db/region/migrations; a test compares them with the migrated database column by column. */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const resource = sqliteTable("resource", {
  id: integer("id").primaryKey(),
  cloudId: integer("cloud_id").notNull(),
  serviceId: integer("service_id").notNull(),
  type: integer("type").notNull(),
  status: integer("status").notNull(),
  environment: integer("environment").notNull(),
  zone: integer("zone").notNull(),
  name: text("name").notNull(),
  revision: integer("revision").notNull().default(1),
  observation: integer("observation").notNull().default(0),
  openOperation: integer("open_operation"),
  openLabel: text("open_label"),
  created: integer("created").notNull(),
  createdBy: text("created_by").notNull(),
  updated: integer("updated").notNull(),
  tags: text("tags").notNull().default("[]"),
  attributes: text("attributes").notNull().default("{}"),
  protection: integer("protection"),
  network: integer("network"),
  keySet: integer("key_set"),
  claim: text("claim"),
});

export const tag = sqliteTable("tag", {
  id: integer("id").primaryKey(),
  organizationId: integer("organization_id").notNull(),
  key: text("key").notNull(),
  value: text("value").notNull(),
  counts: text("counts").notNull().default("{}"),
});

export const keySet = sqliteTable("key_set", {
  id: integer("id").primaryKey(),
  organizationId: integer("organization_id").notNull(),
  keys: text("keys").notNull(),
});

export const resourceTag = sqliteTable(
  "resource_tag",
  {
    tagId: integer("tag_id").notNull(),
    cloudId: integer("cloud_id").notNull(),
    name: text("name").notNull(),
    resourceId: integer("resource_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tagId, table.cloudId, table.name, table.resourceId] })],
);

export const pageBoundary = sqliteTable(
  "page_boundary",
  {
    query: text("query").notNull(),
    page: integer("page").notNull(),
    name: text("name").notNull(),
    id: integer("id").notNull(),
    expires: integer("expires").notNull(),
  },
  (table) => [primaryKey({ columns: [table.query, table.page] })],
);
