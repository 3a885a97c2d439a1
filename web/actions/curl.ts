/** Every act of the console is a call of the API that anybody may repeat by hand; this writes it down as curl. */
import { methodOf, pathOf, type Label } from "../../worker/contract/actions.ts";
import { fillPattern, queryText, type Query } from "../paths.ts";

export interface EquivalentCall {
  label: Label;
  /** Path parameters by name, as the row's path has them. */
  params?: Readonly<Record<string, string | number>>;
  query?: Query;
  body?: unknown;
  /** The ETag of what is seen, with its quotes: sent as If-Match. */
  etag?: string | null;
}

/** @param origin as the browser has it, without a slash at the end. The token stays a variable of the reader's shell. */
export function curlFor(call: EquivalentCall, origin: string): string {
  const method = methodOf(call.label);
  const lines = [
    `curl ${method === "GET" ? "" : `-X ${method} `}${quoted(`${origin}/itcare${fillPattern(pathOf(call.label), call.params)}${queryText(call.query)}`)}`,
  ];
  lines.push(`-H "Authorization: Bearer $TOKEN"`);
  if (method !== "GET") {
    if (call.etag) lines.push(`-H ${quoted(`If-Match: ${call.etag}`)}`);
    lines.push(`-H "Idempotency-Key: $(uuidgen)"`);
  }
  if (call.body !== undefined) lines.push(`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(call.body))}`);
  return lines.join(" \\\n  ");
}

/** A POSIX shell word, whatever stands in the text. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
