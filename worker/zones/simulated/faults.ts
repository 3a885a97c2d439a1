/** Faults that a simulated zone was asked to have: each meets the next effects that fit. */
import type { Effect, Verb } from "../engine.ts";

/**
 * - `time-out-after-effect`: the effect begins, the answer is lost.
 * - `duplicate-answer`: the network delivers the request twice.
 * - `reorder`: the request is held back and arrives after the next question has been answered.
 * - `refuse`: the zone will not do it.
 * - `vanish`: the request is lost before it arrives.
 * - `slow`: the effect takes `delay` ms longer.
 */
export type Fault = "time-out-after-effect" | "duplicate-answer" | "reorder" | "refuse" | "vanish" | "slow";

export interface ArrangedFault {
  fault: Fault;
  /** Only for this verb, or only for this resource; absent: for any. */
  verb?: Verb;
  resourceId?: number;
  /** How many effects it meets; 1 unless said otherwise. */
  times?: number;
  /** For `slow`, ms; 3000 unless said otherwise. */
  delay?: number;
}

/** What one effect meets. */
export interface MetFault {
  fault: Fault;
  delay: number;
}

const schema = `
CREATE TABLE IF NOT EXISTS fault(number INTEGER PRIMARY KEY, fault TEXT NOT NULL, verb TEXT, resource INTEGER, times INTEGER NOT NULL, delay INTEGER NOT NULL) STRICT;`;

export class Faults {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(schema);
  }

  arrange({ fault, verb, resourceId, times = 1, delay = 3_000 }: ArrangedFault): void {
    this.#sql.exec(
      "INSERT INTO fault(fault, verb, resource, times, delay) VALUES (?, ?, ?, ?, ?)",
      fault,
      verb ?? null,
      resourceId ?? null,
      times,
      delay,
    );
  }

  /** The fault that the effect meets, one time less from now on; null: none. */
  take({ verb, resourceId }: Effect): MetFault | null {
    const [found] = this.#sql
      .exec<{ number: number; fault: Fault; delay: number }>(
        "SELECT number, fault, delay FROM fault WHERE times > 0 AND coalesce(verb, ?1) = ?1 AND coalesce(resource, ?2) = ?2 ORDER BY number LIMIT 1",
        verb,
        resourceId,
      )
      .toArray();
    if (found) this.#sql.exec("UPDATE fault SET times = times - 1 WHERE number = ?", found.number);
    return found ?? null;
  }
}
