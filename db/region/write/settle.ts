/** What the end of an operation settles beside its resource: what the act was about. One entry for each family that has such a thing. */
import type { Observed, ObservedRecords } from "../../../worker/contract/observed.ts";
import type { Write } from "../../commit.ts";
import type { OperationRow } from "../read/operations.ts";
import { settleMonitoring } from "./monitoring.ts";
import { settleAliases } from "./aliases.ts";
import { settleBalancer } from "./settle-balancers.ts";
import { settleSnapshot } from "./snapshots.ts";

export type Ended = Pick<OperationRow, "id" | "label" | "parameters" | "resource_id">;

export interface Ending {
  status: "SUCCESS" | "ERROR";
  /** What is really there; null: no such thing; undefined: nothing was observed, for nothing was done. */
  observed: Observed | null | undefined;
  /** What the region's engine has of its names, where that was looked at. */
  records?: ObservedRecords | undefined;
  /** How many steps are done. */
  step: number;
}

/** Writes nothing for acts that are not its own. */
type Settlement = (ended: Ended, ending: Ending, now: number) => Write[];

const settlements: readonly Settlement[] = [settleSnapshot, settleMonitoring, settleAliases, settleBalancer];

export function settle(ended: Ended, ending: Ending, now: number): Write[] {
  return settlements.flatMap((settlement) => settlement(ended, ending, now));
}
