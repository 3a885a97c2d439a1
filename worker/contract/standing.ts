/** How somebody or something stands with the organization, and which acts change that. What is ended stays ended; everything before can be taken back. */
import type { Label } from "./actions.ts";
import type { MemberState } from "./actor.ts";

interface Change {
  /** The states from which the act may be asked. */
  from: readonly MemberState[];
}

export const standingActs = {
  "suspend-person": { from: ["active"] },
  "resume-person": { from: ["suspended"] },
  "end-person": { from: ["invited", "active", "suspended"] },
  "renew-activation": { from: ["invited"] },
  "suspend-api-account": { from: ["active"] },
  "resume-api-account": { from: ["suspended"] },
  "suspend-cloud": { from: ["active"] },
  "resume-cloud": { from: ["suspended"] },
  "end-cloud": { from: ["active", "suspended"] },
  "suspend-organization": { from: ["active"] },
  "resume-organization": { from: ["suspended"] },
  "end-organization": { from: ["active", "suspended"] },
} as const satisfies Partial<Record<Label, Change>>;

export type StandingAct = keyof typeof standingActs;

/** Nobody does these to themselves: whoever does them stays to answer for it. */
export function isNotForOneself(label: Label): boolean {
  return label === "suspend-person" || label === "end-person";
}

/** Why the act is not available, as a sentence; null: it is. */
export function standingForbids(label: Label, name: string, state: MemberState): string | null {
  if (!Object.hasOwn(standingActs, label)) return null;
  const { from }: Change = standingActs[label as StandingAct];
  return from.includes(state) ? null : `${label} is not available: ${name} is ${state}.`;
}
