/** A profile as the API tells it: what it is, and whether it has effect now. */
import type { GivenProfileRow, ProfileRow } from "../../../db/directory/read/profiles.ts";
import { isPrivileged } from "../../contract/roles.ts";
import type { HeldProfile } from "../../contract/shapes/profiles.ts";

export function effectOf({ profile, state, cloudState, begins, ends }: ProfileRow, securityKeys: number, now: number): HeldProfile["effect"] {
  if (ends !== null && ends <= now) return "ended";
  if (cloudState !== "active") return "cloud-closed";
  if (state !== "confirmed") return state;
  if (begins > now) return "not-begun";
  return isPrivileged(profile) && securityKeys === 0 ? "no-key" : "in-effect";
}

export function heldProfileOf(row: GivenProfileRow, securityKeys: number, now: number): HeldProfile {
  const { cloudId, cloudName, profile, begins, ends, reason, givenBy, givenByName } = row;
  return {
    cloudId,
    cloudName,
    profile,
    since: new Date(begins).toISOString(),
    ends: isoOrNull(ends),
    reason,
    givenBy: givenBy === null ? null : { id: givenBy, name: givenByName ?? "" },
    effect: effectOf(row, securityKeys, now),
  };
}

export function isoOrNull(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
