/**
 * What an organization's log holds. An event is written to an outbox in the commit of what it tells; the log chains it. Events hold ids only: the
 * names of people and things stand beside the chain and can be erased without breaking it.
 */
import type { Label } from "./actions.ts";
import type { Json } from "./operation.ts";
import type { ProblemCode } from "./problems.ts";

export interface EventActor {
  kind: "person" | "api-account";
  id: number;
  /** The public id of the session, or the client id. */
  session: string;
}

/** All that an offline verifier needs to check a signature by itself. Binary values are base64url. */
export interface SignatureEvidence {
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
  target: EventTarget;
  operationId: number | null;
  requestId: string;
  changeReference: string | null;
  parameters: Json;
  proof: "none" | "session" | "signature";
  evidence: SignatureEvidence | null;
}

/** A zone has finished an operation. */
export interface ActEnded extends EventBase {
  kind: "act-ended";
  label: Label;
  operationId: number;
  target: EventTarget;
  status: "SUCCESS" | "ERROR";
  message: string | null;
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

export type IdentityEventName = "activated" | "key-enrolled" | "key-locked" | "signed-in" | "sign-in-blocked" | "stepped-up" | "signed-out" | "session-ended" | "token-issued" | "tokens-revoked";

/** Something about a person's or an account's identity. */
export interface IdentityEvent extends EventBase {
  kind: "identity";
  name: IdentityEventName;
  actor: EventActor;
  /** Facts of the event, ids and keys only: for `key-enrolled` the credential id and public key. */
  facts: { readonly [key: string]: Json };
}

export type LogEvent = ActAccepted | ActEnded | ActRefused | IdentityEvent;

/** The body of an outbox row: the event, and the names of the ids in it, which are kept beside the chain. */
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
  /** Which outbox row it came from: what makes a second delivery harmless. */
  source: { database: string; number: number };
  event: LogEvent;
  hash: string;
}
