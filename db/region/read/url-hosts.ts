import { sql } from "drizzle-orm";
import { readAll, readFirst } from "../../statement.ts";

/** Who serves the host in this region; null: nobody. */
export async function readHost(database: D1Database, host: string): Promise<{ balancer_id: number } | null> {
  return readFirst(database, sql`SELECT balancer_id FROM url_host WHERE host = ${host}`);
}

/** Hosts that the directory has not let go yet. */
export async function readFreedHosts(database: D1Database, limit: number): Promise<{ name: string; holder: number }[]> {
  return readAll(database, sql`SELECT host AS name, balancer_id AS holder FROM url_host_freed LIMIT ${limit}`);
}

/** Hosts from before the directory held them. */
export async function readUnheldHosts(database: D1Database, limit: number): Promise<{ name: string; holder: number }[]> {
  return readAll(database, sql`SELECT host AS name, balancer_id AS holder FROM url_host INDEXED BY url_host_unheld WHERE held = 0 LIMIT ${limit}`);
}
