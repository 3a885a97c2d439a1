/** Sequence numbers for operations, taken in blocks: an act that loses its race has written nothing. A gap harms nobody. */
import { sql } from "drizzle-orm";
import { readFirst } from "../../statement.ts";

const BLOCK = 32;
const blocks = new Map<string, { next: number; end: number }>();

/**
 * A number that no other id of the organization in this region has. Unique, not ordered: `created` orders operations.
 * @param region what tells the database from others in this isolate
 */
export async function nextOperationSequence(database: D1Database, region: string, organizationId: number): Promise<number> {
  const at = `${region}/${organizationId}`;
  const block = blocks.get(at);
  if (block && block.next < block.end) return block.next++;
  const row = await readFirst<{ next: number }>(
    database,
    sql`INSERT INTO sequence (organization_id, next) VALUES (${organizationId}, ${1 + BLOCK}) ON CONFLICT DO UPDATE SET next = next + ${BLOCK} RETURNING next`,
  );
  const first = row!.next - BLOCK;
  blocks.set(at, { next: first + 1, end: first + BLOCK });
  return first;
}
