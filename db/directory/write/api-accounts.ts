/** The acts on API accounts. Whatever they take away is gone at the next request: rights, families and the account's state are read anew at each. */
import { sql } from "drizzle-orm";
import type { Permit } from "../../../worker/contract/permit.ts";
import type { Write } from "../../commit.ts";
import { idList, insert, prepare } from "../../statement.ts";
import type { CredentialRow, GivenProfile } from "../read/api-accounts.ts";
import { actor, apiAccount } from "../schema/index.ts";
import { registerCredential, type NewCredential } from "./credentials.ts";
import { commitGoverned, type GovernedAct } from "./governed.ts";
import { appendEvent, type EventSubject } from "./outbox.ts";

/** @throws MustHitOne when the challenge is spent or a Cloud has ended */
export async function createAccount(
  directory: D1Database,
  permit: Permit<"create-api-account">,
  { id, name, clientId, clouds }: { id: number; name: string; clientId: string; clouds: readonly GivenProfile[] },
  act: GovernedAct,
): Promise<void> {
  const { organizationId } = permit.actor;
  await commitGoverned(directory, permit, act, [
    { query: insert(actor, { id, organizationId, kind: "api-account", name, state: "active", created: permit.now }) },
    { query: insert(apiAccount, { id, clientId }) },
    ...clouds.map((given) => ({ ...giveProfile(permit, id, given), must: "the Cloud" })),
  ]);
}

/** @throws MustHitOne when the challenge is spent or the account has changed since */
export async function updateAccount(
  directory: D1Database,
  permit: Permit<"update-api-account">,
  { name, clouds }: { name?: string | undefined; clouds?: readonly GivenProfile[] | undefined },
  act: GovernedAct,
): Promise<void> {
  const { id } = permit.target;
  await commitGoverned(directory, permit, act, [
    ...(name === undefined ? [] : [{ query: sql`UPDATE actor SET name = ${name} WHERE id = ${id}`, must: "the account" }]),
    ...(clouds === undefined
      ? []
      : [
          { query: sql`DELETE FROM membership WHERE actor_id = ${id} AND cloud_id NOT IN ${idList(clouds.map(({ cloudId }) => cloudId))}` },
          ...clouds.map((given) => giveProfile(permit, id, given)),
        ]),
  ]);
}

/** A profile that is there already stays since when it was given. */
function giveProfile(
  { actor: giver, now }: Permit<"create-api-account" | "update-api-account">,
  accountId: number,
  { cloudId, profile }: GivenProfile,
): Write {
  return {
    query: sql`INSERT INTO membership(actor_id, cloud_id, profile, state, begins, granted_by)
      SELECT ${accountId}, cloud.id, ${profile}, 'confirmed', ${now}, ${giver.id} FROM cloud
      WHERE cloud.id = ${cloudId} AND cloud.organization_id = ${giver.organizationId} AND cloud.state = 'active'
      ON CONFLICT(actor_id, cloud_id) DO UPDATE SET profile = excluded.profile, state = 'confirmed', begins = excluded.begins, ends = NULL, granted_by = excluded.granted_by
      WHERE membership.profile <> excluded.profile OR membership.state <> 'confirmed' OR membership.ends IS NOT NULL`,
  };
}

/**
 * @throws MustHitOne when the challenge is spent, the account has changed since, or the organization allows no credential for so long any more;
 *   AlreadyThere when a key is registered for it already, or was
 */
export async function addCredentials(
  directory: D1Database,
  permit: Permit<"add-api-credential" | "add-api-keys">,
  credentials: readonly NewCredential[],
  clientId: string,
  act: GovernedAct,
): Promise<void> {
  const subject = subjectOf(permit, clientId);
  await commitGoverned(
    directory,
    permit,
    act,
    credentials.flatMap((credential) => registerCredential(subject, credential, permit.now)),
  );
}

/** For what is given from now on. @throws MustHitOne when the challenge is spent */
export async function changeCredentialDays(
  directory: D1Database,
  permit: Permit<"change-credential-days">,
  days: number,
  act: GovernedAct,
): Promise<void> {
  await commitGoverned(directory, permit, act, [
    { query: sql`UPDATE organization SET credential_days = ${days} WHERE id = ${permit.target.id}`, must: "the organization" },
  ]);
}

/**
 * Whoever is suspended is nobody from the next request on. Its families end, so that no token of before comes back with it.
 * @throws MustHitOne when the challenge is spent or the account has changed since
 */
export async function changeAccountStanding(
  directory: D1Database,
  permit: Permit<"suspend-api-account" | "resume-api-account">,
  act: GovernedAct,
): Promise<void> {
  const { target, label, now } = permit;
  const [from, to] = label === "suspend-api-account" ? ["active", "suspended"] : ["suspended", "active"];
  await commitGoverned(directory, permit, act, [
    { query: sql`UPDATE actor SET state = ${to} WHERE id = ${target.id} AND state = ${from}`, must: "the account's standing" },
    {
      query: sql`UPDATE token_family INDEXED BY token_family_credential SET revoked = ${now}
        WHERE credential_id IN (SELECT id FROM api_credential INDEXED BY api_credential_account WHERE account_id = ${target.id}) AND revoked IS NULL`,
    },
  ]);
}

/** Its families of tokens end with it. @throws MustHitOne when the challenge is spent or the account has changed since */
export async function removeCredential(
  directory: D1Database,
  permit: Permit<"remove-api-credential">,
  credential: CredentialRow,
  clientId: string,
  act: GovernedAct,
): Promise<void> {
  await commitGoverned(directory, permit, act, takeAway(permit, credential, clientId));
}

/** @throws MustHitOne when the challenge is spent or the account has changed since */
export async function endAccount(
  directory: D1Database,
  permit: Permit<"end-api-account">,
  credentials: readonly CredentialRow[],
  clientId: string,
  act: GovernedAct,
): Promise<void> {
  await commitGoverned(directory, permit, act, [
    { query: sql`UPDATE actor SET state = 'ended' WHERE id = ${permit.target.id} AND state <> 'ended'`, must: "the account" },
    ...credentials.flatMap((credential) => takeAway(permit, credential, clientId)),
  ]);
}

function takeAway(permit: Permit<"remove-api-credential" | "end-api-account">, { id, publicKey }: CredentialRow, clientId: string): Write[] {
  const { target, now } = permit;
  return [
    {
      query: sql`UPDATE api_credential SET removed = ${now} WHERE id = ${id} AND account_id = ${target.id} AND removed IS NULL`,
      must: "the credential",
    },
    { query: sql`UPDATE token_family INDEXED BY token_family_credential SET revoked = ${now} WHERE credential_id = ${id} AND revoked IS NULL` },
    ...(publicKey === null ? [] : [appendEvent("account-key-removed", subjectOf(permit, clientId), { publicKey }, now)]),
  ];
}

type Label = "add-api-credential" | "add-api-keys" | "remove-api-credential" | "end-api-account";
const subjectOf = ({ target }: Permit<Label>, clientId: string): EventSubject => ({
  kind: "api-account",
  id: target.id,
  name: target.name,
  organizationId: target.organizationId,
  session: clientId,
});

/** Notes that the account has done this; an observation, to the hour. @param cloudId 0: it is of no Cloud */
export async function noteAccountUse(directory: D1Database, accountId: number, cloudId: number, label: string, now: number): Promise<void> {
  await prepare(
    directory,
    sql`INSERT INTO api_use(account_id, cloud_id, label, first, last) VALUES (${accountId}, ${cloudId}, ${label}, ${now}, ${now})
      ON CONFLICT(account_id, cloud_id, label) DO UPDATE SET last = excluded.last WHERE last < excluded.last - 3600000`,
  ).run();
}
