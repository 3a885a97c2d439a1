/**
 * The one decision: may this actor do this act on this target, with this proof? Pure; the gate, the zone controller at its claim, the console's
 * buttons and the tests all call it. Every refusal names what is missing and the smallest change that would mend it.
 */
import { actions, isWrite, pathOf, proofFor, rowOf, type Label, type Proof } from "./actions.ts";
import { grantOn, type Actor, type ApiAccountActor, type RequestTarget, type Target } from "./actor.ts";
import { unavailability } from "./lifecycle.ts";
import {
  heldFor,
  lacksAnother,
  lacksDuty,
  lacksOwnKey,
  lacksProfile,
  lacksProof,
  lacksSecurityKey,
  lacksStanding,
  lacksState,
  lacksStateOf,
  type Missing,
} from "./missing.ts";
import { sayChange } from "./missing-words.ts";
import type { ProblemCode } from "./problems.ts";
import { exceptable, isExcepted } from "./secret-exceptions.ts";
import { isNotForOneself, standingForbids, type StandingAct } from "./standing.ts";
import { atLeast, duties, isProfile, profileList, roleOf, type Duty, type Profile } from "./roles.ts";

/** How long a security key's use counts for `session` proofs: fixed from its use, never extended. In ms. */
export const STEP_UP_LASTS = 5 * 60_000;

/** What came with the request. `signature` holds for this operation only and counts as the session's MFA too. */
export interface ProofGiven {
  signature: boolean;
}

export interface Refusal {
  allow: false;
  code: ProblemCode;
  /** What was missing, as a sentence. */
  reason: string;
  /** The smallest change that would make the same call work, and who can make it. Absent where saying it would tell a stranger something. */
  change?: string;
  /** The same as a fact, of what is told here alone: `explain` finds what else would be missing. */
  missing?: Missing;
  /** With 401: the proof that the act asks for. */
  proof?: Proof;
}

export type Decision = { allow: true } | Refusal;

const allowed: Decision = { allow: true };

/** May the actor, leaving state and proof aside? What a dry run, a replay and the zone's claim ask. */
export function decideRight(label: Label, actor: Actor | null, target: Target | null): Decision {
  const row = rowOf(label);
  if (row.who === "anyone") return allowed;
  if (!actor) return { allow: false, code: "unauthenticated", reason: "Nobody is signed in.", change: "Sign in, or send a bearer token." };
  if (!target || !isVisible(actor, target)) return { allow: false, code: "not_found", reason: "There is no such thing, or it is not yours to see." };
  if (target.kind === "action" && label === "cancel-action") return decideAll([target.label, ...target.items], actor, target);
  if (target.kind === "request" && isWrite(label)) return decideRequest(label, actor, target);
  if (target.kind === "member" && target.id === actor.id && isNotForOneself(label)) return notOneself();
  if (row.who === "member") return row.target === "self" && row.proof !== "none" ? decideKey(label, actor) : allowed;
  if (!isProfile(row.who)) return decideDuty(label, row.who, actor);
  return decideProfile(label, row.who, actor, target);
}

function notOneself(): Refusal {
  return {
    allow: false,
    code: "another_person_required",
    reason: "Nobody suspends or ends their own account.",
    change: "Another security representative of the organization can.",
    missing: lacksAnother("another-security-representative"),
  };
}

/** Whoever may ask for it takes it back; Service Delivery decides, and nobody on what they asked for themselves. */
function decideRequest(label: Label, actor: Actor, target: RequestTarget): Decision {
  if (label !== "withdraw-request") {
    const duty = decideDuty(label, "service-delivery", actor);
    if (!duty.allow || target.askedBy !== actor.id) return duty;
    return {
      allow: false,
      code: "another_person_required",
      reason: "Nobody decides on what they asked for themselves.",
      change: "Ask another person of Service Delivery to decide.",
      missing: lacksAnother("another-service-delivery"),
    };
  }
  if (target.organizationId === actor.organizationId)
    return decideDuty(label, target.requestKind === "organization" ? "service-delivery" : "security-representative", actor);
  return {
    allow: false,
    code: "duty_required",
    reason: "A request is withdrawn by the security representative of the organization that asked.",
    change: "Refuse it, and say why.",
    missing: lacksAnother("security-representative"),
  };
}

/** A plan is cancelled by who may do all that is in it. */
function decideAll(asked: readonly Label[], actor: Actor, target: Target): Decision {
  for (const label of asked) {
    const decision = decideRight(label, actor, target);
    if (!decision.allow) return decision;
  }
  return allowed;
}

/** The whole decision: right, state, proof. @param now ms since 1970 */
export function decide(label: Label, actor: Actor | null, target: Target | null, given: ProofGiven, now: number): Decision {
  const right = decideRight(label, actor, target);
  if (!right.allow) return right;
  const state = decideState(label, target);
  if (!state.allow) return state;
  return actor ? decideProof(label, actor, target, given, now) : allowed;
}

/** Does the target's state permit the act now? */
export function decideState(label: Label, target: Target | null): Decision {
  if (target?.kind === "action" && label === "cancel-action" && target.planId !== null) {
    return {
      allow: false,
      code: "state_forbids",
      reason: "It is an item of a plan, and a plan is cancelled as a whole.",
      change: `Cancel the plan: the action ${target.planId}.`,
      missing: lacksState("item", ["plan"], { kind: "ask-otherwise", field: "action", oneOf: [String(target.planId)] }),
    };
  }
  if (target?.kind === "action" && label === "cancel-action" && !target.cancellable) {
    return {
      allow: false,
      code: "already_started",
      reason: "Its first step has begun; it can no longer be cancelled.",
      missing: lacksState("started", ["waiting"]),
    };
  }
  if (target?.kind === "service" && target.closing) {
    const missing = lacksState(
      "closing",
      ["open"],
      pathOf(label).includes(":service") ? { kind: "none" } : { kind: "ask-otherwise", field: "serviceId" },
    );
    return { allow: false, code: "state_forbids", reason: `${label} is not available: ${target.name} is being deleted.`, missing };
  }
  if (target?.kind === "request" && isWrite(label) && target.state !== "asked") {
    const missing = lacksState(target.state, ["asked"]);
    return { allow: false, code: "state_forbids", reason: `${label} is not available: the request was ${target.state} already.`, missing };
  }
  if (target?.kind === "member" || target?.kind === "own-cloud" || target?.kind === "customer") {
    const reason = standingForbids(label, target.name, target.state);
    return reason ? { allow: false, code: "state_forbids", reason, missing: lacksStanding(label as StandingAct, target) } : allowed;
  }
  if (target?.kind !== "resource") return allowed;
  const why = unavailability(label, target);
  if (!why) return allowed;
  const missing = lacksStateOf(label, target, why.code === "operation_in_progress");
  return { allow: false, code: why.code, reason: `${label} is not available: ${why.cause}.`, missing };
}

/** Is the proof that the act asks for there? */
export function decideProof(label: Label, actor: Actor, target: Target | null, given: ProofGiven, now: number): Decision {
  const needed = proofFor(label, target && "environment" in target ? target.environment : null);
  if (needed === "none") return allowed;
  if (given.signature) return allowed;
  if (actor.kind === "api-account") return decideAccountProof(label, needed, actor, target, now);
  if (needed === "session" && actor.mfaAt !== null && now - actor.mfaAt < STEP_UP_LASTS) return allowed;
  const reason =
    needed === "signature"
      ? `${label} must be signed with your security key.`
      : `${label} needs your security key, used in this session at most 5 minutes ago.`;
  return { ...refuse(needed === "signature" ? "signature_required" : "step_up_required", reason, lacksProof(needed), actor), proof: needed };
}

/** 401 goes only to a caller that can mend it: an account that has a secret alone cannot sign. */
function decideAccountProof(label: Label, needed: "session" | "signature", actor: ApiAccountActor, target: Target | null, now: number): Decision {
  if (actor.authenticatedBy === "secret") {
    if (needed === "session" && target && "cloudId" in target && isExcepted(actor.exception, label, target.cloudId, now)) return allowed;
    const missing = lacksOwnKey(needed, needed === "session" && exceptable.includes(label));
    return refuse("key_required", `${label} cannot be done with a client secret alone; the secret only reads.`, missing, actor);
  }
  if (needed === "session") return allowed;
  return { ...refuse("signature_required", `${label} must be signed with a key of the account.`, lacksProof(needed), actor), proof: needed };
}

/** A duty's acts that ask for a proof are privileged as a profile's are. */
function decideDuty(label: Label, duty: Duty, actor: Actor): Decision {
  if (holds(actor, duty)) return rowOf(label).proof === "none" ? allowed : decideKey(label, actor);
  return refuse("duty_required", `This is for the organization's ${duties[duty].name}.`, lacksDuty(duty, actor), actor);
}

function decideProfile(label: Label, needed: Profile, actor: Actor, target: Target): Decision {
  const held = heldFor(actor, target);
  if (!held || !atLeast(held.profile, needed)) {
    const where = held ? `on ${held.cloudName}` : "on any Cloud";
    const reason = `${label} needs the profile ${needed} (${roleOf(needed)}); you have ${held?.profile ?? "none"} ${where}.`;
    return refuse("profile_too_low", reason, lacksProfile(needed, held, actor), actor);
  }
  return needed === "STD" ? allowed : decideKey(label, actor);
}

/** A privileged act is closed to a person without a security key, whatever else they hold. */
function decideKey(label: Label, actor: Actor): Decision {
  if (actor.kind !== "person" || actor.securityKeys > 0) return allowed;
  const reason = `${label} is a privileged act: MFA must be configured, and you have no security key enrolled.`;
  return refuse("mfa_not_configured", reason, lacksSecurityKey(actor, holds(actor, "security-representative")), actor);
}

function refuse(code: ProblemCode, reason: string, missing: Missing, actor: Actor): Refusal {
  return { allow: false, code, reason, change: sayChange(missing, actor) ?? undefined, missing };
}

/** What the actor may not know exists is absent. */
function isVisible(actor: Actor, target: Target): boolean {
  if (target.kind === "none" || target.kind === "any-cloud") return true;
  if (target.kind === "organization") return target.id === actor.organizationId;
  if (target.kind === "person") return target.id === actor.id;
  if (target.kind === "member") return target.organizationId === actor.organizationId;
  if (target.kind === "own-cloud") return target.organizationId === actor.organizationId;
  if (target.kind === "customer") return holds(actor, "service-delivery");
  if (target.kind === "request")
    return holds(actor, "service-delivery") || (target.organizationId === actor.organizationId && holds(actor, "security-representative"));
  return target.organizationId === actor.organizationId && grantOn(actor, target.cloudId) !== null;
}

function holds(actor: Actor, duty: Duty): boolean {
  return actor.kind === "person" && actor.duties.includes(duty);
}

/** The acts that share the label's method and path and are told apart by `operation`. */
export function siblings(label: Label): Label[] {
  return (Object.keys(actions) as Label[]).filter((other) => actions[other].on === actions[label].on);
}

/** The lowest profile that holds everything a label asks for, or null for labels that no profile gives. */
export function lowestProfile(label: Label): Profile | null {
  const { who } = rowOf(label);
  return profileList.find((profile) => profile === who) ?? null;
}
