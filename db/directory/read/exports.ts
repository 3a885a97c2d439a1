/** What an organization has in the directory, a page at a time, each row a line of its export. Secrets, their hashes and links stand in none. */
import { sql, type SQL } from "drizzle-orm";
import { readAll, readFirst } from "../../statement.ts";

export interface OpenExport {
  organizationId: number;
  askedBy: number;
  expires: number;
}

export async function readOpenExport(directory: D1Database, id: number): Promise<OpenExport | null> {
  return readFirst(directory, sql`SELECT organization_id AS organizationId, asked_by AS askedBy, expires FROM organization_export WHERE id = ${id}`);
}

/** A row, and where the next page begins. */
export interface ExportedRow {
  id: number;
  /** JSON. */
  line: string;
}

const iso = (column: string): SQL => sql.raw(`strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`);
const named = (condition: string): SQL => sql.raw(`json(CASE WHEN ${condition} THEN 'true' ELSE 'false' END)`);

const keys = sql`(SELECT json_group_array(json_object('name', k.name, 'credentialId', k.credential_id, 'enrolledAt', ${iso("k.created")}, 'lastUsedAt', ${iso("k.last_used")},
    'lockedAt', ${iso("k.locked")}, 'removedAt', ${iso("k.removed")}, 'synced', ${named("k.backed_up = 1")}, 'model', k.aaguid))
  FROM security_key k INDEXED BY security_key_person WHERE k.person_id = a.id)`;
const profiles = sql`(SELECT json_group_array(json_object('cloudId', m.cloud_id, 'profile', m.profile, 'state', m.state, 'from', ${iso("m.begins")}, 'until', ${iso("m.ends")},
    'givenBy', m.granted_by, 'reason', m.reason)) FROM membership m WHERE m.actor_id = a.id)`;
const credentials = sql`(SELECT json_group_array(json_object('id', c.id, 'kind', c.kind, 'name', c.name, 'publicKey', json(c.jwk), 'createdAt', ${iso("c.created")},
    'endsAt', ${iso("c.ends")}, 'removedAt', ${iso("c.removed")}, 'lastUsedAt', ${iso("c.last_used")}, 'lastNetwork', c.last_network))
  FROM api_credential c INDEXED BY api_credential_account WHERE c.account_id = a.id)`;
const used = sql`(SELECT json_group_array(json_object('cloudId', u.cloud_id, 'label', u.label, 'first', ${iso("u.first")}, 'last', ${iso("u.last")}))
  FROM api_use u WHERE u.account_id = a.id)`;

/** By kind, in the order of the file: what stands in a line, and from where. Everything that an organization has been given lies together by its ids. */
const kinds = {
  cloud: sql`SELECT id, json_object('kind', 'cloud', 'id', id, 'name', name, 'state', state, 'createdAt', ${iso("created")}) AS line FROM cloud`,
  service: sql`SELECT id, json_object('kind', 'service', 'id', id, 'cloudId', cloud_id, 'name', name, 'environment', environment, 'description', description,
      'revision', version, 'closing', ${named("closing IS NOT NULL")}, 'createdAt', ${iso("created")}) AS line FROM service`,
  person: sql`SELECT a.id AS id, json_object('kind', 'person', 'id', a.id, 'name', a.name, 'email', p.email, 'locale', p.locale, 'state', a.state, 'duties', json(a.duties),
      'profiles', json(${profiles}), 'securityKeys', json(${keys}), 'createdAt', ${iso("a.created")}, 'endedAt', ${iso("a.ended")}) AS line
    FROM actor a CROSS JOIN person p ON p.id = a.id`,
  "api-account": sql`SELECT a.id AS id, json_object('kind', 'api-account', 'id', a.id, 'clientId', p.client_id, 'name', a.name, 'state', a.state,
      'profiles', json(${profiles}), 'credentials', json(${credentials}), 'secretException', json(p.exception), 'used', json(${used}), 'createdAt', ${iso("a.created")}) AS line
    FROM actor a CROSS JOIN api_account p ON p.id = a.id`,
  request: sql`SELECT id, json_object('kind', 'request', 'id', id, 'wanted', json(wanted), 'reason', reason, 'state', state, 'askedBy', asked_by, 'askedAt', ${iso("asked")},
      'decidedBy', decided_by, 'decidedAt', ${iso("decided")}, 'decision', decision, 'made', made) AS line FROM account_request`,
  recovery: sql`SELECT id, json_object('kind', 'recovery', 'id', id, 'personId', person_id, 'reason', reason, 'state', state, 'askedAt', ${iso("asked")},
      'approvedAt', ${iso("approved")}, 'endedAt', ${iso("ended")}) AS line FROM recovery`,
} as const;
export type DirectoryKind = keyof typeof kinds;
export const directoryKinds = Object.keys(kinds) as DirectoryKind[];

/** @param after the id of the last row before @param last the greatest id that the organization can have here */
export async function readExportedRows(
  directory: D1Database,
  kind: DirectoryKind,
  after: number,
  last: number,
  limit: number,
): Promise<ExportedRow[]> {
  const id = sql.raw(kind === "person" || kind === "api-account" ? "a.id" : "id");
  return readAll(directory, sql`${kinds[kind]} WHERE ${id} > ${after} AND ${id} <= ${last} ORDER BY ${id} LIMIT ${limit}`);
}
