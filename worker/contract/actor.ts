/** Who asks: a person with a session, or a program with an access token; and what is decided about. */
import type { Duty, Profile } from "./roles.ts";
import type { OrganizationKind } from "./topology.ts";
import type { Environment, Family, Status } from "./resource-types.ts";
import type { Zone } from "./topology.ts";
import type { Label } from "./actions.ts";
import type { RequestKind, RequestState } from "./requests.ts";
import type { SecretException } from "./secret-exceptions.ts";

/** One profile on one Cloud, as it is in effect now: suspended, not yet begun and ended memberships are not among an actor's grants. */
export interface Grant {
  cloudId: number;
  cloudName: string;
  profile: Profile;
}

interface ActorBase {
  /** The id of the person or of the API account. */
  id: number;
  name: string;
  organizationId: number;
  organizationName: string;
  organizationKind: OrganizationKind;
  grants: readonly Grant[];
}

export interface PersonActor extends ActorBase {
  kind: "person";
  email: string;
  duties: readonly Duty[];
  /** How many usable security keys are enrolled; without one a privileged profile has no effect beyond reading. */
  securityKeys: number;
  /** The session's public id: what operations name, never the token. */
  session: string;
  /** When the security key was last used in this session, in ms since 1970; null: never. */
  mfaAt: number | null;
}

export interface ApiAccountActor extends ActorBase {
  kind: "api-account";
  clientId: string;
  /** How the token was got: a client secret only reads; the account's own key acts. */
  authenticatedBy: "secret" | "key";
  /** What its secret may do all the same, as it was given; null: nothing. It is in effect until its end. */
  exception: SecretException | null;
}

export type Actor = PersonActor | ApiAccountActor;

export interface ResourceTarget {
  kind: "resource";
  id: number;
  organizationId: number;
  cloudId: number;
  serviceId: number;
  name: string;
  family: Family;
  category: string;
  status: Status;
  environment: Environment;
  zone: Zone | null;
  monitored: boolean;
  /** Counts what people and programs changed; what is signed names it. */
  revision: number;
  /** The label of the operation that is open on it, if any. */
  openOperation: Label | null;
  /** Its action, where it is known. */
  openAction?: number | null;
}

export interface ServiceTarget {
  kind: "service";
  id: number;
  organizationId: number;
  cloudId: number;
  name: string;
  description: string | null;
  /** What a resource created in it gets unless said otherwise. */
  environment: Environment;
  /** True once its deletion was accepted: nothing is created in it or moved into it any more. */
  closing: boolean;
  /** Counts what people and programs changed. Null for what only receives a resource: a new name of the Service voids no signature over that. */
  revision: number | null;
}

/** A Cloud in which something is to be made. */
export interface CloudTarget {
  kind: "cloud";
  id: number;
  organizationId: number;
  cloudId: number;
  name: string;
}

export interface ActionTarget {
  kind: "action";
  id: number;
  organizationId: number;
  cloudId: number;
  label: Label;
  /** Of what it is done to; null: that is no longer there. Taking back an act on PRODUCTION is an act on PRODUCTION. */
  environment: Environment | null;
  /** True until the zone has begun its first step; of a plan, as long as an item has not begun. */
  cancellable: boolean;
  /** Of a plan's item: the plan's action. */
  planId: number | null;
  /** Of a plan: the labels of its items. */
  items: readonly Label[];
}

export interface OrganizationTarget {
  kind: "organization";
  id: number;
}

/** A person or an API account of the actor's own organization. */
export interface MemberTarget {
  kind: "member";
  id: number;
  organizationId: number;
  name: string;
  actorKind: Actor["kind"];
  state: MemberState;
  /** Counts what people changed: profiles, duties, state, credentials. */
  revision: number;
}

export type MemberState = "invited" | "active" | "suspended" | "ended";

/** A Cloud as its organization governs it. */
export interface OwnCloudTarget {
  kind: "own-cloud";
  id: number;
  organizationId: number;
  name: string;
  state: "active" | "suspended" | "ended";
  revision: number;
}

/** An organization as the provider governs it. */
export interface CustomerTarget {
  kind: "customer";
  id: number;
  name: string;
  state: "active" | "suspended" | "ended";
  revision: number;
}

/** What an organization has asked for. */
export interface RequestTarget {
  kind: "request";
  id: number;
  /** Of whoever asks. */
  organizationId: number;
  /** Of what is asked for. */
  name: string;
  requestKind: RequestKind;
  askedBy: number;
  state: RequestState;
  revision: number;
}

/** The person who asks. */
export interface SelfTarget {
  kind: "person";
  id: number;
  organizationId: number;
  name: string;
}

/** Nothing in particular: the answer holds only what the actor may see. */
export interface NoTarget {
  kind: "none";
}

/** For nouns that are kept per Cloud: the best profile on any Cloud decides. */
export interface AnyCloudTarget {
  kind: "any-cloud";
}

export type Target =
  | ResourceTarget
  | ServiceTarget
  | CloudTarget
  | ActionTarget
  | OrganizationTarget
  | MemberTarget
  | RequestTarget
  | OwnCloudTarget
  | CustomerTarget
  | SelfTarget
  | AnyCloudTarget
  | NoTarget;

export function grantOn(actor: Actor, cloudId: number): Grant | null {
  return actor.grants.find((grant) => grant.cloudId === cloudId) ?? null;
}
