import type { Label } from "../contract/actions.ts";
import type { Permit, PermitFacts } from "../contract/permit.ts";

/** Only the gate mints permits, after `decide`; test/house.test.ts holds that nobody else does. */
export function mintPermit<L extends Label>(facts: PermitFacts<L>): Permit<L> {
  return facts as Permit<L>;
}
