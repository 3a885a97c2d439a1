/** The envelope of lists: a Spring page, exactly, and beside it what ITCare adds. */
import type { Region } from "../contract/topology.ts";

export interface Envelope {
  number: number;
  size: number;
  total: { n: number; exact: boolean };
  more: boolean;
  sorted: boolean;
  nextCursor: string | null;
  missing: readonly Region[];
}

/** @param items each as JSON text */
export function pageResponse(items: readonly string[], { number, size, total, more, sorted, nextCursor, missing }: Envelope): Response {
  const envelope = {
    totalElements: total.n,
    totalPages: Math.ceil(total.n / size),
    number,
    size,
    numberOfElements: items.length,
    first: number === 0,
    last: !more,
    empty: items.length === 0,
    sort: { empty: !sorted, sorted, unsorted: !sorted },
    ...(nextCursor === null ? {} : { nextCursor }),
    ...(total.exact ? {} : { totalIsLowerBound: true }),
    ...(missing.length === 0 ? {} : { partial: true, missingRegions: missing }),
  };
  return new Response(`{"content":[${items.join(",")}],${JSON.stringify(envelope).slice(1)}`, { headers: { "content-type": "application/json" } });
}
