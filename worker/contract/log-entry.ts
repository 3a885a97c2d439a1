/**
 * What an organization's log holds. An event is written to an outbox in the commit of what it tells; the log chains it. Events hold ids only: the
 * names of people and things stand beside the chain and can be erased without breaking it.
 */
import type { Label } from "./actions.ts";
import type { MemberStatus } from "./load-balancers.ts";
import type { Json } from "./operation.ts";
import type { ProblemCode } from "./problems.ts";
import type { Environment } from "./resource-types.ts";

export interface EventActor {
  kind: "person" | "api-account";
  id: number;
  /** The public id of the session, or the client id. */
  session: string;
}

/** All that an offline verifier needs to check a signature by itself. */
export type SignatureEvidence = AssertionEvidence | RequestSignatureEvidence;

/** A person's security key has signed the operation. Binary values are base64url. */
export interface AssertionEvidence {
  kind: "webauthn";
  /** The canonical operation, as signed: RFC 8785 text. Its SHA-256 is the challenge. */
  operation: string;
  credentialId: string;
  /** COSE; the same key stands in the `key-enrolled` event of the person. */
  publicKey: string;
  authenticatorData: string;
  clientData: string;
  signature: string;
}

/** An API account has signed its request (RFC 9421). */
export interface RequestSignatureEvidence {
  kind: "http-signature";
  /** The signature base, as signed: it names the components, the time, the nonce and the key. */
  base: string;
  /** The body as it came, whose digest the base holds; null: there was none. */
  body: string | null;
  /** A public JWK in the form of RFC 7638; the same stands in the account's `account-key-registered`. */
  publicKey: string;
  /** base64url */
  signature: string;
}

interface EventBase {
  /** When it happened: ISO 8601, UTC, milliseconds. */
  at: string;
  /** The Cloud that it concerns; null: the organization as a whole. */
  cloudId: number | null;
}

export interface EventTarget {
  kind: string;
  id: number;
}

/** An act was accepted and committed; if it runs in a zone, `operationId` is its action. */
export interface ActAccepted extends EventBase {
  kind: "act-accepted";
  label: Label;
  actor: EventActor;
  /** The `target` of the canonical operation without its revision: what was signed. */
  target: EventTarget;
  /** What the act brings into being; absent for an act on what exists. */
  created?: EventTarget;
  /** The target's when the act was accepted, null for a target without one: acts on PRODUCTION are signed, and the verifier asks for it. */
  environment: Environment | null;
  operationId: number | null;
  requestId: string;
  changeReference: string | null;
  /** The `parameters` of the canonical operation: whole numbers only, as in all that is chained. */
  parameters: Json;
  proof: "none" | "session" | "signature";
  evidence: SignatureEvidence | null;
  /** Present where a program acted with its secret alone, because it was excepted: by whom, and until when (ISO 8601). `proof` is "none" then. */
  exception?: { givenBy: number; ends: string };
}

/** A zone has finished an operation. */
export interface ActEnded extends EventBase {
  kind: "act-ended";
  label: Label;
  operationId: number;
  target: EventTarget;
  status: "SUCCESS" | "ERROR";
  message: string | null;
  /** Present on an item of a plan: the plan's operation, and its place in it. */
  plan?: { operationId: number; position: number };
  /** Present on a plan: what became of each item, in order. Those that were not begun are told here alone. */
  items?: readonly { operationId: number; status: "SUCCESS" | "ERROR" | "NOT_BEGUN" }[];
}

/** What is observed of members of a load balancer has changed between acts. */
export interface MemberObserved extends EventBase {
  kind: "member-observed";
  /** The balancer. */
  target: EventTarget;
  members: readonly { id: number; port: number; status: MemberStatus }[];
}

/** A privileged act was refused. Equal ones within a minute are one event with a count. */
export interface ActRefused extends EventBase {
  kind: "act-refused";
  label: Label;
  actor: EventActor;
  target: EventTarget | null;
  code: ProblemCode;
  requestId: string;
  count: number;
}

export const identityEventNames = [
  "first-invited",
  "activated",
  "key-enrolled",
  "key-locked",
  "key-removed",
  "key-vouched",
  "profile-ended",
  "recovery-carried-out",
  "password-changed",
  "password-reset-asked",
  "password-reset",
  "signed-in",
  "sign-in-blocked",
  "stepped-up",
  "signed-out",
  "session-ended",
  "account-key-registered",
  "account-key-removed",
  "token-issued",
  "tokens-revoked",
] as const;
export type IdentityEventName = (typeof identityEventNames)[number];

/** Something about a person's or an account's identity. */
export interface IdentityEvent extends EventBase {
  kind: "identity";
  name: IdentityEventName;
  actor: EventActor;
  /** Facts of the event, ids and keys only: `KeyFacts` for `key-enrolled`, at least the credential id for `key-locked` and `key-removed`; for
   * `key-vouched`, which stands before what somebody of another organization signed, `KeyFacts` and that organization's id; `AccountKeyFacts` for an
   * account's keys. */
  facts: { readonly [key: string]: Json };
}

/** What a verifier needs of an enrolled key, and what stands in a signature's evidence too: both base64url, the public key as COSE. */
export interface KeyFacts {
  credentialId: string;
  publicKey: string;
}

/** A key that an account signs with: registered, until it ends or is removed. */
export interface AccountKeyFacts {
  /** A public JWK in the form of RFC 7638. */
  publicKey: string;
  /** ms since 1970; null: it has no end. */
  ends?: number | null;
}

/** An outbox row that is no event which this version can chain. It stands beside the chain as it came; the chain holds its hash, so nothing is lost unseen. */
export interface UnreadableRow extends EventBase {
  kind: "unreadable";
  /** SHA-256 of the row's body, base64url. */
  bodyHash: string;
}

export type LogEvent = ActAccepted | ActEnded | MemberObserved | ActRefused | IdentityEvent | UnreadableRow;

export const entryKinds = [
  "act-accepted",
  "act-ended",
  "act-refused",
  "member-observed",
  "identity",
  "unreadable",
] as const satisfies LogEvent["kind"][];
export type EntryKind = LogEvent["kind"];

/** What became of it: an act is accepted or refused, and what was accepted ends in success or in error; the rest is no act. */
export const outcomes = ["accepted", "refused", "success", "error", "observed", "identity", "unreadable"] as const;
export type Outcome = (typeof outcomes)[number];

/** The body of an outbox row: the event, and the names of the ids in it (decimal id → name), which are kept beside the chain. */
export interface OutboxBody {
  event: LogEvent;
  names: Record<string, string>;
}

/** One entry of the chain. `hash` is SHA-256 over the RFC 8785 text of everything else in the entry, base64url. */
export interface LogEntry {
  organizationId: number;
  /** 1, 2, 3, … without gaps, in the order of arrival. */
  sequence: number;
  /** The hash of the entry before; for the first one 43 times "A" (32 zero bytes). */
  previous: string;
  /** Which outbox row it came from: what makes a second delivery harmless. Refusals are counted by the log itself: `LOG` and the entry's own sequence. */
  source: { database: "DIRECTORY" | "REGION_EB" | "REGION_ET" | "LOG"; number: number };
  event: LogEvent;
  hash: string;
}

export const FIRST_PREVIOUS = "A".repeat(43);

/** The end of a chain at one moment: whoever keeps it can tell later that nothing before it has changed. */
export interface LogHead {
  organizationId: number;
  /** 0: the chain is still empty, and `hash` is what the first entry's `previous` will be. */
  sequence: number;
  hash: string;
  /** When it was read: ISO 8601, UTC. */
  at: string;
}

/** A whole chain, for anybody to verify without asking us anything. Names are beside the chain: editing or erasing them breaks nothing. */
export interface LogExport {
  format: "itcare-log/1";
  organization: { id: number; name: string };
  exportedAt: string;
  head: LogHead;
  names: Record<string, string>;
  entries: LogEntry[];
}
