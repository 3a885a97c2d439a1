/** People and API accounts as what is decided about. */
import { sql } from "drizzle-orm";
import type { MemberTarget } from "../../../worker/contract/actor.ts";
import { readFirst } from "../../statement.ts";

/** Whatever organization it belongs to, in whatever state. One row. */
export async function readMember(directory: D1Database, id: number): Promise<MemberTarget | null> {
  const row = await readFirst<Omit<MemberTarget, "kind">>(
    directory,
    sql`SELECT id, organization_id AS organizationId, name, kind AS actorKind, state, version AS revision FROM actor WHERE id = ${id}`,
  );
  return row && { kind: "member", ...row };
}
