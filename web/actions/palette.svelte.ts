/** The command palette's state: open or not, and what the page that is open offers to do. */
import { untrack } from "svelte";
import type { IconName } from "../ui/Icon.svelte";

export interface Command {
  id: string;
  text: string;
  icon: IconName;
  /** Beside the words: the label of an act, where a resource stands. */
  hint?: string;
  /** Why it cannot be done; null or absent: it can. */
  reason?: string | null;
  run(): void;
}

class Palette {
  open = $state(false);
  #offers = $state.raw<readonly (() => readonly Command[])[]>([]);

  /** What can be done on the page that is open. */
  readonly here = $derived(this.#offers.flatMap((offer) => offer()));

  show(): void {
    this.open = true;
  }

  hide(): void {
    this.open = false;
  }

  /** @returns how to take the offer back: `$effect(() => palette.offer(() => …))`. */
  offer(commands: () => readonly Command[]): () => void {
    this.#offers = [...untrack(() => this.#offers), commands];
    return () => {
      this.#offers = untrack(() => this.#offers).filter((other) => other !== commands);
    };
  }
}

export const palette = new Palette();
