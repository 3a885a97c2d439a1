/** One entry by itself, with what the log tells of the key that signed it: the same checks as over a whole chain, but for what only the chain can tell. */
import type { LogEntry } from "../log-entry.ts";
import { Keyring } from "./keyring.ts";
import { verifySignature } from "./signature.ts";
import { hashOf } from "./verify.ts";

export interface EntryVerdict {
  /** What is wrong, as a sentence; null: nothing. */
  flaw: string | null;
  /** Whether it carries a signature. */
  signed: boolean;
  /** Where a person signed it; null: a program did, or nobody. */
  origin: string | null;
}

/** @param keyEntries what the log tells of the key, in the order of the chain */
export async function verifyEntry(entry: LogEntry, keyEntries: readonly LogEntry[]): Promise<EntryVerdict> {
  for (const one of [entry, ...keyEntries]) {
    if ((await hashOf(one)) !== one.hash)
      return { flaw: `The entry ${one.sequence} was changed: its hash is not over what stands in it.`, signed: false, origin: null };
  }
  const { event } = entry;
  if (event.kind !== "act-accepted" || !event.evidence) return { flaw: null, signed: false, origin: null };
  const signed = await verifySignature(event, event.evidence, new Keyring(keyEntries));
  return "flaw" in signed ? { flaw: signed.flaw, signed: true, origin: null } : { flaw: null, signed: true, origin: signed.origin };
}
