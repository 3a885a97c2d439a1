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
  return (await nextOperationSequences(database, region, organizationId, 1))[0]!;
}

/** Several such numbers, in one round trip at most. */
export async function nextOperationSequences(database: D1Database, region: string, organizationId: number, count: number): Promise<number[]> {
  const at = `${region}/${organizationId}`;
  let block = blocks.get(at);
  if (!block || block.end - block.next < count) {
    const size = Math.max(BLOCK, count);
    const row = await readFirst<{ next: number }>(
      database,
      sql`INSERT INTO sequence (organization_id, next) VALUES (${organizationId}, ${1 + size}) ON CONFLICT DO UPDATE SET next = next + ${size} RETURNING next`,
    );
    block = { next: row!.next - size, end: row!.next };
    blocks.set(at, block);
  }
  const first = block.next;
  block.next += count;
  return Array.from({ length: count }, (_, index) => first + index);
}
