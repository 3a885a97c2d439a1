/** What an entry can be found by, beside its place in the chain. */
import type { ActAccepted, EntryKind, IdentityEvent, IdentityEventName, LogEvent, Outcome } from "../contract/log-entry.ts";

export interface Facets {
  /** ms since 1970 */
  at: number;
  outcome: Outcome;
  label: string | null;
  /** Null for what has ended: `askedAs` leads to who asked for it. */
  actor: number | null;
  askedAs: number | null;
  target: number | null;
  /** Of a creation: in what. */
  within: number | null;
  proof: string | null;
  operation: number | null;
  credential: string | null;
}

export function facetsOf(event: LogEvent): Facets {
  const target = "target" in event ? (event.target?.id ?? null) : null;
  const created = event.kind === "act-accepted" ? (event.created?.id ?? null) : null;
  return {
    at: Date.parse(event.at),
    outcome: outcomeOf(event),
    label: "label" in event ? event.label : event.kind === "identity" ? event.name : null,
    actor: "actor" in event ? event.actor.id : null,
    askedAs: event.kind === "act-ended" ? (event.plan?.operationId ?? event.operationId) : null,
    target: created ?? target,
    within: created === null ? null : target,
    proof: event.kind === "act-accepted" ? event.proof : null,
    operation: event.kind === "act-accepted" || event.kind === "act-ended" ? event.operationId : null,
    credential: credentialOf(event),
  };
}

/** The provider vouches for a key at every act, always the same: only the first time is looked for, and under another name, so that it is one row away. */
export const vouchedFor = (credentialId: string) => `vouched ${credentialId}`;

function credentialOf(event: LogEvent): string | null {
  if (event.kind !== "identity") return null;
  if (event.name === "account-key-registered" || event.name === "account-key-removed") return String(event.facts["publicKey"]);
  const credentialId = event.facts["credentialId"];
  if (typeof credentialId !== "string") return null;
  return event.name === "key-vouched" ? vouchedFor(credentialId) : credentialId;
}

function outcomeOf(event: LogEvent): Outcome {
  switch (event.kind) {
    case "act-accepted":
      return "accepted";
    case "act-refused":
      return "refused";
    case "act-ended":
      return event.status === "SUCCESS" ? "success" : "error";
    case "member-observed":
      return "observed";
    default:
      return event.kind;
  }
}

export const outcomesOfKind: Record<EntryKind, readonly Outcome[]> = {
  "act-accepted": ["accepted"],
  "act-ended": ["success", "error"],
  "act-refused": ["refused"],
  "member-observed": ["observed"],
  identity: ["identity"],
  unreadable: ["unreadable"],
};

/** What shows that somebody is there: being kept out, and being signed out, do not. */
const presence: readonly string[] = ["activated", "signed-in", "stepped-up", "token-issued"] satisfies IdentityEventName[];

export function isUse(event: LogEvent): event is ActAccepted | IdentityEvent {
  return event.kind === "act-accepted" || (event.kind === "identity" && presence.includes(event.name));
}
