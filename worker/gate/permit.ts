/** A permit says that the gate let this actor do this act on this target with this proof. Every write demands the permit of its own label. */
import type { Label, Proof } from "../contract/actions.ts";
import type { Actor, ActionTarget, AnyCloudTarget, NoTarget, OrganizationTarget, ResourceTarget, ServiceTarget } from "../contract/actor.ts";
import { actions } from "../contract/actions.ts";
import type { SignatureEvidence } from "../contract/log-entry.ts";

interface TargetByKind {
  none: NoTarget;
  organization: OrganizationTarget;
  cloud: AnyCloudTarget;
  service: ServiceTarget;
  resource: ResourceTarget;
  action: ActionTarget;
}
export type TargetOf<L extends Label> = TargetByKind[(typeof actions)[L]["target"]];

/** The proof that came with the request, already verified. A signature's challenge is still to be spent: the act's commit does it. */
export interface GivenProof {
  kind: Proof;
  /** The hash that was signed, and the row to delete; null when nothing is to be spent. */
  challenge: string | null;
  evidence: SignatureEvidence | null;
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
}

/** Only the gate mints permits, after `decide`; test/house.test.ts holds that nobody else does. */
export function mintPermit<L extends Label>(permit: Omit<Permit<L>, typeof brand>): Permit<L> {
  return permit as Permit<L>;
}
