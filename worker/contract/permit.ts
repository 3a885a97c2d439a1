/** A permit says that the gate let this actor do this act on this target with this proof. Every write demands the permit of its own label. */
import type { actions, Label, Proof } from "./actions.ts";
import type {
  Actor,
  ActionTarget,
  AnyCloudTarget,
  CloudTarget,
  CustomerTarget,
  MemberTarget,
  NoTarget,
  OrganizationTarget,
  OwnCloudTarget,
  RequestTarget,
  ResourceTarget,
  SelfTarget,
  ServiceTarget,
} from "./actor.ts";
import type { ActAccepted, SignatureEvidence } from "./log-entry.ts";

interface TargetByKind {
  none: NoTarget;
  organization: OrganizationTarget;
  "any-cloud": AnyCloudTarget;
  cloud: CloudTarget;
  service: ServiceTarget;
  resource: ResourceTarget;
  action: ActionTarget;
  member: MemberTarget;
  request: RequestTarget;
  "own-cloud": OwnCloudTarget;
  customer: CustomerTarget;
  self: SelfTarget;
}
export type TargetOf<L extends Label> = TargetByKind[(typeof actions)[L]["target"]];

/** The proof that came with the request, already verified. A signature's challenge is still to be spent: the act's commit does it. */
export interface GivenProof {
  kind: Proof;
  /** The hash that was signed: the challenge row that the commit deletes; null when nothing is to be spent. */
  challenge: string | null;
  /** Of a signed request, whose nonce nobody gave out: the commit keeps it as spent until then, in ms since 1970. */
  spentUntil?: number;
  evidence: SignatureEvidence | null;
  /** Nothing was proven: the account's secret is excepted for this act. */
  exception?: ActAccepted["exception"];
}

declare const brand: unique symbol;

export interface Permit<L extends Label> {
  readonly [brand]: L;
  readonly label: L;
  /** For rows that anyone may ask: null when nobody is signed in. */
  readonly actor: (typeof actions)[L]["who"] extends "anyone" ? Actor | null : Actor;
  readonly target: TargetOf<L>;
  readonly proof: GivenProof;
  readonly requestId: string;
  /** Validate, change nothing. */
  readonly dryRun: boolean;
  /** ms since 1970 */
  readonly now: number;
  /** How long the action may take, in ms, when the act said so. */
  readonly deadline?: number;
}

/** What the gate knows when it mints; the brand is added there and nowhere else. */
export type PermitFacts<L extends Label> = Omit<Permit<L>, typeof brand>;
