/** Time in which things happen one after the other, and by chance: everything of it comes from one seed. */
import { chance } from "./zone-world.ts";

export class SeededTime {
  readonly history: string[] = [];
  now = 0;
  readonly #random: () => number;
  readonly #events: { at: number; run: () => void }[] = [];

  constructor(seed: number) {
    this.#random = chance(seed);
  }

  chance(part: number): boolean {
    return this.#random() < part;
  }

  between(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low));
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)]!;
  }

  /** The latest first; of the same moment in the order in which they were set. */
  protected at(at: number, run: () => void): void {
    const moment = Math.max(at, this.now);
    const place = this.#events.findLastIndex((event) => event.at > moment);
    this.#events.splice(place + 1, 0, { at: moment, run });
  }

  /** Lets everything happen that was set, and what follows from it. @param check after each */
  protected unfold(check: () => void): void {
    while (this.#events.length > 0) {
      const event = this.#events.pop()!;
      this.now = Math.max(this.now, event.at);
      event.run();
      check();
    }
  }

  protected note(what: string): void {
    this.history.push(`${this.now} ${what}`);
  }
}
