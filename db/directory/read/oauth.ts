/** What the token server asks of the directory. */
import { sql } from "drizzle-orm";
import { readAll, readFirst } from "../../statement.ts";

/** A secret or a key that has neither ended nor been removed. */
export interface Credential {
  id: number;
  /** SHA-256 of the secret, base64url; null: it is a key. */
  secretHash: string | null;
  /** A public JWK, as text; null: it is a secret. */
  jwk: string | null;
  /** ms since 1970; null: it has no end. */
  ends: number | null;
}

/** An API account as an OAuth client. */
export interface Client {
  id: number;
  clientId: string;
  name: string;
  organizationId: number;
  /** What it may prove itself by at this moment. */
  credentials: readonly Credential[];
  /** 1 while the account and its organization are active. */
  active: 0 | 1;
}

const isLive = (now: number) => sql`credential.removed IS NULL AND (credential.ends IS NULL OR credential.ends > ${now})`;

/** @param now ms since 1970 */
export async function readClient(directory: D1Database, clientId: string, now: number): Promise<Client | null> {
  const row = await readFirst<Omit<Client, "credentials"> & { credentials: string }>(
    directory,
    sql`SELECT account.id, account.client_id AS clientId, actor.name, actor.organization_id AS organizationId,
          (SELECT json_group_array(json_object('id', credential.id, 'secretHash', credential.secret_hash, 'jwk', credential.jwk, 'ends', credential.ends))
            FROM api_credential credential WHERE credential.account_id = account.id AND ${isLive(now)}) AS credentials,
          (actor.state = 'active' AND organization.state = 'active') AS active
        FROM api_account account JOIN actor ON actor.id = account.id JOIN organization ON organization.id = actor.organization_id
        WHERE account.client_id = ${clientId}`,
  );
  return row && { ...row, credentials: JSON.parse(row.credentials) as Credential[] };
}

/** A key that an account may sign requests with now: in the form of RFC 7638, and under the name that it was registered with. */
export interface SigningKey {
  publicKey: string;
  kid: string | null;
}

export async function readSigningKeys(directory: D1Database, accountId: number, now: number): Promise<SigningKey[]> {
  return readAll<SigningKey>(
    directory,
    sql`SELECT credential.public_key AS publicKey, credential.jwk ->> 'kid' AS kid FROM api_credential credential
        WHERE credential.account_id = ${accountId} AND credential.kind = 'key' AND ${isLive(now)} ORDER BY credential.id`,
  );
}

export interface RefreshTokenRow {
  familyId: string;
  authenticatedBy: "secret" | "key";
  scope: string;
  /** Every access token of the family is bound to a key (RFC 9449). */
  bound: 0 | 1;
  familyExpires: number;
  expires: number;
  revoked: number | null;
  spent: number | null;
}

/** A refresh token with its family; null also for another account's: what is not one's own is unknown. */
export async function readRefreshToken(directory: D1Database, tokenHash: string, accountId: number): Promise<RefreshTokenRow | null> {
  return readFirst<RefreshTokenRow>(
    directory,
    sql`SELECT family.id AS familyId, family.authenticated_by AS authenticatedBy, family.scope, family.bound,
          family.expires AS familyExpires, family.revoked, token.expires, token.spent
        FROM refresh_token token JOIN token_family family ON family.id = token.family_id
        WHERE token.token_hash = ${tokenHash} AND family.account_id = ${accountId}`,
  );
}
