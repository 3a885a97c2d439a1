/** What a change of somebody's rights gives and takes, as labels of the matrix: whoever signs the change is told before, and signs that too. */
import { labels, rowOf, type Label } from "./actions.ts";
import { atLeast, isProfile, type Duty, type Profile } from "./roles.ts";

/** On one Cloud, or for the organization. Labels in the order of the matrix. */
export type Gains = { readonly gains: Label[]; readonly loses: Label[] };

/** Everything that a profile gives on its Cloud; null: no profile. */
export function labelsOfProfile(profile: Profile | null): Label[] {
  return labels.filter((label) => {
    const { who } = rowOf(label);
    return profile !== null && isProfile(who) && atLeast(profile, who);
  });
}

export function labelsOfDuty(duty: Duty): Label[] {
  return labels.filter((label) => rowOf(label).who === duty);
}

/** From one profile to another; null: none. */
export function changeOfProfile(before: Profile | null, after: Profile | null): Gains {
  return difference(labelsOfProfile(before), labelsOfProfile(after));
}

function difference(before: readonly Label[], after: readonly Label[]): Gains {
  return { gains: after.filter((label) => !before.includes(label)), loses: before.filter((label) => !after.includes(label)) };
}

/** A profile and how long it lasts: ms since 1970; null: for good. */
export interface Held {
  profile: Profile;
  ends: number | null;
}

/** Does the change give more, or for longer? Nobody does that to themselves. */
export function raises(before: Held | null, after: Held): boolean {
  if (!before || !atLeast(before.profile, after.profile)) return true;
  return (after.ends ?? Infinity) > (before.ends ?? Infinity);
}
