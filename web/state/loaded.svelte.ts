/** Something that is read from the API and read again: the newest question wins, what was shown stays until the answer comes. */
import { asProblem, isCancelled, type ApiProblem } from "../api/problem.ts";

export class Loaded<Value> {
  /** The last answer; null until the first one. */
  value = $state.raw<Value | null>(null);
  /** Why the last question failed; null after one that did not. */
  problem = $state.raw<ApiProblem | null>(null);
  busy = $state(false);
  /** When the value was true, ms since 1970. */
  asOf = $state(0);

  #asking: AbortController | null = null;
  #last: Promise<void> = Promise.resolve();

  /** Never throws: what goes wrong stands in `problem`. */
  load(ask: (signal: AbortSignal) => Promise<Value>): Promise<void> {
    return (this.#last = this.#load(ask));
  }

  /** When nothing is being asked any more: for what must be done with the newest value. */
  async settled(): Promise<void> {
    for (let last = null; last !== this.#last;) await (last = this.#last);
  }

  async #load(ask: (signal: AbortSignal) => Promise<Value>): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.busy = true;
    try {
      const value = await ask(asking.signal);
      if (this.#asking !== asking) return;
      this.value = value;
      this.problem = null;
      this.asOf = Date.now();
    } catch (error) {
      if (this.#asking !== asking || isCancelled(error)) return;
      this.problem = asProblem(error);
    } finally {
      if (this.#asking === asking) this.busy = false;
    }
  }

  /** Forgets everything: for another thing at the same place. */
  clear(): void {
    this.#asking?.abort();
    this.#asking = null;
    this.value = null;
    this.problem = null;
    this.busy = false;
  }
}
