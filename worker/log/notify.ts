/**
 * Telling an organization's log that an outbox holds something for it. The facts are in the outboxes already: losing a notification only delays, until
 * the log's own alarm or the sweep.
 */
import { sql } from "drizzle-orm";
import { readAll } from "../../db/statement.ts";
import type { Env } from "../env.ts";
import { inJurisdiction } from "../routing/jurisdiction.ts";
import type { OrganizationLog } from "./organization-log.ts";
import { databaseList } from "./databases.ts";

/** The one place that names a log: by the organization's id, never by a name of somebody. */
export function organizationLog(env: Env, organizationId: number): DurableObjectStub<OrganizationLog> {
  return inJurisdiction(env.ORGANIZATION_LOGS, env).getByName(String(organizationId));
}

/**
 * Has the log fetch what is new. Never fails. With `waitUntil` the answer need not wait for it; without, it ends when all that was committed before
 * the call is chained (or its database did not answer).
 */
export async function notifyLog(env: Env, organizationId: number, waitUntil?: (work: Promise<unknown>) => void): Promise<void> {
  const work = organizationLog(env, organizationId)
    .deliver()
    .catch(() => {});
  if (waitUntil) waitUntil(work);
  else await work;
}

/** Notifies every organization for which a row waits in any database; a database that does not answer leaves the others' rows to be found. */
export async function notifyAllLogs(env: Env): Promise<void> {
  const waiting = await Promise.allSettled(
    databaseList.map((database) =>
      readAll<{ organization: number }>(env[database], sql`SELECT DISTINCT organization_id AS organization FROM outbox LIMIT 500`),
    ),
  );
  const organizations = new Set(waiting.flatMap((rows) => (rows.status === "fulfilled" ? rows.value.map((row) => row.organization) : [])));
  await Promise.all([...organizations].map((organizationId) => notifyLog(env, organizationId)));
}
