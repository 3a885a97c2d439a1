/** Which hosts are served: taken with the URL that names them, free again when that has gone. */
import { sql } from "drizzle-orm";
import { commit, type Write } from "../../commit.ts";

export interface HeldHost {
  host: string;
  /** Until when the directory holds it for this balancer, in ms since 1970: by the region's own clock nothing is committed later. */
  until: number;
}

/** The commit fails with AlreadyThere(`url_host.host`) when the region has the host, and with MustHitOne when the reservation is over. */
export function takeHost({ host, until }: HeldHost, balancerId: number): Write {
  return {
    query: sql`INSERT INTO url_host (host, balancer_id, held) SELECT ${host}, CAST(${balancerId} AS INTEGER), 1 WHERE unixepoch('subsec') * 1000 < ${until}`,
    must: "the reservation of the host",
  };
}

/** Whatever of these is the balancer's; the directory lets them go after. */
export function freeHosts(hosts: readonly string[], balancerId: number): Write {
  return { query: sql`DELETE FROM url_host WHERE host IN (SELECT value FROM json_each(${JSON.stringify(hosts)})) AND balancer_id = ${balancerId}` };
}

/** The directory has let the host go, or has it for a URL that came since. */
export async function clearFreedHost(database: D1Database, freed: { name: string; holder: number }): Promise<void> {
  await commit(database, [{ query: sql`DELETE FROM url_host_freed WHERE host = ${freed.name} AND balancer_id = ${freed.holder}` }]);
}

/** The directory knows of the host. */
export async function markHeld(database: D1Database, host: string): Promise<void> {
  await commit(database, [{ query: sql`UPDATE url_host SET held = 1 WHERE host = ${host}` }]);
}
