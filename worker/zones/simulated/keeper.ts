/** Who keeps the things of one kind in a simulated zone, in the zone's own SQLite. Each method is synchronous: all of it happens, or nothing. */
import type { Observed } from "../../contract/observed.ts";
import type { Effect } from "../engine.ts";

export interface Keeper {
  /** Whether a thing does one task at a time: another one is a conflict then. */
  readonly takesTurns: boolean;
  /** True for what is here, and for what is known not to be; otherwise the region's database is asked (`receive`, `forget`). */
  knows(resourceId: number): boolean;
  observe(resourceId: number): Observed | null;
  /** Why the effect cannot be, or null. */
  refusal(effect: Effect): string | null;
  /** How long it takes, in ms at full pace, where that depends on what is there; null or absent: as long as usual. */
  takes?(effect: Effect): number | null;
  /** What an effect takes at once, before it is done. */
  reserve(effect: Effect): void;
  /** The effect itself, at the moment at which it is done; it is counted (`Performed`) with the change. */
  perform(effect: Omit<Effect, "fence"> & { at: number }): void;
  /** Takes it away, as a delete does, or a host that is lost for good. */
  remove(resourceId: number): void;
}
