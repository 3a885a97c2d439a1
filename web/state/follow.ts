/** Lists are read anew as things happen, once it has calmed down for a moment. `$effect(() => follow(read))` */
import type { LogEvent } from "../../worker/contract/log-entry.ts";
import { live } from "./live.svelte.ts";

const CALM = 400;
const acts: readonly LogEvent["kind"][] = ["act-accepted", "act-ended"];

/** @param also the further kinds of entries that change what the list shows. @returns how to stop */
export function follow(read: () => void, also: readonly LogEvent["kind"][] = []): () => void {
  let soon: ReturnType<typeof setTimeout> | undefined;
  const stop = live.subscribe((event) => {
    if (event.kind === "entry" && ![...acts, ...also].includes(event.entry.event.kind)) return;
    clearTimeout(soon);
    soon = setTimeout(read, CALM);
  });
  return () => {
    stop();
    clearTimeout(soon);
  };
}
