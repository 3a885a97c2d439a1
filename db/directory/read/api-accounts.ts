/** The API accounts of an organization, as its security representative sees them. */
import { sql, type SQL } from "drizzle-orm";
import type { Label } from "../../../worker/contract/actions.ts";
import type { Profile } from "../../../worker/contract/roles.ts";
import { readAll, readFirst } from "../../statement.ts";

export interface ApiAccountRow {
  id: number;
  name: string;
  clientId: string;
  state: "active" | "suspended" | "ended";
  created: number;
  /** JSON: see `grantsInEffect`. */
  grants: string;
  organizationId: number;
  /** JSON: see `exceptionInEffect`. */
  exception: string | null;
  /** Who gave it. */
  exceptionBy: string | null;
  /** JSON: its live credentials. */
  credentials: string;
}

export interface CredentialRow {
  id: number;
  kind: "secret" | "key";
  name: string;
  keyId: string | null;
  publicKey: string | null;
  created: number;
  ends: number | null;
  lastUsed: number | null;
  lastNetwork: string | null;
}

const accounts = (
  from: SQL,
  condition: SQL,
  now: number,
) => sql`SELECT actor.id, actor.name, actor.state, actor.created, actor.grants, actor.organization_id AS organizationId,
    account.client_id AS clientId, account.exception AS exception,
    (SELECT giver.name FROM actor giver WHERE giver.id = account.exception ->> 'givenBy') AS exceptionBy,
    (SELECT json_group_array(json_object('id', c.id, 'kind', c.kind, 'name', c.name, 'keyId', c.jwk ->> 'kid', 'publicKey', c.public_key, 'created', c.created, 'ends', c.ends,
        'lastUsed', c.last_used, 'lastNetwork', c.last_network) ORDER BY c.id)
      FROM api_credential c INDEXED BY api_credential_account WHERE c.account_id = account.id AND c.removed IS NULL AND (c.ends IS NULL OR c.ends > ${now})) AS credentials
  FROM ${from} CROSS JOIN api_account account ON account.id = actor.id WHERE ${condition}`;

/** Ended ones are left out. */
export async function listAccounts(directory: D1Database, organizationId: number, now: number): Promise<ApiAccountRow[]> {
  return readAll(
    directory,
    sql`${accounts(
      sql`actor INDEXED BY actor_api_account`,
      sql`actor.organization_id = ${organizationId} AND actor.kind = 'api-account' AND actor.state <> 'ended'`,
      now,
    )} ORDER BY actor.name, actor.id`,
  );
}

export async function readAccount(directory: D1Database, id: number, now: number): Promise<ApiAccountRow | null> {
  return readFirst(directory, accounts(sql`actor`, sql`actor.id = ${id}`, now));
}

export interface UseRow {
  cloudId: number;
  label: Label;
  first: number;
  last: number;
}

export async function readUse(directory: D1Database, accountId: number): Promise<UseRow[]> {
  return readAll(
    directory,
    sql`SELECT cloud_id AS cloudId, label, first, last FROM api_use WHERE account_id = ${accountId} ORDER BY cloud_id, label`,
  );
}

/** The organization's Clouds that something can be given on, and for how many days a credential may be given. */
export async function readGround(
  directory: D1Database,
  organizationId: number,
): Promise<{ clouds: { id: number; name: string }[]; credentialDays: number }> {
  const row = await readFirst<{ clouds: string; credentialDays: number }>(
    directory,
    sql`SELECT credential_days AS credentialDays,
        (SELECT json_group_array(json_object('id', id, 'name', name)) FROM cloud WHERE organization_id = organization.id AND state = 'active') AS clouds
      FROM organization WHERE id = ${organizationId}`,
  );
  return { clouds: JSON.parse(row!.clouds) as { id: number; name: string }[], credentialDays: row!.credentialDays };
}

export interface GivenProfile {
  cloudId: number;
  profile: Profile;
}
