/** One actor for each way of standing before the gate, for the rules that need no database. */
import type { Actor, ApiAccountActor, PersonActor, ResourceTarget, Target } from "../../worker/contract/actor.ts";
import { rowOf, type Label } from "../../worker/contract/actions.ts";
import { makeId } from "../../worker/contract/ids.ts";
import type { Family } from "../../worker/contract/resource-types.ts";
import type { Duty, Profile } from "../../worker/contract/roles.ts";

export const now = Date.UTC(2026, 10, 21, 12);
export const care = makeId({ region: 0, organization: 1, sequence: 10 });
export const research = makeId({ region: 0, organization: 1, sequence: 11 });

function person(sequence: number, name: string, profile: Profile | null, more: Partial<PersonActor> = {}): PersonActor {
  return {
    kind: "person",
    id: makeId({ region: 0, organization: 1, sequence }),
    name,
    email: `${name.toLowerCase()}@asclepia.example`,
    organizationId: 1,
    organizationName: "Asclepia",
    organizationKind: "customer",
    grants: profile ? [{ cloudId: care, cloudName: "Asclepia Care", profile }] : [],
    duties: [],
    securityKeys: 1,
    session: `session-${sequence}`,
    mfaAt: null,
    ...more,
  };
}

function account(sequence: number, profile: Profile, authenticatedBy: "secret" | "key"): ApiAccountActor {
  const { id, organizationId, organizationName, organizationKind, grants } = person(sequence, "account", profile);
  return {
    kind: "api-account",
    id,
    name: `sa-${authenticatedBy}`,
    organizationId,
    organizationName,
    organizationKind,
    grants,
    clientId: `cgdm-sa-${authenticatedBy}`,
    authenticatedBy,
    exception: null,
  };
}

const representative: Duty[] = ["security-representative"];

/** Named as in the company of the first start. */
export const people = {
  nobody: null,
  Stan: person(1, "Stan", "STD"),
  Mona: person(2, "Mona", "DTM"),
  Odile: person(3, "Odile", "OPE"),
  Paul: person(4, "Paul", "POW"),
  Nora: person(5, "Nora", "POW", { securityKeys: 0 }),
  Sybil: person(6, "Sybil", "STD", { duties: representative }),
  Rita: person(7, "Rita", null, { grants: [{ cloudId: research, cloudName: "Asclepia Research", profile: "OPE" }] }),
  Boris: person(8, "Boris", "POW", {
    organizationId: 2,
    organizationName: "Borealis Assurance",
    grants: [{ cloudId: makeId({ region: 0, organization: 2, sequence: 10 }), cloudName: "Borealis", profile: "POW" }],
  }),
  "sa-secret": account(9, "POW", "secret"),
  "sa-key": account(10, "POW", "key"),
} satisfies Record<string, Actor | null>;
export type PersonName = keyof typeof people;
export const personNames = Object.keys(people) as PersonName[];

const familyOfCategory: Record<string, Family> = {
  INSTANCE: "DEBIAN",
  LOAD_BALANCER: "LOAD_BALANCER",
  STORAGE: "OBJECT_STORE",
  CONTAINER: "KUBERNETES",
};

export function resourceOf(label: Label, more: Partial<ResourceTarget> = {}): ResourceTarget {
  const category = rowOf(label).category ?? "INSTANCE";
  return {
    kind: "resource",
    id: makeId({ region: 1, organization: 1, sequence: 42 }),
    organizationId: 1,
    cloudId: care,
    serviceId: makeId({ region: 0, organization: 1, sequence: 20 }),
    name: "asc-web-prd-01",
    family: familyOfCategory[category]!,
    category,
    status: "ACTIVE",
    environment: "TEST",
    zone: "EB-HDS-A",
    monitored: false,
    revision: 1,
    openOperation: null,
    ...more,
  };
}

/** What the row is about, in Asclepia Care; for what is one's own: the one who asks, unless that is a program, which has nothing of the kind. */
export function targetOf(label: Label, actor: Actor | null = people.Odile): Target | null {
  switch (rowOf(label).target) {
    case "none":
      return { kind: "none" };
    case "any-cloud":
      return { kind: "any-cloud" };
    case "cloud":
      return { kind: "cloud", id: care, organizationId: 1, cloudId: care, name: "Asclepia Care" };
    case "self":
      return actor?.kind === "person" ? { kind: "person", id: actor.id, organizationId: actor.organizationId, name: actor.name } : null;
    case "member":
      return { kind: "member", id: people.Rita.id, organizationId: 1, name: "Rita", actorKind: "person", state: "active", revision: 1 };
    case "own-cloud":
      return { kind: "own-cloud", id: care, organizationId: 1, name: "Asclepia Care", state: stateFor(label), revision: 1 };
    case "customer":
      return { kind: "customer", id: 7, name: "Lumen", state: stateFor(label), revision: 1 };
    case "request":
      return {
        kind: "request",
        id: makeId({ region: 0, organization: 1, sequence: 44 }),
        organizationId: 1,
        name: "Nadia Verne",
        requestKind: "person",
        askedBy: people.Sybil.id,
        state: "asked",
        revision: 1,
      };
    case "organization":
      return { kind: "organization", id: 1 };
    case "service":
      return {
        kind: "service",
        id: makeId({ region: 0, organization: 1, sequence: 20 }),
        organizationId: 1,
        cloudId: care,
        name: "Portal",
        description: null,
        environment: "TEST",
        closing: false,
        revision: 1,
      };
    case "action":
      return {
        kind: "action",
        id: makeId({ region: 1, organization: 1, sequence: 43 }),
        organizationId: 1,
        cloudId: care,
        label: "stop-instance",
        environment: "TEST",
        cancellable: true,
        planId: null,
        items: [],
      };
    case "resource":
      return resourceOf(label);
  }
}

/** One from which the act may be asked. */
function stateFor(label: Label): "active" | "suspended" {
  return label.startsWith("resume-") ? "suspended" : "active";
}
