/** The chain as a file, streamed: whole for the verifier (worker/contract/verifier/), or what fits some filters, to read and to reckon with. */
import type { LogEntry, LogExport } from "../contract/log-entry.ts";
import type { LogFilter } from "./conditions.ts";
import { csvHead, csvLine } from "./csv.ts";
import { readRange } from "./read.ts";
import type { LogStore } from "./store.ts";

export type ExportFormat = "json" | "ndjson" | "csv";

const AT_ONCE = 200;

/** How a file begins, what it makes of some entries, and how it ends. */
interface Writer {
  head: string;
  lines(texts: readonly string[], first: boolean): string;
  foot: string;
}

/** The chain up to its head at this moment; it only grows, so what is streamed later is what was there. @param now ms since 1970 */
export function exportStream(
  store: LogStore,
  organizationName: string,
  format: ExportFormat,
  filter: LogFilter,
  now: number,
): ReadableStream<Uint8Array> {
  const { head } = store;
  const writer = writerOf(store, organizationName, format, filter, now);
  const encoder = new TextEncoder();
  let next = 1;
  let first = true;
  return new ReadableStream({
    type: "bytes",
    start(controller) {
      controller.enqueue(encoder.encode(writer.head));
    },
    pull(controller) {
      // Whoever pulls waits for something: what fits nothing is passed.
      while (next <= head.sequence) {
        const last = Math.min(next + AT_ONCE - 1, head.sequence);
        const texts = readRange(store, next, last, filter);
        next = last + 1;
        if (texts.length === 0) continue;
        controller.enqueue(encoder.encode(writer.lines(texts, first)));
        first = false;
        return;
      }
      if (writer.foot) controller.enqueue(encoder.encode(writer.foot));
      controller.close();
    },
  });
}

function writerOf(store: LogStore, organizationName: string, format: ExportFormat, filter: LogFilter, now: number): Writer {
  const at = new Date(now).toISOString();
  const { organizationId, head } = store;
  const names = store.allNames();
  if (format === "csv")
    return { head: csvHead, lines: (texts) => texts.map((text) => csvLine(JSON.parse(text) as LogEntry, names)).join(""), foot: "" };
  const about: Omit<LogExport, "entries"> = {
    format: "itcare-log/1",
    organization: { id: organizationId, name: organizationName },
    exportedAt: at,
    head: { organizationId, ...head, at },
    names,
  };
  if (format === "json") {
    return {
      head: `${JSON.stringify(about).slice(0, -1)},"entries":[`,
      lines: (texts, first) => `${first ? "" : ","}\n${texts.join(",\n")}`,
      foot: "\n]}\n",
    };
  }
  // A part says that it is one: the verifier takes it for no whole chain.
  const first = Object.keys(filter).length > 0 ? { ...about, format: "itcare-log-part/1", filter } : about;
  return { head: `${JSON.stringify(first)}\n`, lines: (texts) => `${texts.join("\n")}\n`, foot: "" };
}
