/** The whole chain as one document, streamed: what worker/log/verify.ts verifies. */
import type { LogExport } from "../contract/log-entry.ts";
import { readRange } from "./read.ts";
import type { LogStore } from "./store.ts";

const AT_ONCE = 200;

/** The chain up to its head at this moment; it only grows, so what is streamed later is what was there. @param now ms since 1970 */
export function exportStream(store: LogStore, organizationName: string, now: number): ReadableStream<Uint8Array> {
  const at = new Date(now).toISOString();
  const { organizationId, head } = store;
  const names = Object.fromEntries(
    store.sql
      .exec<{ id: string; name: string }>("SELECT id, name FROM name")
      .toArray()
      .map(({ id, name }) => [id, name]),
  );
  const about: Omit<LogExport, "entries"> = {
    format: "itcare-log/1",
    organization: { id: organizationId, name: organizationName },
    exportedAt: at,
    head: { organizationId, ...head, at },
    names,
  };
  const encoder = new TextEncoder();
  let next = 1;
  return new ReadableStream({
    type: "bytes",
    start(controller) {
      controller.enqueue(encoder.encode(`${JSON.stringify(about).slice(0, -1)},"entries":[`));
    },
    pull(controller) {
      if (next > head.sequence) {
        controller.enqueue(encoder.encode("\n]}\n"));
        controller.close();
        return;
      }
      const last = Math.min(next + AT_ONCE - 1, head.sequence);
      const texts = readRange(store, next, last);
      controller.enqueue(encoder.encode(`${next === 1 ? "" : ","}\n${texts.join(",\n")}`));
      next = last + 1;
    },
  });
}
