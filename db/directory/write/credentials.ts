/** The credentials of API accounts: what they prove themselves by, and sign with. */
import { sql } from "drizzle-orm";
import type { Json } from "../../../worker/contract/operation.ts";
import { publicText } from "../../../worker/contract/public-keys.ts";
import type { Write } from "../../commit.ts";
import { appendEvent, type EventSubject } from "./outbox.ts";

const DAY = 24 * 3_600_000;

export type NewCredential = {
  /** Null: the next number there is. */
  id: number | null;
  name: string;
  /** ms since 1970; null: never. */
  ends: number | null;
} & ({ kind: "secret"; secretHash: string } | { kind: "key"; jwk: { readonly [member: string]: unknown } });

/**
 * The row, and for a key what an export of the log is verified by. The organization may allow less than it did when this was asked for: then the row hits
 * nothing.
 */
export function registerCredential(account: EventSubject, { id, name, ends, ...what }: NewCredential, now: number): Write[] {
  const publicKey = what.kind === "key" ? publicText(what.jwk) : null;
  const [secretHash, jwk] = what.kind === "key" ? [null, JSON.stringify(what.jwk)] : [what.secretHash, null];
  const facts: Record<string, Json> = { publicKey, ends };
  return [
    {
      query: sql`INSERT INTO api_credential(id, account_id, kind, name, secret_hash, jwk, public_key, created, ends)
        SELECT ${id}, ${account.id}, ${what.kind}, ${name}, ${secretHash}, ${jwk}, ${publicKey}, ${now}, ${ends} FROM organization
        WHERE id = ${account.organizationId} AND (${ends} IS NULL OR ${ends} <= ${now} + credential_days * ${DAY})`,
      must: "the days that the organization allows",
    },
    ...(publicKey === null ? [] : [appendEvent("account-key-registered", account, facts, now)]),
  ];
}
