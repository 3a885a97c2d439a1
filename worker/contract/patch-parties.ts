/** The periodic patching: which instances are patched together, and when a party was. Security patches and minor updates come once a quarter. */
import type { Environment } from "./resource-types.ts";

export interface PatchParty {
  patchGroup: number;
  /** The day of the last one that it took part in; null: none yet. */
  patchDate: string | null;
  /** The quarter of that one, as 2026-Q3. */
  patchTag: string | null;
  excluded: boolean;
  exclusionReason: string | null;
}

/** What is tested first is patched first: a fault shows before production has it. */
const groups: Record<Environment, number> = { DEVELOPMENT: 1, TEST: 1, QA: 2, PREPRODUCTION: 3, PRODUCTION: 4 };

/** Of something new: it takes part, and was not there for any yet. */
export function newPatchParty(environment: Environment): PatchParty {
  return { patchGroup: groups[environment], patchDate: null, patchTag: null, excluded: false, exclusionReason: null };
}

const DAY = 24 * 60 * 60_000;

/** The day on which a group was patched last: the groups follow each other by a week, from the quarter's second one. @param now ms since 1970 */
export function lastPatched(patchGroup: number, now: number): { patchDate: string; patchTag: string } {
  const today = new Date(now);
  for (let quarter = Math.floor(today.getUTCMonth() / 3); ; quarter--) {
    const begin = Date.UTC(today.getUTCFullYear(), 3 * quarter, 8 + 7 * patchGroup);
    if (begin + DAY > now) continue;
    const day = new Date(begin);
    return { patchDate: day.toISOString().slice(0, 10), patchTag: `${day.getUTCFullYear()}-Q${Math.floor(day.getUTCMonth() / 3) + 1}` };
  }
}
