/** Drizzle types of db/region/migrations; a test compares them with the migrated database column by column. */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const balancerMember = sqliteTable(
  "balancer_member",
  {
    balancerId: integer("balancer_id").notNull(),
    memberId: integer("member_id").notNull(),
    port: integer("port").notNull(),
    state: integer("state").notNull(),
    status: integer("status").notNull().default(0),
    since: integer("since"),
    phase: integer("phase").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.balancerId, table.memberId, table.port] })],
);

export const urlHost = sqliteTable("url_host", {
  host: text("host").primaryKey(),
  balancerId: integer("balancer_id").notNull(),
  held: integer("held").notNull().default(0),
});

export const urlHostFreed = sqliteTable("url_host_freed", { host: text("host").notNull(), balancerId: integer("balancer_id").notNull() }, (table) => [
  primaryKey({ columns: [table.host, table.balancerId] }),
]);
