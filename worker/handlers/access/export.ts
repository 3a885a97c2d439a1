/** The access review as a file, streamed page by page: a table with one line for each thing that is held, or JSON. */
import type { Holder, Holding } from "../../contract/shapes/access.ts";
import { BYTE_ORDER_MARK, csvRow } from "../../log/csv.ts";
import type { ReviewPage } from "./review.ts";

type Cell = string | number | null;

const columns: Record<string, (holder: Holder, held: Holding | null) => Cell> = {
  kind: ({ kind }) => kind,
  id: ({ id }) => id,
  name: ({ name }) => name,
  address: ({ address }) => address,
  state: ({ state }) => state,
  keys: ({ keys }) => keys,
  lastSignInAt: ({ lastSignInAt }) => lastSignInAt,
  cloudId: (_, held) => held?.cloudId ?? null,
  cloudName: (_, held) => held?.cloudName ?? null,
  profile: (_, held) => held?.profile ?? null,
  duty: (_, held) => held?.duty ?? null,
  since: (_, held) => held?.since ?? null,
  givenById: (_, held) => held?.givenBy?.id ?? null,
  givenByName: (_, held) => held?.givenBy?.name ?? null,
  ends: (_, held) => held?.ends ?? null,
  reason: (_, held) => held?.reason ?? null,
  effect: (_, held) => held?.effect ?? null,
  lastUsedAt: (_, held) => held?.lastUsedAt ?? null,
  used: (_, held) => held?.used.map(({ label, lastUsedAt }) => `${label} ${lastUsedAt}`).join("; ") ?? null,
  notes: (_, held) => held?.notes.join(" ") ?? null,
};

/** Whoever holds nothing has a line, too. */
function linesOf(holder: Holder): string {
  const holdings: (Holding | null)[] = holder.holdings.length === 0 ? [null] : holder.holdings;
  return holdings.map((held) => csvRow(Object.values(columns).map((valueOf) => valueOf(holder, held)))).join("");
}

export interface About {
  organization: { id: number; name: string };
  filters: object;
  /** ms since 1970 */
  now: number;
}

export function exportOf(readPage: (after: string | null) => Promise<ReviewPage>, format: "csv" | "json", { now, ...about }: About): Response {
  const at = new Date(now).toISOString();
  const head = JSON.stringify({ format: "itcare-access/1", madeAt: at, ...about });
  const writer =
    format === "csv"
      ? { head: BYTE_ORDER_MARK + csvRow(Object.keys(columns)), lines: (holders: readonly Holder[]) => holders.map(linesOf).join(""), foot: "" }
      : {
          head: `${head.slice(0, -1)},"holders":[`,
          lines: (holders: readonly Holder[], first: boolean) =>
            holders.map((one, index) => `${first && index === 0 ? "" : ","}\n${JSON.stringify(one)}`).join(""),
          foot: "\n]}\n",
        };
  const encoder = new TextEncoder();
  let after: string | null = null;
  let first = true;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(writer.head));
    },
    async pull(controller) {
      // Whoever pulls waits for something: pages without anything that fits are passed.
      for (;;) {
        const { content, next }: ReviewPage = await readPage(after);
        const text = writer.lines(content, first) + (next === null ? writer.foot : "");
        if (text) controller.enqueue(encoder.encode(text));
        if (next === null) return controller.close();
        first &&= content.length === 0;
        after = next;
        if (text) return;
      }
    },
  });
  const name = `itcare-access-${about.organization.id}-${at.slice(0, 10)}.${format}`;
  const type = format === "csv" ? "text/csv; charset=utf-8" : "application/json";
  return new Response(body, { headers: { "content-type": type, "content-disposition": `attachment; filename="${name}"` } });
}
