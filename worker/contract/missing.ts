/**
 * What a refusal lacks, as facts: which kind of thing refused, what is needed and held, the smallest change, and who can make it. `decide` says each
 * where it refuses; what a program reads in a problem and what the console says in words is made of these.
 */
import { rowOf, type Label } from "./actions.ts";
import { grantOn, type Actor, type Grant, type MemberState, type ResourceTarget } from "./actor.ts";
import { isResourceAct, transitionOf, transitions, type ResourceAct } from "./lifecycle.ts";
import type { Json } from "./operation.ts";
import type { QuotaName } from "./quotas.ts";
import { atLeast, isProfile, type Duty, type Profile } from "./roles.ts";
import { standingActs, type StandingAct } from "./standing.ts";
import type { OrganizationKind } from "./topology.ts";

/**
 * What refused. `duty`: what is held for the organization; `key`: a security key, or a program's own; `person`: whoever asks, whatever they hold;
 * `organization`: the organization's kind; `name`: one that is taken; `quota`: the Cloud's. A maintenance refuses nothing yet.
 */
export const missingKinds = [
  "profile",
  "duty",
  "cloud",
  "key",
  "proof",
  "state",
  "maintenance",
  "zone",
  "organization",
  "person",
  "name",
  "quota",
] as const;
export type MissingKind = (typeof missingKinds)[number];

/** Who can make a change. A profile: whoever holds it on the Cloud. `person`: the one whom it is about. */
export const makers = [
  "self",
  "security-representative",
  "another-security-representative",
  "service-delivery",
  "another-service-delivery",
  "person",
  "DTM",
  "OPE",
  "POW",
] as const;
export type Maker = (typeof makers)[number];

/**
 * - `act`: an act of the matrix, on what, and with which options.
 * - `wait`: until the action has ended, at the latest at `until`.
 * - `prove`: the same request with the proof. `authenticate`: with a token got by the account's own key.
 * - `ask-otherwise`: another value of the field, one of these where they are known.
 * - `hand-over`: nothing makes it work for whoever asks; those in `by` can do it.
 * - `as-told`: as the problem's `change` says. `none`: nothing does.
 */
export type Change =
  | { kind: "act"; label: Label; id: number | null; options?: Record<string, Json> }
  | { kind: "wait"; label: Label | null; action: number | null; until: string | null }
  | { kind: "prove"; proof: "session" | "signature" }
  | { kind: "authenticate" }
  | { kind: "ask-otherwise"; field: string | null; oneOf?: string[] }
  | { kind: "hand-over" }
  | { kind: "as-told" }
  | { kind: "none" };

export interface Missing {
  kind: MissingKind;
  /** Any one of these would do, in the API's own words. */
  needed?: string[];
  /** What is there instead; null: nothing. */
  held?: string | null;
  /** The Cloud that it is about. */
  cloud?: { id: number; name: string };
  change: Change;
  /** Empty: nobody; time does, or nothing. */
  by: Maker[];
}

export function lacksProfile(needed: Profile, held: Grant | null, actor: Actor): Missing {
  const cloud = held && { id: held.cloudId, name: held.cloudName };
  const wanted = { ...(cloud && { cloudId: cloud.id }), profile: needed };
  const change: Change =
    actor.kind === "api-account"
      ? { kind: "act", label: "update-api-account", id: actor.id, options: { clouds: cloudsWith(actor, wanted) } }
      : { kind: "act", label: held ? "change-profile" : "give-profile", id: actor.id, options: wanted };
  return {
    kind: held ? "profile" : "cloud",
    needed: [needed],
    held: held?.profile ?? null,
    ...(cloud && { cloud }),
    change,
    by: [representativeOf(actor)],
  };
}

/** An account's Clouds are said as a whole. */
function cloudsWith({ grants }: Actor, wanted: { cloudId?: number; profile: Profile }): Json[] {
  const kept = grants.filter(({ cloudId }) => cloudId !== wanted.cloudId).map(({ cloudId, profile }) => ({ cloudId, profile }));
  return [...kept, wanted];
}

/** A customer's people are never given the provider's duty, and a program none: who holds it does it. */
export function lacksDuty(duty: Duty, actor: Actor): Missing {
  if (actor.kind === "api-account") return { kind: "person", needed: [duty], change: { kind: "hand-over" }, by: [duty] };
  if (duty === "service-delivery" && actor.organizationKind !== "group")
    return lacksKindOfOrganization(actor.organizationKind, { kind: "hand-over" }, duty);
  const change: Change = { kind: "act", label: "give-duty", id: actor.id, options: { duty } };
  return { kind: "duty", needed: [duty], held: actor.duties[0] ?? null, change, by: [representativeOf(actor)] };
}

/** What is for the group's own organizations. */
export function lacksKindOfOrganization(held: OrganizationKind, change: Change, by: Maker = "self"): Missing {
  return { kind: "organization", needed: ["group"], held, change, by: [by] };
}

/** Somebody else must. */
export function lacksAnother(by: Maker): Missing {
  return { kind: "person", change: { kind: "hand-over" }, by: [by] };
}

/** Of a representative without keys another one restores them, or, when there is none, two people of Service Delivery. */
export function lacksSecurityKey({ id }: { id: number }, isRepresentative: boolean): Missing {
  const change: Change = { kind: "act", label: "issue-enrolment", id };
  const by: Maker[] = isRepresentative ? ["another-security-representative", "service-delivery"] : ["security-representative"];
  return { kind: "key", needed: ["security-key"], held: null, change, by };
}

/** A token got with a secret reads. @param isExceptable true: the account can also be excepted for a time */
export function lacksOwnKey(proof: "session" | "signature", isExceptable: boolean): Missing {
  const change: Change = proof === "signature" ? { kind: "prove", proof } : { kind: "authenticate" };
  return { kind: "key", needed: isExceptable ? ["key", "exception"] : ["key"], held: "secret", change, by: ["self", "security-representative"] };
}

export function lacksProof(proof: "session" | "signature"): Missing {
  return { kind: "proof", needed: [proof], held: null, change: { kind: "prove", proof }, by: ["self"] };
}

/** @param change absent: nothing mends it */
export function lacksState(
  held: string,
  needed: string[],
  change: Change = { kind: "none" },
  by: Maker[] = change.kind === "none" ? [] : ["self"],
): Missing {
  return { kind: "state", needed, held, change, by };
}

export function lacksZone(held: string, field: string, oneOf: string[]): Missing {
  return { kind: "zone", needed: oneOf, held, change: { kind: "ask-otherwise", field, oneOf }, by: ["self"] };
}

/** The other way is to delete what is no longer needed. */
export function lacksQuota(name: QuotaName, needed: number, limit: number): Missing {
  const change: Change = { kind: "act", label: "set-quotas", id: null, options: { [name]: needed } };
  return { kind: "quota", needed: [String(needed)], held: String(limit), change, by: ["service-delivery"] };
}

/** Why the state of a resource does not permit the act: what runs on it comes before what it is. */
export function lacksStateOf(label: Label, target: ResourceTarget, isBusy: boolean): Missing {
  if (isBusy) return lacksState(target.openOperation!, [], untilItEnds(target), []);
  const { from, monitored } = isResourceAct(label) ? transitionOf(label) : { from: [target.status] };
  if (monitored && from.includes(target.status))
    return lacksState(
      "unmonitored",
      ["monitored"],
      { kind: "act", label: "enable-monitoring-instance", id: target.id },
      holdersOf("enable-monitoring-instance"),
    );
  const way = wayTo(from, target);
  if (way) return lacksState(target.status, [...from], { kind: "act", label: way, id: target.id }, holdersOf(way));
  return lacksState(
    target.status,
    [...from],
    target.status === "PREPARATION" ? { kind: "wait", label: null, action: null, until: null } : { kind: "none" },
    [],
  );
}

/** What is being deleted is not waited for. */
function untilItEnds({ openOperation, openAction }: ResourceTarget): Change {
  if (openOperation && isResourceAct(openOperation) && transitionOf(openOperation).to === "gone") return { kind: "none" };
  return { kind: "wait", label: openOperation, action: openAction ?? null, until: null };
}

/** The act on such a resource that leads from its status to one of these. */
function wayTo(wanted: readonly string[], { status, category }: ResourceTarget): ResourceAct | null {
  const acts = Object.keys(transitions) as ResourceAct[];
  return (
    acts.find((act) => rowOf(act).category === category && transitionOf(act).from.includes(status) && wanted.includes(transitionOf(act).to)) ?? null
  );
}

function holdersOf(label: Label): Maker[] {
  const { who } = rowOf(label);
  return isProfile(who) && who !== "STD" ? [who] : [];
}

/** How somebody or something stands: the act that changes it, and who may do that act. */
export function lacksStanding(label: StandingAct, target: { id: number; state: MemberState }): Missing {
  const needed: string[] = [...standingActs[label].from];
  const noun = label.slice(label.indexOf("-"));
  const way = target.state === "suspended" ? `resume${noun}` : target.state === "active" ? `suspend${noun}` : null;
  const { who } = rowOf(label);
  if (way && way in standingActs && needed.includes(way.startsWith("resume") ? "active" : "suspended"))
    return lacksState(target.state, needed, { kind: "act", label: way as StandingAct, id: target.id }, [who as Duty]);
  if (target.state === "invited") return lacksState(target.state, needed, { kind: "as-told" }, ["person"]);
  return lacksState(target.state, needed);
}

/** Nobody gives themselves anything. */
function representativeOf(actor: Actor): Maker {
  return actor.kind === "person" && actor.duties.includes("security-representative") ? "another-security-representative" : "security-representative";
}

/** The profile that decides: the one on the target's Cloud, or the best anywhere. */
export function heldFor(actor: Actor, target: object): Grant | null {
  if ("cloudId" in target) return grantOn(actor, target.cloudId as number);
  return actor.grants.reduce<Grant | null>((best, grant) => (best && atLeast(best.profile, grant.profile) ? best : grant), null);
}
