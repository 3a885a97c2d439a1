/** What the acts on profiles and duties look at before anybody is asked to sign: whether they can be done, and who gains and loses what by them. */
import { hasAnotherRepresentative } from "../../../db/directory/representatives.ts";
import { readDuties, readProfileOn, type ProfileRow } from "../../../db/directory/read/profiles.ts";
import type { Actor, MemberTarget } from "../../contract/actor.ts";
import { changeOfProfile, labelsOfDuty, raises, type Gains, type Held } from "../../contract/gains.ts";
import { parseId } from "../../contract/ids.ts";
import { duties, type Duty } from "../../contract/roles.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import type { Env } from "../../env.ts";
import { lacksAnother, lacksKindOfOrganization, lacksState, type Missing } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";

export interface ProfilePlan {
  cloud: { id: number; name: string };
  /** Of the person: without one a privileged profile gives only reading. */
  securityKeys: number;
  /** ms since 1970; null: for good. */
  ends: number | null;
  /** Signed with the act. */
  consequences: Gains;
}

/** @throws Problem("state_forbids" | "own_rights" | "invalid_field_value") */
export async function planGift(actor: Actor, target: MemberTarget, body: Inputs["give-profile"]["body"], env: Env): Promise<ProfilePlan> {
  requireHere(target);
  const { cloud, held, securityKeys } = await requireCloud(env, target, body.cloudId, "cloudId");
  if (cloud.state !== "active")
    throw forbids(`${cloud.name} is ${cloud.state}.`, "Choose another Cloud.", {
      ...lacksState(cloud.state, ["active"], { kind: "ask-otherwise", field: "cloudId" }),
      kind: "cloud",
    });
  if (held && isThere(held))
    throw forbids(
      `${target.name} has the profile ${held.profile} on ${cloud.name} already.`,
      "Change that profile instead (change-profile).",
      lacksState(held.profile, ["none"], { kind: "act", label: "end-profile", id: target.id }),
    );
  const ends = requireEnd(body.ends);
  requireNotOwn(actor, target, null, { profile: body.profile, ends });
  return { cloud, securityKeys, ends, consequences: changeOfProfile(null, body.profile) };
}

/** @throws Problem("not_found" | "state_forbids" | "own_rights" | "invalid_field_value") */
export async function planChange(
  actor: Actor,
  target: MemberTarget,
  { options }: Inputs["change-profile"]["body"],
  env: Env,
  params: Record<string, string>,
): Promise<ProfilePlan> {
  requireHere(target);
  const { cloud, held, securityKeys } = await requireHeld(env, target, params);
  const ends = requireEnd(options.ends);
  const effective = held.state === "confirmed" ? held : null;
  requireNotOwn(actor, target, effective, { profile: options.profile, ends });
  return { cloud, securityKeys, ends, consequences: changeOfProfile(held.profile, options.profile) };
}

/** Whoever has one may lose it, whatever has become of them; one's own too. @throws Problem("not_found") */
export async function planEnd(
  _actor: Actor,
  target: MemberTarget,
  _body: Inputs["end-profile"]["body"],
  env: Env,
  params: Record<string, string>,
): Promise<ProfilePlan> {
  const { cloud, held, securityKeys } = await requireHeld(env, target, params);
  return { cloud, securityKeys, ends: null, consequences: changeOfProfile(held.profile, null) };
}

export interface DutyPlan {
  duty: Duty;
  consequences: Gains;
}

/** @throws Problem("state_forbids" | "own_rights") */
export async function planDuty(actor: Actor, target: MemberTarget, { duty }: Inputs["give-duty"]["body"], env: Env): Promise<DutyPlan> {
  requireHere(target);
  if (duty === "service-delivery" && actor.organizationKind !== "group")
    throw forbids(
      `The duty ${duties[duty].name} is for the provider's own people.`,
      "Choose another duty.",
      lacksKindOfOrganization(actor.organizationKind, { kind: "ask-otherwise", field: "duty", oneOf: ["security-representative"] }),
    );
  if ((await readDuties(env.DIRECTORY, target.id)).includes(duty))
    throw forbids(`${target.name} has this duty already.`, "Nothing is left to do.", lacksState(duty, ["none"]));
  if (actor.id === target.id) throw ownRights(actor);
  return { duty, consequences: { gains: labelsOfDuty(duty), loses: [] } };
}

/** @throws Problem("not_found" | "state_forbids") */
export async function planDutyEnd(
  _actor: Actor,
  target: MemberTarget,
  _body: Inputs["end-duty"]["body"],
  env: Env,
  params: Record<string, string>,
): Promise<DutyPlan> {
  const duty = (await readDuties(env.DIRECTORY, target.id)).find((one) => one === params["duty"]);
  if (!duty) throw new Problem("not_found", { detail: `${target.name} has no such duty.` });
  if (duty === "security-representative" && !(await hasAnotherRepresentative(env.DIRECTORY, target.organizationId, target.id)))
    throw lastRepresentative(target);
  return { duty, consequences: { gains: [], loses: labelsOfDuty(duty) } };
}

export function lastRepresentative(target: MemberTarget): Problem {
  return forbids(
    `${target.name} is the last security representative who can act: nobody could decide for the organization.`,
    "Give the duty to somebody else first, who has a security key.",
    lacksState("the last", ["another"], { kind: "act", label: "give-duty", id: null, options: { duty: "security-representative" } }),
  );
}

/** What nobody is any more, nobody is given anything. */
function requireHere({ name, state }: MemberTarget): void {
  if (state === "ended")
    throw forbids(`${name} has left the organization.`, "Ask for a new account.", lacksState(state, ["invited", "active", "suspended"]));
}

/** Nobody raises themselves: not to more, not for longer, not from nothing. Lowering and ending one's own is nobody's loss but one's own. */
function requireNotOwn(actor: Actor, target: MemberTarget, before: Held | null, after: Held): void {
  if (actor.id === target.id && raises(before, after)) throw ownRights(actor);
}

function ownRights(actor: Actor): Problem {
  return new Problem("own_rights", {
    detail: "It would give yourself more than you have, or for longer.",
    change: `Ask another security representative of ${actor.organizationName}.`,
    missing: [lacksAnother("another-security-representative")],
  });
}

/** @throws Problem("invalid_field_value") for what is over already */
function requireEnd(ends: string | undefined): number | null {
  if (ends === undefined) return null;
  const at = Date.parse(ends);
  if (at > Date.now()) return at;
  throw new Problem("invalid_field_value", { field: "ends", detail: "The end is in the past.", change: "Choose a later one, or end the profile." });
}

async function requireHeld(env: Env, target: MemberTarget, params: Record<string, string>) {
  const { cloud, held, securityKeys } = await requireCloud(env, target, parseId(params["cloud"]!) ?? 0);
  if (!held || !isThere(held)) throw new Problem("not_found", { detail: `${target.name} has no profile on ${cloud.name}.` });
  return { cloud, held, securityKeys };
}

const isThere = ({ ends }: ProfileRow) => ends === null || ends > Date.now();

/** Another organization's Cloud and none are answered alike. */
async function requireCloud(env: Env, { id, organizationId }: MemberTarget, cloudId: number, field?: string) {
  const found = await readProfileOn(env.DIRECTORY, { actorId: id, cloudId, organizationId });
  if (found) return found;
  throw new Problem("not_found", {
    ...(field && { field }),
    detail: "The organization has no such Cloud.",
    change: "Choose one of the organization's Clouds.",
  });
}

function forbids(detail: string, change: string, missing: Missing): Problem {
  return new Problem("state_forbids", { detail, change, missing: [missing] });
}
