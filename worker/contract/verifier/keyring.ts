/** The keys that a chain tells of: which security keys people enrolled, and which keys API accounts registered; since when, and until when. */
import { readId } from "../ids.ts";
import type { AccountKeyFacts, IdentityEvent, KeyFacts, LogEntry } from "../log-entry.ts";
import { fromBase64Url } from "../operation.ts";
import { readCoseKey, type CoseKey } from "./cose.ts";

/** How long an act may have been under way while its key was removed: it was verified before, and says when it was asked for. In ms. */
const UNDER_WAY = 60_000;

interface Enrolled {
  personId: number;
  publicKey: string;
  /** ms since 1970 */
  since: number;
  lockedSince: number;
  removedSince: number;
  /** SHA-256 of the relying party's id, base64url, as its first signature has it: a key belongs to one. */
  relyingParty: string | null;
}

/**
 * Found over the whole chain and judged by time, not by place: the order of the chain is arrival, and an enrolment arrives after acts signed with its key
 * when the directory could not be read for a while.
 */
export class Keyring {
  /** What is wrong with an enrolment, by sequence number. */
  readonly flaws = new Map<number, string>();
  readonly #keys = new Map<string, Enrolled>();
  /** Of accounts, by account and key. */
  readonly #registered = new Map<string, { since: number; until: number }>();
  readonly #imported = new Map<string, Promise<CoseKey>>();

  constructor(entries: readonly LogEntry[]) {
    for (const entry of entries) if (entry?.event?.kind === "identity") this.#read(entry);
  }

  /** The key, or what speaks against its use by this person at this time, as a sentence. @param at ms since 1970 */
  find(credentialId: string, publicKey: string, personId: number, at: number): Enrolled | string {
    const key = this.#keys.get(credentialId);
    if (!key) return "The key that signed was never enrolled.";
    if (key.personId !== personId) return "The key that signed was enrolled by somebody else.";
    if (key.publicKey !== publicKey) return "The public key beside the signature is not the one that was enrolled.";
    if (at < key.since) return "The key signed before it was enrolled.";
    if (at >= key.lockedSince) return "The key was locked before it signed.";
    if (at >= key.removedSince + UNDER_WAY) return "The key was removed before it signed.";
    return key;
  }

  /** What speaks against the use of an account's key at this time, as a sentence; null: nothing. @param at ms since 1970 */
  flawOfAccountKey(accountId: number, publicKey: string, at: number): string | null {
    const key = this.#registered.get(`${accountId} ${publicKey}`);
    if (!key) return "The key that signed was never registered for the account.";
    if (at < key.since) return "The key signed before it was registered.";
    return at >= key.until + UNDER_WAY ? "The key had ended, or was removed, before it signed." : null;
  }

  /** @throws TypeError, SyntaxError, or what WebCrypto throws, for bytes that are no key */
  async import(publicKey: string): Promise<CoseKey> {
    const known = this.#imported.get(publicKey) ?? Promise.resolve(publicKey).then((text) => readCoseKey(fromBase64Url(text)));
    this.#imported.set(publicKey, known);
    return known;
  }

  #read({ sequence, event, organizationId }: LogEntry): void {
    if (event.kind !== "identity") return;
    if (event.actor.kind === "api-account") this.#readAccountKey(sequence, event);
    const { credentialId, publicKey } = (event.facts ?? {}) as Partial<KeyFacts>;
    if (event.name === "key-enrolled") {
      if (typeof credentialId !== "string" || typeof publicKey !== "string") this.flaws.set(sequence, "The enrolment does not say which key.");
      else if (this.#keys.has(credentialId)) this.flaws.set(sequence, "The key was enrolled before.");
      else
        this.#keys.set(credentialId, {
          personId: event.actor.id,
          publicKey,
          since: Date.parse(event.at),
          lockedSince: Infinity,
          removedSince: Infinity,
          relyingParty: null,
        });
    }
    if (event.name === "key-vouched") {
      const flaw = this.#vouched(event, organizationId, credentialId, publicKey);
      if (flaw) this.flaws.set(sequence, flaw);
    }
    const key = typeof credentialId === "string" ? this.#keys.get(credentialId) : undefined;
    if (key && event.name === "key-locked") key.lockedSince = Math.min(key.lockedSince, Date.parse(event.at));
    if (key && event.name === "key-removed") key.removedSince = Math.min(key.removedSince, Date.parse(event.at));
  }

  /** Enrolled in another organization, whose log tells of that: here the provider's word stands for it, at every act, and must not change. */
  #vouched({ actor, at }: IdentityEvent, organizationId: number, credentialId?: string, publicKey?: string): string | null {
    if (readId(actor.id)?.organization === organizationId) return "A key of the organization's own people is enrolled here, not vouched for.";
    if (typeof credentialId !== "string" || typeof publicKey !== "string") return "The provider vouches for a key without saying which.";
    const known = this.#keys.get(credentialId);
    if (known) return known.personId === actor.id && known.publicKey === publicKey ? null : "The key is another one than before.";
    const never = { lockedSince: Infinity, removedSince: Infinity, relyingParty: null };
    this.#keys.set(credentialId, { personId: actor.id, publicKey, since: Date.parse(at), ...never });
    return null;
  }

  #readAccountKey(sequence: number, { name, actor, at, facts }: IdentityEvent): void {
    const { publicKey, ends } = (facts ?? {}) as Partial<AccountKeyFacts>;
    const id = `${actor.id} ${publicKey}`;
    if (name === "account-key-registered") {
      if (typeof publicKey !== "string") this.flaws.set(sequence, "The registration does not say which key.");
      else if (this.#registered.has(id)) this.flaws.set(sequence, "The key was registered before.");
      else this.#registered.set(id, { since: Date.parse(at), until: ends ?? Infinity });
    }
    const key = this.#registered.get(id);
    if (key && name === "account-key-removed") key.until = Math.min(key.until, Date.parse(at));
  }
}
