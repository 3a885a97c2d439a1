/** What the review is narrowed to: in the address, and as the API asks for it. */
import { accessNotes, UNUSED_DAYS } from "../../../worker/contract/shapes/access.ts";
import type { Answer } from "../../api/client.ts";
import type { Query } from "../../paths.ts";
import { choice, whole, type StateOf } from "../../url-state.ts";

export type Holder = Answer<"review-access">["content"][number];
export type Holding = Holder["holdings"][number];

export const kinds = ["person", "api-account"] as const;
export const dayChoices = [30, 90, 180, 365] as const;

export const spec = { note: choice(["", ...accessNotes], ""), who: choice(["", ...kinds], ""), days: whole(UNUSED_DAYS, 1) };
export type Shown = StateOf<typeof spec>;

export function askedFor({ note, who, days }: Shown, cloudId: number | null): Query {
  return { note, kind: who, unusedDays: days, cloudId };
}

/** One line for each thing that is held, and one for whoever holds nothing. `first`: who it is stands there. */
export interface Line {
  key: string;
  holder: Holder;
  held: Holding | null;
  first: boolean;
}

export function linesOf(holders: readonly Holder[]): Line[] {
  return holders.flatMap((holder) => {
    const holdings: (Holding | null)[] = holder.holdings.length === 0 ? [null] : holder.holdings;
    return holdings.map((held, index) => ({ key: `${holder.id} ${held?.cloudId ?? held?.duty ?? ""}`, holder, held, first: index === 0 }));
  });
}
