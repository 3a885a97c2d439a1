/**
 * Verifies an export of an organization's log from itself alone: every hash, the chain's links, and every signature down to the enrolment or the registration of
 * its key. Pure, with WebCrypto only: the same in Node, in a browser and in the Worker. What a label asks for is judged by the contract of this version.
 */
import { actions, proofFor } from "../actions.ts";
import { FIRST_PREVIOUS, type ActAccepted, type LogEntry, type LogExport } from "../log-entry.ts";
import { canonicalize, hashText, type Json } from "../operation.ts";
import { Exceptions } from "./exceptions.ts";
import { Keyring } from "./keyring.ts";
import { verifySignature } from "./signature.ts";

/** Kept from an earlier reading of the head, or an earlier export with all its entries. */
export interface EarlierHead {
  organizationId?: number;
  sequence: number;
  hash: string;
  /** The hashes of the entries up to the head, if they were kept too: they tell where a rewriting begins. */
  hashes?: readonly string[];
}

export interface Verdict {
  valid: boolean;
  /** The first sequence number at which something is wrong; null when nothing is, or when the document as a whole is. */
  firstBad: number | null;
  /** What is wrong, as a sentence; null: nothing. */
  reason: string | null;
  entries: number;
  signatures: number;
  /** The origins that the signatures were made on: one, or as many as the console has had. */
  origins: string[];
  /** Whether an earlier head was compared: without one, nobody can tell whether the whole chain was rewritten. */
  comparedWithHead: boolean;
}

/** What is wrong with an entry, or with the document when `sequence` is null. */
class Bad extends Error {
  readonly sequence: number | null;

  constructor(sequence: number | null, reason: string) {
    super(reason);
    this.sequence = sequence;
  }
}

const AT_ONCE = 500;

/** Never throws: what cannot be read is not valid. */
export async function verifyExport(document: unknown, earlier?: EarlierHead): Promise<Verdict> {
  const verdict: Verdict = { valid: false, firstBad: null, reason: null, entries: 0, signatures: 0, origins: [], comparedWithHead: false };
  try {
    const log = readDocument(document);
    await verifyEntries(log, verdict);
    verifyHead(log);
    if (earlier) verifyEarlier(log, earlier);
    return { ...verdict, valid: true, comparedWithHead: earlier !== undefined };
  } catch (error) {
    if (!(error instanceof Bad)) throw error;
    return { ...verdict, firstBad: error.sequence, reason: error.message };
  }
}

function readDocument(document: unknown): LogExport {
  const log = document as LogExport;
  if ((log?.format as string) === "itcare-log-part/1")
    throw new Bad(null, "This is a part of a log, narrowed by filters: only the whole chain can be verified.");
  if (log?.format !== "itcare-log/1") throw new Bad(null, "This is not an export of a log (itcare-log/1).");
  if (!Array.isArray(log.entries) || !log.head || !log.organization)
    throw new Bad(null, "The export lacks its entries, its head or its organization.");
  return log;
}

async function verifyEntries(log: LogExport, verdict: Verdict): Promise<void> {
  const keys = new Keyring(log.entries);
  const exceptions = new Exceptions(log.entries);
  const seen = { sources: new Map<string, number>(), nonces: new Set<string>(), origins: new Set<string>() };
  let previous = FIRST_PREVIOUS;
  for (let first = 0; first < log.entries.length; first += AT_ONCE) {
    const entries = log.entries.slice(first, first + AT_ONCE);
    const hashes = await Promise.all(entries.map(hashOf));
    for (const [index, entry] of entries.entries()) {
      const sequence = first + index + 1;
      const bad = (reason: string) => new Bad(sequence, reason);
      if (entry?.sequence !== sequence)
        throw bad(`Here stands the entry ${entry?.sequence}, not ${sequence}: something is missing, added or in another order.`);
      if (entry.organizationId !== log.organization.id) throw bad("The entry is another organization's.");
      if (hashes[index] !== entry.hash) throw bad("The entry was changed: its hash is not over what stands in it.");
      if (entry.previous !== previous) throw bad("The entry does not follow the one before: the link between them is broken.");
      previous = entry.hash;
      const source = `${entry.source?.database} ${entry.source?.number}`;
      const before = log.entries[(seen.sources.get(source) ?? 0) - 1];
      if (before && sameEvent(before, entry)) throw bad(`The same event was chained before, as ${before.sequence}.`);
      seen.sources.set(source, sequence);
      const flaw =
        keys.flaws.get(sequence) ?? (entry.event.kind === "act-accepted" ? await verifyAct(entry.event, { keys, exceptions }, seen, verdict) : null);
      if (flaw) throw bad(flaw);
      verdict.entries = sequence;
    }
  }
  verdict.origins = [...seen.origins];
}

/** A number comes again with another event when its database was restored to an earlier time. */
function sameEvent(one: LogEntry, other: LogEntry): boolean {
  return canonicalize(one.event as unknown as Json) === canonicalize(other.event as unknown as Json);
}

/** Null for what cannot be hashed. */
export async function hashOf(entry: LogEntry): Promise<string | null> {
  try {
    const { hash: _, ...hashed } = entry;
    return await hashText(canonicalize(hashed as unknown as Json));
  } catch {
    return null;
  }
}

/** @returns what is wrong with an act that was accepted, or null */
async function verifyAct(
  event: ActAccepted,
  { keys, exceptions }: { keys: Keyring; exceptions: Exceptions },
  seen: { nonces: Set<string>; origins: Set<string> },
  verdict: Verdict,
): Promise<string | null> {
  if (!Object.hasOwn(actions, event.label)) return `This verifier does not know the act ${event.label}.`;
  const needed = proofFor(event.label, event.environment);
  if (needed === "signature" && event.proof !== "signature") return `${event.label} must be signed; its proof was "${event.proof}".`;
  if (needed === "session" && event.proof === "none") return exceptions.flawOf(event);
  if (event.proof === "signature" && !event.evidence) return `${event.label} lacks its signature.`;
  if (!event.evidence) return null;
  const signed = await verifySignature(event, event.evidence, keys);
  if ("flaw" in signed) return signed.flaw;
  if (seen.nonces.has(signed.nonce)) return "The signature was used before: its nonce is not new.";
  seen.nonces.add(signed.nonce);
  if (signed.origin !== null) seen.origins.add(signed.origin);
  verdict.signatures += 1;
  return null;
}

function verifyHead({ entries, head, organization }: LogExport): void {
  if (head.organizationId !== organization.id) throw new Bad(null, "The head is another organization's.");
  if (head.sequence > entries.length) throw new Bad(entries.length + 1, `The entries ${entries.length + 1} to ${head.sequence} are missing.`);
  if (head.sequence < entries.length) throw new Bad(head.sequence + 1, `The export's head is ${head.sequence}, and entries follow it.`);
  if (head.hash !== (entries.at(-1)?.hash ?? FIRST_PREVIOUS)) throw new Bad(head.sequence, "The export's head is not the hash of its last entry.");
}

function verifyEarlier({ entries, organization }: LogExport, { organizationId = organization.id, sequence, hash, hashes = [] }: EarlierHead): void {
  if (organizationId !== organization.id) throw new Bad(null, "The earlier head is another organization's.");
  const rewritten = hashes.findIndex((known, index) => index < entries.length && entries[index]!.hash !== known);
  if (rewritten >= 0) throw new Bad(rewritten + 1, "The chain was rewritten: this entry is not the one of the earlier export.");
  if (sequence > entries.length)
    throw new Bad(
      entries.length + 1,
      `The entries ${entries.length + 1} to ${sequence} were there when the earlier head was read; they are missing.`,
    );
  if ((sequence === 0 ? FIRST_PREVIOUS : entries[sequence - 1]!.hash) !== hash) {
    throw new Bad(sequence, `The chain was rewritten: something at or before ${sequence} is not what it was when the earlier head was read.`);
  }
}
