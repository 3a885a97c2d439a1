/**
 * Why can't I? All that is missing for an act, by the decision itself: what it refuses for is taken as given, and it is asked again, until it allows. So
 * every part is needed, and all of them together are enough.
 */
import type { Label } from "./actions.ts";
import type { Actor, Grant, MemberState, Target } from "./actor.ts";
import { decide, decideRight, type ProofGiven, type Refusal } from "./decide.ts";
import { isResourceAct, transitionOf } from "./lifecycle.ts";
import type { Missing } from "./missing.ts";
import { sayChange } from "./missing-words.ts";
import type { Duty, Profile } from "./roles.ts";
import type { Status } from "./resource-types.ts";

interface Facts {
  actor: Actor;
  target: Target;
  given: ProofGiven;
}

/** No act lacks more kinds of things than this. */
const MOST = 8;

/**
 * Empty for what is allowed, and for what is not to be known. @param given `signature: true` where no proof is asked for, as in a dry run
 * @param now ms since 1970
 */
export function explain(label: Label, actor: Actor | null, target: Target | null, given: ProofGiven, now: number): Missing[] {
  const found: Missing[] = [];
  let facts: Facts | null = actor && target && { actor, target, given };
  while (facts && found.length < MOST) {
    const decision = decide(label, facts.actor, facts.target, facts.given, now);
    if (decision.allow || !decision.missing || mayNotKnow(decision, found, facts.target)) break;
    const missing = withMakers(decision.missing, facts);
    found.push(missing);
    facts = afterChange(missing, facts);
  }
  return found;
}

/**
 * Everything that would have to change, as sentences; the proof is asked for in its turn. Undefined: nothing that can be said.
 * @param first what the refusal itself says of the first part
 */
export function changesOf(missing: readonly Missing[], actor: Actor, first?: string): string | undefined {
  const told = missing.filter(({ kind }, index) => index === 0 || kind !== "proof");
  const sentences = told.map((part, index) => (index === 0 && first) || sayChange(part, actor));
  return sentences.filter(Boolean).join(" ") || undefined;
}

/** How colleagues and Clouds stand is for those who govern them, who have the duty. */
function mayNotKnow({ missing }: Refusal, found: readonly Missing[], target: Target): boolean {
  const isGoverned = target.kind === "member" || target.kind === "own-cloud";
  return isGoverned && missing?.kind === "state" && found.some(({ kind }) => kind === "duty");
}

/** Whoever asks does the act that comes first themselves where they may; else the Cloud says whose profile is meant. */
function withMakers(missing: Missing, { actor, target }: Facts): Missing {
  const { change } = missing;
  if (missing.kind !== "state" || change.kind !== "act" || !("cloudId" in target)) return missing;
  if (decideRight(change.label, actor, target).allow) return { ...missing, by: ["self"] };
  const grant = actor.grants.find(({ cloudId }) => cloudId === target.cloudId);
  return grant ? { ...missing, cloud: { id: grant.cloudId, name: grant.cloudName } } : missing;
}

/** How it stands once that has changed; null: it stays as it is. */
function afterChange({ change, cloud, needed = [] }: Missing, facts: Facts): Facts | null {
  const { actor, target } = facts;
  switch (change.kind) {
    case "prove":
      return { ...facts, given: { signature: true } };
    case "authenticate":
      return actor.kind === "api-account" ? { ...facts, actor: { ...actor, authenticatedBy: "key" } } : null;
    case "wait":
      return target.kind === "resource" && target.openOperation
        ? { ...facts, target: { ...target, ...ended(target.openOperation), openOperation: null, openAction: null } }
        : null;
    case "act":
      break;
    default:
      return null;
  }
  switch (change.label) {
    case "give-profile":
    case "change-profile":
    case "update-api-account":
      return { ...facts, actor: { ...actor, grants: withGrant(actor.grants, needed[0] as Profile, cloud) } };
    case "give-duty":
      return actor.kind === "person" ? { ...facts, actor: { ...actor, duties: [...actor.duties, needed[0] as Duty] } } : null;
    case "issue-enrolment":
      return actor.kind === "person" ? { ...facts, actor: { ...actor, securityKeys: 1 } } : null;
    default:
      return { ...facts, target: afterAct(change.label, target) };
  }
}

function withGrant(grants: readonly Grant[], profile: Profile, cloud: Missing["cloud"]): Grant[] {
  const given: Grant = { cloudId: cloud?.id ?? 0, cloudName: cloud?.name ?? "", profile };
  return [...grants.filter(({ cloudId }) => cloudId !== given.cloudId), given];
}

function afterAct(label: Label, target: Target): Target {
  if (target.kind === "resource") return { ...target, ...ended(label), ...(label === "enable-monitoring-instance" && { monitored: true }) };
  const state: MemberState = label.startsWith("resume-") ? "active" : "suspended";
  if (target.kind === "member") return { ...target, state };
  return target.kind === "own-cloud" || target.kind === "customer" ? { ...target, state } : target;
}

/** To which status an act leads; of a plan nobody knows. */
function ended(label: Label): { status?: Status } {
  if (!isResourceAct(label)) return {};
  const { to } = transitionOf(label);
  return to === "same" || to === "gone" ? {} : { status: to };
}
