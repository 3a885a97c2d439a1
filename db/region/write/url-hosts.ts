/** Which hosts are served: taken with the URL that names them, free again when that has gone. */
import { insert } from "../../statement.ts";
import { sql } from "drizzle-orm";
import type { Write } from "../../commit.ts";
import { urlHost } from "../schema/index.ts";

/** The commit fails with AlreadyThere(`url_host.host`) when the region has the host. */
export function takeHost(host: string, balancerId: number): Write {
  return { query: insert(urlHost, { host, balancerId }) };
}

/** Whatever of these is the balancer's. */
export function freeHosts(hosts: readonly string[], balancerId: number): Write {
  return { query: sql`DELETE FROM url_host WHERE host IN (SELECT value FROM json_each(${JSON.stringify(hosts)})) AND balancer_id = ${balancerId}` };
}
