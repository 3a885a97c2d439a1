/** The credentials of API accounts: what they prove themselves by, and sign with. */
import type { Json } from "../../../worker/contract/operation.ts";
import { publicText } from "../../../worker/contract/public-keys.ts";
import type { Write } from "../../commit.ts";
import { insert } from "../../statement.ts";
import { apiCredential } from "../schema/index.ts";
import { appendEvent, type EventSubject } from "./outbox.ts";

export type NewCredential = {
  /** Null: the next number there is. */
  id: number | null;
  name: string;
  /** ms since 1970; null: never. */
  ends: number | null;
} & ({ kind: "secret"; secretHash: string } | { kind: "key"; jwk: { readonly [member: string]: unknown } });

/** The row, and for a key what an export of the log is verified by. */
export function registerCredential(account: EventSubject, { id, name, ends, ...what }: NewCredential, now: number): Write[] {
  const row = { ...(id !== null && { id }), accountId: account.id, kind: what.kind, name, created: now, ends };
  if (what.kind === "secret") return [{ query: insert(apiCredential, { ...row, secretHash: what.secretHash }) }];
  const publicKey = publicText(what.jwk);
  const facts: Record<string, Json> = { publicKey, ends };
  return [
    { query: insert(apiCredential, { ...row, jwk: JSON.stringify(what.jwk), publicKey }) },
    appendEvent("account-key-registered", account, facts, now),
  ];
}
