/** What the token server changes in the directory: families of tokens, their rotation, their end. */
import { sql } from "drizzle-orm";
import type { IdentityEventName } from "../../../worker/contract/log-entry.ts";
import { hashText, type Json } from "../../../worker/contract/operation.ts";
import { commit, type Write } from "../../commit.ts";
import { insert } from "../../statement.ts";
import type { Client, Credential } from "../read/oauth.ts";
import { refreshToken, spentAssertion, spentProof } from "../schema/index.ts";
import { appendEvent } from "./outbox.ts";

/** How a client secret and a refresh token are kept: SHA-256, base64url. Both are 256 random bits, so nothing slower is needed. */
export const hashSecret = hashText;

/** A client assertion to spend: good once until it expires (ms since 1970). */
export interface SpentAssertion {
  jti: string;
  expires: number;
}

/** A proof of possession (RFC 9449) to spend: good once until it expires (ms since 1970). */
export interface SpentProof {
  jkt: string;
  jti: string;
  expires: number;
}

/** A client that has proved who it is, and by which of its credentials. */
export interface ProvenClient extends Client {
  provenBy: "secret" | "key";
  /** Which of its credentials did. */
  credential: Credential;
  /** Where it asked from. */
  network: string;
  assertion: SpentAssertion | null;
  /** That it holds the key to which its tokens are to be bound; absent: they are a bearer's. */
  dpop?: SpentProof | null;
}

export interface NewFamily {
  id: string;
  scope: string;
  expires: number;
}

export interface NewRefreshToken {
  tokenHash: string;
  expires: number;
}

/**
 * Begins a family with its first refresh token.
 * @throws MustHitOne when account or organization is no longer active, or the credential that proved the client has ended or was removed
 * @throws AlreadyThere (`spent_assertion…`, `spent_proof…`) when the assertion or the proof has been used
 */
export async function beginFamily(
  directory: D1Database,
  client: ProvenClient,
  family: NewFamily,
  token: NewRefreshToken,
  now: number,
): Promise<void> {
  await commit(directory, [
    ...spend(client),
    {
      query: sql`INSERT INTO token_family(id, account_id, authenticated_by, scope, created, expires, bound, credential_id)
        SELECT ${family.id}, account.id, ${client.provenBy}, ${family.scope}, ${now}, ${family.expires}, ${Number(Boolean(client.dpop))}, credential.id
        FROM api_credential credential JOIN api_account account ON account.id = credential.account_id JOIN actor ON actor.id = account.id
          JOIN organization ON organization.id = actor.organization_id
        WHERE credential.id = ${client.credential.id} AND account.client_id = ${client.clientId} AND credential.removed IS NULL
          AND (credential.ends IS NULL OR credential.ends > ${now}) AND actor.state = 'active' AND organization.state = 'active'`,
      must: "the client",
    },
    insertRefreshToken(family.id, token),
    noteUse(client, now),
    tell(client, "token-issued", { familyId: family.id, method: client.provenBy }, now),
  ]);
}

/**
 * Spends a refresh token and gives the next one of its family.
 * @throws MustHitOne when the token has been spent or has expired, or its family has ended
 * @throws AlreadyThere (`spent_assertion…`, `spent_proof…`) when the assertion or the proof has been used
 */
export async function rotate(
  directory: D1Database,
  client: ProvenClient,
  familyId: string,
  spentHash: string,
  next: NewRefreshToken,
  now: number,
): Promise<void> {
  await commit(directory, [
    ...spend(client),
    {
      query: sql`UPDATE refresh_token SET spent = ${now} WHERE token_hash = ${spentHash} AND spent IS NULL AND expires > ${now}
        AND EXISTS (SELECT 1 FROM token_family family JOIN actor ON actor.id = family.account_id JOIN organization ON organization.id = actor.organization_id
          WHERE family.id = refresh_token.family_id AND family.revoked IS NULL AND family.expires > ${now} AND actor.state = 'active' AND organization.state = 'active')`,
      must: "the refresh token",
    },
    insertRefreshToken(familyId, next),
    noteUse(client, now),
  ]);
}

/**
 * Ends a family: its refresh tokens are good for nothing, its access tokens are refused from the next request on.
 * @throws MustHitOne when it is not the client's or has been revoked already
 * @throws AlreadyThere (`spent_assertion…`, `spent_proof…`) when the assertion or the proof has been used
 */
export async function revokeFamily(
  directory: D1Database,
  client: ProvenClient,
  familyId: string,
  cause: "asked" | "reuse",
  now: number,
): Promise<void> {
  await commit(directory, [
    ...spend(client),
    {
      query: sql`UPDATE token_family SET revoked = ${now} WHERE id = ${familyId} AND account_id = ${client.id} AND revoked IS NULL`,
      must: "the family",
    },
    tell(client, "tokens-revoked", { familyId, cause }, now),
  ]);
}

/** Spends what proved the client, where nothing else is to be written. @throws AlreadyThere when it has been used */
export async function spendAssertion(directory: D1Database, client: ProvenClient): Promise<void> {
  const writes = spend(client);
  if (writes.length > 0) await commit(directory, writes);
}

/** A request to the API comes with a proof: it is good for this one. @throws AlreadyThere when it has been used */
export async function spendProofOfPossession(directory: D1Database, proof: SpentProof): Promise<void> {
  await commit(directory, [{ query: insert(spentProof, proof) }]);
}

/** Deletes what has expired, some at a time. Spent refresh tokens stay as long as their family: reuse is known by them. */
export async function deleteExpired(directory: D1Database, now: number): Promise<void> {
  const families = sql`SELECT id FROM token_family INDEXED BY token_family_expires WHERE expires <= ${now} ORDER BY expires, id LIMIT 1000`;
  await commit(directory, [
    { query: sql`DELETE FROM refresh_token WHERE family_id IN (${families})` },
    { query: sql`DELETE FROM token_family WHERE id IN (${families})` },
    {
      query: sql`DELETE FROM spent_assertion WHERE (account_id, jti) IN
        (SELECT account_id, jti FROM spent_assertion INDEXED BY spent_assertion_expires WHERE expires <= ${now} LIMIT 1000)`,
    },
    {
      query: sql`DELETE FROM spent_proof WHERE (jkt, jti) IN
        (SELECT jkt, jti FROM spent_proof INDEXED BY spent_proof_expires WHERE expires <= ${now} LIMIT 10000)`,
    },
  ]);
}

const insertRefreshToken = (familyId: string, token: NewRefreshToken): Write => ({
  query: insert(refreshToken, { ...token, familyId }),
});

function spend({ id, assertion, dpop }: ProvenClient): Write[] {
  return [
    ...(assertion ? [{ query: insert(spentAssertion, { accountId: id, ...assertion }) }] : []),
    ...(dpop ? [{ query: insert(spentProof, dpop) }] : []),
  ];
}

/** Last used, and from where. */
const noteUse = ({ credential, network }: ProvenClient, now: number): Write => ({
  query: sql`UPDATE api_credential SET last_used = ${now}, last_network = ${network} WHERE id = ${credential.id}`,
});

function tell({ id, name: called, organizationId, clientId }: Client, name: IdentityEventName, facts: Record<string, Json>, now: number): Write {
  return appendEvent(name, { kind: "api-account", id, name: called, organizationId, session: clientId }, facts, now);
}
