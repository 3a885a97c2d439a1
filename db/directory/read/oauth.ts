/** What the token server asks of the directory. */
import { sql } from "drizzle-orm";
import { readFirst } from "../../statement.ts";

/** An API account as an OAuth client. */
export interface Client {
  id: number;
  clientId: string;
  name: string;
  organizationId: number;
  /** SHA-256 of the secret, base64url; null: it has none. */
  secretHash: string | null;
  /** A JWK set of public keys, as text; null: it has none. */
  jwks: string | null;
  /** 1 while the account and its organization are active. */
  active: 0 | 1;
}

export async function readClient(directory: D1Database, clientId: string): Promise<Client | null> {
  return readFirst<Client>(
    directory,
    sql`SELECT account.id, account.client_id AS clientId, actor.name, actor.organization_id AS organizationId, account.secret_hash AS secretHash, account.jwks,
          (actor.state = 'active' AND organization.state = 'active') AS active
        FROM api_account account JOIN actor ON actor.id = account.id JOIN organization ON organization.id = actor.organization_id
        WHERE account.client_id = ${clientId}`,
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
