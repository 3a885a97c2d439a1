/** What the explorer is narrowed to: in the address, and as the API asks for it. */
import { actions as rows, isWrite, type Label } from "../../../worker/contract/actions.ts";
import { identityEventNames, outcomes } from "../../../worker/contract/log-entry.ts";
import type { Query } from "../../paths.ts";
import { choice, text, whole, type StateOf } from "../../url-state.ts";

export const acts = (Object.keys(rows) as Label[]).filter(isWrite);
export const proofs = ["none", "session", "signature"] as const;

export const spec = {
  who: whole(0),
  label: choice(["", ...acts, ...identityEventNames], ""),
  outcome: choice(["", ...outcomes], ""),
  proof: choice(["", ...proofs], ""),
  resource: whole(0),
  from: text(),
  to: text(),
  before: whole(0),
  entry: whole(0),
};
export type Shown = StateOf<typeof spec>;

export const noFilters = { who: 0, label: "", outcome: "", proof: "", resource: 0, from: "", to: "" } as const satisfies Partial<Shown>;

export function isFiltered(shown: Shown): boolean {
  return Object.keys(noFilters).some((name) => Boolean(shown[name as keyof typeof noFilters]));
}

/** A day as the reader's clock has it, as the instant at which it begins. */
const dayBegins = (day: string) => (/^\d{4}-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00:00`).toISOString() : null);

export function askedFor({ who, label, outcome, proof, resource, from, to }: Shown, cloudId: number | null): Query {
  return { actorId: who || null, label, outcome, proof, resourceId: resource || null, cloudId, from: dayBegins(from), to: dayBegins(to) };
}
