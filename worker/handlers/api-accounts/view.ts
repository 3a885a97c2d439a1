/** API accounts as the API tells of them. */
import type { ApiAccountRow, CredentialRow, UseRow } from "../../../db/directory/read/api-accounts.ts";
import { grantsInEffect } from "../../../db/directory/read/actors.ts";
import { exceptionInEffect, type StoredException } from "../../../db/directory/read/secret-exceptions.ts";
import { isPrivilegedAct, labels, rowOf, type Label } from "../../contract/actions.ts";
import { lowestProfile } from "../../contract/decide.ts";
import { exceptable } from "../../contract/secret-exceptions.ts";
import { atLeast, isProfile, type Profile } from "../../contract/roles.ts";
import type { ApiAccount, ApiAccountInFull, ApiCredential } from "../../contract/shapes/api-accounts.ts";

const at = (ms: number) => new Date(ms).toISOString();
const atOrNull = (ms: number | null) => (ms === null ? null : at(ms));

export function credentialOf({ id, kind, name, keyId, created, ends, lastUsed, lastNetwork }: Omit<CredentialRow, "publicKey">): ApiCredential {
  return { id, kind, name, keyId, createdAt: at(created), endsAt: atOrNull(ends), lastUsedAt: atOrNull(lastUsed), lastNetwork };
}

export const credentialsIn = ({ credentials }: ApiAccountRow): CredentialRow[] => JSON.parse(credentials) as CredentialRow[];

type Clouds = ApiAccount["clouds"];

/** @param clouds those on which the account holds something now; on others it could not act */
export function exceptionOf(stored: StoredException | null, giver: string | null, clouds: Clouds): ApiAccount["exception"] {
  if (!stored) return null;
  const { labels, cloudIds, reason, given, givenBy, ends } = stored;
  return {
    // Whatever else stands there has no effect.
    labels: exceptable.filter((label) => labels.includes(label)),
    clouds: clouds.filter((cloud) => cloudIds.includes(cloud.id)).map((cloud) => ({ id: cloud.id, name: cloud.name })),
    reason,
    givenAt: at(given),
    givenBy: { id: givenBy, name: giver ?? "" },
    endsAt: at(ends),
  };
}

/** @param now ms since 1970 */
export function accountOf(row: ApiAccountRow, now: number): ApiAccount {
  const { id, name, clientId, state, created } = row;
  const credentials = credentialsIn(row);
  const clouds = grantsInEffect(row, now).map(({ cloudId, cloudName, profile }) => ({ id: cloudId, name: cloudName, profile }));
  const used = credentials.flatMap(({ lastUsed }) => (lastUsed === null ? [] : [lastUsed]));
  return {
    id,
    name,
    clientId,
    state,
    createdAt: at(created),
    clouds,
    credentials: credentials.map(credentialOf),
    exception: exceptionOf(exceptionInEffect(row.exception, now), row.exceptionBy, clouds),
    lastUsedAt: used.length === 0 ? null : at(Math.max(...used)),
  };
}

/** What it holds beside what it did: the acts that it never did, and the profiles that would have been enough. */
export function accountInFull(row: ApiAccountRow, uses: readonly UseRow[], now: number): ApiAccountInFull {
  const account = accountOf(row, now);
  const usedOn = (cloudId: number) => uses.filter((use) => use.cloudId === cloudId).map(({ label }) => label);
  return {
    ...account,
    used: uses.map(({ cloudId, label, first, last }) => ({ cloudId, label, firstUsedAt: at(first), lastUsedAt: at(last) })),
    unused: account.clouds.map(({ id, profile }) => {
      const used = usedOn(id);
      return { cloudId: id, labels: labels.filter((label) => isGivenBy(profile, label) && !used.includes(label)) };
    }),
    enough: account.clouds.map(({ id }) => ({ cloudId: id, profile: lowestFor(usedOn(id)) })),
  };
}

const isGivenBy = (profile: Profile, label: Label): boolean => {
  const { who } = rowOf(label);
  return isPrivilegedAct(label) && isProfile(who) && atLeast(profile, who);
};

function lowestFor(used: readonly Label[]): Profile {
  return used.reduce<Profile>((enough, label) => {
    const needed = lowestProfile(label) ?? "STD";
    return atLeast(enough, needed) ? enough : needed;
  }, "STD");
}
