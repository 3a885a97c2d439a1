/** Hashes a tampered chain anew, as somebody who owns the database would: only signatures and keys can tell then. */
import { createHash } from "node:crypto";
import { FIRST_PREVIOUS, type LogExport } from "../../worker/contract/log-entry.ts";
import { canonicalize, type Json } from "../../worker/contract/operation.ts";

export function rechain(log: LogExport): LogExport {
  let previous = FIRST_PREVIOUS;
  log.entries.forEach((entry, index) => {
    const { hash: _, ...unhashed } = { ...entry, sequence: index + 1, previous };
    previous = createHash("sha256")
      .update(canonicalize(unhashed as unknown as Json))
      .digest("base64url");
    log.entries[index] = { ...unhashed, hash: previous };
  });
  log.head = { ...log.head, sequence: log.entries.length, hash: previous };
  return log;
}
