import { sql } from "drizzle-orm";
import { dutiesOf, grantsInEffect, type ActorRow } from "../../db/directory/read/actors.ts";
import { readFirst } from "../../db/statement.ts";
import type { Actor } from "../contract/actor.ts";
import type { Env } from "../env.ts";

interface Row extends ActorRow {
  duties: string;
  securityKeys: number;
  email: string | null;
  clientId: string | null;
}

/**
 * Who somebody is right now, without any session: for what was asked before and is to be done now. It answers for rights alone: the session is empty,
 * and no use of a key counts in it. Null: no such active person or account of an active organization.
 * @throws whatever D1 throws when the directory does not answer
 */
export async function readActorById(env: Env, kind: Actor["kind"], id: number, now: number): Promise<Actor | null> {
  const row = await readFirst<Row>(
    env.DIRECTORY,
    sql`SELECT a.id AS id, a.name AS name, a.grants AS grants, a.duties AS duties, a.security_keys AS securityKeys,
        o.id AS organizationId, o.name AS organizationName, o.kind AS organizationKind, p.email AS email, x.client_id AS clientId
      FROM actor a CROSS JOIN organization o ON o.id = a.organization_id AND o.state = 'active'
      LEFT JOIN person p ON p.id = a.id LEFT JOIN api_account x ON x.id = a.id
      WHERE a.id = ${id} AND a.kind = ${kind} AND a.state = 'active'`,
  );
  if (!row) return null;
  const { name, organizationId, organizationName, organizationKind, securityKeys } = row;
  const base = { id, name, organizationId, organizationName, organizationKind, grants: grantsInEffect(row, now) };
  return kind === "person"
    ? { ...base, kind, email: row.email ?? "", duties: dutiesOf(row.duties), securityKeys, session: "", mfaAt: null }
    : { ...base, kind, clientId: row.clientId ?? "", authenticatedBy: "secret", exception: null };
}
