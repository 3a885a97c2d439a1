/** What the specification says that a request is answered with. Reads nothing of the product: a wrong rule there would agree with itself. */
import { additions, proofs, specification, type Duty } from "../policy/specification.ts";

export const profiles = ["STD", "DTM", "OPE", "POW"] as const;
export type Profile = (typeof profiles)[number];

/** How it stands with the person's security key: never had one, has it and did not use it, used it just now, six minutes ago, just now and lost it since. */
export const keys = ["none", "unused", "fresh", "expired", "removed"] as const;
export type Key = (typeof keys)[number];

/** Where the thing stands: on the Cloud of the profile, on one where the same person is Standard, on one where they are nothing, elsewhere, nowhere. */
export const places = ["own Cloud", "a Cloud to read", "another Cloud", "another organization", "absent"] as const;
export type Place = (typeof places)[number];

export type Who =
  | { kind: "nobody" }
  | { kind: "person"; profile: Profile; key: Key; duty?: Duty }
  | { kind: "account"; profile: Profile; uses: "secret" | "excepted secret" | "key" };

export interface Question {
  label: string;
  who: Who;
  place: Place;
  environment: "TEST" | "PRODUCTION";
  dryRun?: boolean;
}

interface Rule {
  who: string;
  proof: "none" | "session" | "signature";
  /** It is about something of one Cloud. */
  ofCloud: boolean;
  /** It is about somebody of one organization. */
  ofOrganization: boolean;
  /** It is about a request: of one's own organization for its representatives, of any for Service Delivery, and for nobody else. */
  ofRequests: boolean;
  /** It is about an organization, which Service Delivery alone knows. */
  ofCustomers: boolean;
  programs?: string | undefined;
}

/** @throws Error for a label about which nothing is written */
export function ruleOf(label: string, asksAbout: boolean): Rule {
  const who = Object.values(specification).flatMap((feature) => (label in feature ? [feature[label]!] : []))[0];
  if (who && proofs[label]) return { who, proof: proofs[label], ofCloud: true, ofOrganization: false, ofRequests: false, ofCustomers: false };
  const addition = additions[label];
  if (!addition)
    throw new Error(`Write who may ${label} and with which proof into test/policy/specification.ts, from the specification, not from the table`);
  const { who: needed, proof = "none", about, programs } = addition;
  const ofWhom = { ofOrganization: about === "people", ofRequests: about === "requests", ofCustomers: about === "customers" };
  return { who: needed, proof, ofCloud: asksAbout && about === undefined, ...ofWhom, programs };
}

export function isDuty(who: string): who is Duty {
  return who === "representative" || who === "service-delivery";
}

/** `passes`, or the status and code of the refusal. */
export function expected(question: Question, asksAbout: boolean): string {
  const { who, place } = question;
  const rule = ruleOf(question.label, asksAbout);
  if (rule.who === "anyone") return "passes";
  if (who.kind === "nobody") return "401 UNAUTHENTICATED";
  const isSeen = place === "own Cloud" || place === "a Cloud to read";
  if (rule.ofCloud && !isSeen) return "404 NOT_FOUND";
  if (rule.programs && who.kind === "account") return rule.programs;
  if (rule.ofCustomers && (who.kind !== "person" || who.duty !== "service-delivery" || place === "absent")) return "404 NOT_FOUND";
  if (rule.ofRequests && !mayKnow(who, place)) return "404 NOT_FOUND";
  if (rule.ofOrganization && place !== "own Cloud") return "404 NOT_FOUND";
  const isWithoutKey = who.kind === "person" && (who.key === "none" || who.key === "removed");
  if (isDuty(rule.who)) {
    if (who.kind === "account" || who.duty !== rule.who) return "403 DUTY_REQUIRED";
    if (rule.proof !== "none" && isWithoutKey) return "403 MFA_NOT_CONFIGURED";
  } else if (rule.who !== "member") {
    const held = place === "a Cloud to read" ? "STD" : who.profile;
    const needed = rule.who === "MNT" ? "DTM" : rule.who;
    if (profiles.indexOf(held) < profiles.indexOf(needed as Profile)) return "403 PROFILE_TOO_LOW";
    if (needed !== "STD" && isWithoutKey) return "403 MFA_NOT_CONFIGURED";
  }
  if (rule.who === "member" && !rule.ofCloud && rule.proof !== "none" && isWithoutKey) return "403 MFA_NOT_CONFIGURED";
  return question.dryRun ? "passes" : proofExpected(question, rule);
}

function mayKnow(who: Who, place: Place): boolean {
  if (who.kind !== "person" || place === "absent") return false;
  return who.duty === "service-delivery" || (who.duty === "representative" && place !== "another organization");
}

function proofExpected({ who, environment, place }: Question, { proof, ofCloud }: Rule): string {
  const needed = proof === "session" && environment === "PRODUCTION" ? "signature" : proof;
  if (needed === "none" || who.kind === "nobody") return "passes";
  if (who.kind === "account") {
    const mayBeExcepted = needed === "session" && ofCloud && place === "own Cloud";
    if (who.uses === "secret" || (who.uses === "excepted secret" && !mayBeExcepted)) return "403 KEY_REQUIRED";
    return needed === "session" ? "passes" : "401 SIGNATURE_REQUIRED";
  }
  if (needed === "signature") return "401 SIGNATURE_REQUIRED";
  return who.key === "fresh" ? "passes" : "401 STEP_UP_REQUIRED";
}
