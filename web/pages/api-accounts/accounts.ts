/** What the pages about API accounts share. */
import type { Label } from "../../../worker/contract/actions.ts";
import { SOON } from "../../../worker/contract/ending.ts";
import type { Profile } from "../../../worker/contract/roles.ts";
import type { Act } from "../../actions/ask.ts";
import type { Answer, Body } from "../../api/client.ts";
import { can } from "../../can.ts";
import { refusalWords } from "../../messages/refusals.ts";
import type { Why } from "../../ui/why.svelte.ts";
import { session } from "../../state/session.svelte.ts";

export type Accounts = Answer<"list-api-accounts">;
export type Account = Accounts["accounts"][number];
export type AccountInFull = Answer<"read-api-account">;
export type Credential = Account["credentials"][number];
export type Given = Body<"create-api-account">["clouds"];

/** Why the person may not; null: they may. */
export function mayNot(label: Label): Why | null {
  const { actor } = session;
  if (!actor) return { reason: label };
  const target = { kind: "organization" as const, id: actor.organizationId };
  return refusalWords(can(label, actor, target), label, actor, target);
}

/** The profiles chosen, Cloud by Cloud; "" is nothing. */
export function given(chosen: Readonly<Record<number, Profile | "">>): Given {
  return Object.entries(chosen).flatMap(([cloudId, profile]) => (profile ? [{ cloudId: Number(cloudId), profile }] : []));
}

export const changeAccount = (account: Account, etag: string | null, options: Body<"update-api-account">["options"]): Act<"update-api-account"> => ({
  label: "update-api-account",
  params: { account: account.id },
  etag,
  body: { options },
  about: { name: account.name },
});

/** Public keys as somebody pastes them: a JWK, or a set. Empty: neither. */
export function readJwks(text: string): Record<string, unknown>[] {
  try {
    const parsed = JSON.parse(text) as { keys?: unknown } | null;
    const keys: unknown[] = Array.isArray(parsed?.keys) ? parsed.keys : [parsed];
    const isKey = (key: unknown): key is Record<string, unknown> => typeof key === "object" && key !== null && "kty" in key;
    return keys.every(isKey) ? keys : [];
  } catch {
    return [];
  }
}

export const endsSoon = ({ endsAt }: Credential): boolean => endsAt !== null && Date.parse(endsAt) - Date.now() < SOON;
