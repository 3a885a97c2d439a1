/** Who somebody is and what they may, in one round trip: the `actor` row carries profiles, duties and keys, kept by triggers. */
import { sql } from "drizzle-orm";
import type { Duty, Profile } from "../../../worker/contract/roles.ts";
import type { OrganizationKind } from "../../../worker/contract/topology.ts";
import type { Grant } from "../../../worker/contract/actor.ts";
import { readId } from "../../../worker/contract/ids.ts";
import { readAll, readFirst } from "../../statement.ts";

/** The columns that every reading of an actor has. Only active actors of active organizations are found. */
export interface ActorRow {
  id: number;
  name: string;
  organizationId: number;
  organizationName: string;
  organizationKind: OrganizationKind;
  /** JSON: every membership, in effect or not; see `grantsInEffect`. */
  grants: string;
}

export interface SessionRow extends ActorRow {
  session: string;
  created: number;
  lastSeen: number;
  expires: number;
  mfaAt: number | null;
  superseded: number | null;
  email: string;
  locale: "en" | "fr";
  /** JSON list of duties. */
  duties: string;
  securityKeys: number;
}

export interface AccountRow extends ActorRow {
  clientId: string;
  authenticatedBy: "secret" | "key";
  /** JSON: see `exceptionInEffect`. */
  exception: string | null;
}

interface Membership {
  cloudId: number;
  cloudName: string;
  cloudState: string;
  profile: Profile;
  state: string;
  begins: number;
  ends: number | null;
}

const actorColumns = sql`a.id AS id, a.name AS name, a.grants AS grants, o.id AS organizationId, o.name AS organizationName, o.kind AS organizationKind`;
const sessionColumns = sql`s.id AS session, s.created AS created, s.last_seen AS lastSeen, s.expires AS expires, s.mfa_at AS mfaAt, s.superseded AS superseded,
  p.email AS email, p.locale AS locale, a.duties AS duties, a.security_keys AS securityKeys`;
const ofSession = sql`CROSS JOIN person p ON p.id = s.person_id
  CROSS JOIN actor a ON a.id = s.person_id AND a.state = 'active'
  CROSS JOIN organization o ON o.id = a.organization_id AND o.state = 'active'`;

/** The session that a token belongs to, with its person; expired and superseded ones included, for the caller to judge. Four rows. */
export async function readSessionByToken(directory: D1Database, tokenHash: string): Promise<SessionRow | null> {
  return readFirst(directory, sql`SELECT ${sessionColumns}, ${actorColumns} FROM session s ${ofSession} WHERE s.token_hash = ${tokenHash}`);
}

/** The current tokens' sessions by public id, with their persons. */
export async function readSessionsById(directory: D1Database, ids: readonly string[]): Promise<SessionRow[]> {
  return readAll(
    directory,
    sql`SELECT ${sessionColumns}, ${actorColumns} FROM json_each(${JSON.stringify(ids)}) wanted CROSS JOIN session s INDEXED BY session_id ON s.id = wanted.value ${ofSession}
      WHERE s.superseded IS NULL`,
  );
}

/** The API account of an access token, unless its family of tokens has been revoked. Four rows. */
export async function readAccountByFamily(directory: D1Database, accountId: number, familyId: string): Promise<AccountRow | null> {
  return readFirst(
    directory,
    sql`SELECT ${actorColumns}, x.client_id AS clientId, x.exception AS exception, f.authenticated_by AS authenticatedBy
      FROM token_family f
      CROSS JOIN api_account x ON x.id = f.account_id
      CROSS JOIN actor a ON a.id = f.account_id AND a.state = 'active'
      CROSS JOIN organization o ON o.id = a.organization_id AND o.state = 'active'
      WHERE f.id = ${familyId} AND f.account_id = ${accountId} AND f.revoked IS NULL`,
  );
}

/** What an actor holds at this moment: confirmed, begun, not ended, on a Cloud that is active. */
export function grantsInEffect({ grants, organizationId }: Pick<ActorRow, "grants" | "organizationId">, now: number): Grant[] {
  return (JSON.parse(grants) as Membership[])
    .filter(
      ({ cloudId, state, cloudState, begins, ends }) =>
        // A Cloud's id names its owner: what stands here of another organization's gives nothing, whoever wrote it.
        readId(cloudId)?.organization === organizationId &&
        state === "confirmed" &&
        cloudState === "active" &&
        begins <= now &&
        (ends === null || ends > now),
    )
    .map(({ cloudId, cloudName, profile }) => ({ cloudId, cloudName, profile }));
}

export function dutiesOf(duties: string): Duty[] {
  return JSON.parse(duties) as Duty[];
}

/** The profiles of all memberships, in effect or not: what the person will hold once everything is confirmed. */
export function profilesOf(grants: string): Profile[] {
  return (JSON.parse(grants) as Membership[]).map(({ profile }) => profile);
}
