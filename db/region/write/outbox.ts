import { sql } from "drizzle-orm";
import type { OutboxBody } from "../../../worker/contract/log-entry.ts";
import type { Write } from "../../commit.ts";

/** What the organization's log is told, in the commit of what it tells. */
export function insertOutbox(organizationId: number, body: OutboxBody, now: number): Write {
  return { query: sql`INSERT INTO outbox (organization_id, at, body) VALUES (${organizationId}, ${now}, ${JSON.stringify(body)})` };
}
