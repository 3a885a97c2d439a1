/** How long a product is sold and supported: the phases of the provider's support policy (itcare-product.md, "Support"). */

/** Days, as 2028-06-30. Null: not announced, or there is no such time. */
export interface SupportDates {
  /** From the day after, nothing is created from it any more. */
  endOfSale: string | null;
  /** The publisher's end of life: what comes after is best effort. */
  endOfSupport: string | null;
  /** The last day on which anything is done for it. */
  endOfExtendedSupport: string | null;
}

export const supportPhases = ["STANDARD", "END_OF_SALE", "EXTENDED", "END_OF_SUPPORT"] as const;
export type SupportPhase = (typeof supportPhases)[number];

/** What is owed in a phase. */
const levels = { STANDARD: "FULL", END_OF_SALE: "FULL", EXTENDED: "BEST_EFFORT", END_OF_SUPPORT: "NONE" } as const satisfies Record<
  SupportPhase,
  string
>;
export type SupportLevel = (typeof levels)[SupportPhase];
export const supportLevels = [...new Set(Object.values(levels))] as SupportLevel[];

/** @param now ms since 1970; a day ends at midnight UTC */
export function supportPhaseOf({ endOfSale, endOfSupport, endOfExtendedSupport }: SupportDates, now: number): SupportPhase {
  if (isOver(endOfSupport, now)) return endOfExtendedSupport !== null && !isOver(endOfExtendedSupport, now) ? "EXTENDED" : "END_OF_SUPPORT";
  return isOver(endOfSale, now) ? "END_OF_SALE" : "STANDARD";
}

export function supportLevelOf(phase: SupportPhase): SupportLevel {
  return levels[phase];
}

function isOver(day: string | null, now: number): boolean {
  return day !== null && now >= Date.parse(day) + 24 * 60 * 60_000;
}
