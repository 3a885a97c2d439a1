/** Lists are read anew as things happen, once it has calmed down for a moment. `$effect(() => follow(read))` */
import { live } from "./live.svelte.ts";

const CALM = 400;

/** @returns how to stop */
export function follow(read: () => void): () => void {
  let soon: ReturnType<typeof setTimeout> | undefined;
  const stop = live.subscribe((event) => {
    if (event.kind === "entry" && event.entry.event.kind !== "act-accepted" && event.entry.event.kind !== "act-ended") return;
    clearTimeout(soon);
    soon = setTimeout(read, CALM);
  });
  return () => {
    stop();
    clearTimeout(soon);
  };
}
