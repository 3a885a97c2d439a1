/** What the acts on recoveries look at before anybody is asked to sign. */
import { hasAnotherRepresentative } from "../../../db/directory/representatives.ts";
import { readRecovery, readRepresentative, type RecoveryRow, type Representative } from "../../../db/directory/read/recoveries.ts";
import { APPROVAL_LASTS } from "../../../db/directory/write/recoveries.ts";
import type { Actor, OrganizationTarget } from "../../contract/actor.ts";
import { parseId } from "../../contract/ids.ts";
import type { Json } from "../../contract/operation.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import type { Env } from "../../env.ts";
import { lacksAnother, lacksState } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";

export interface RecoveryPlan {
  person: Representative;
}

/** @throws Problem("not_found" | "state_forbids" | "own_rights") */
export async function planRecovery(
  actor: Actor,
  _target: OrganizationTarget,
  { personId }: Inputs["ask-recovery"]["body"],
  env: Env,
): Promise<RecoveryPlan> {
  const person = await readRepresentative(env.DIRECTORY, personId);
  if (!person) throw new Problem("not_found", { field: "personId", detail: "This is no active security representative." });
  if (person.id === actor.id) throw own();
  if (await hasAnotherRepresentative(env.DIRECTORY, person.organizationId, person.id)) throw notLast(person);
  return { person };
}

export interface Approval {
  recovery: RecoveryRow;
  signed: Json;
}

/** @throws Problem("not_found" | "state_forbids" | "own_rights") */
export async function planApproval(
  actor: Actor,
  _target: OrganizationTarget,
  _body: Inputs["approve-recovery"]["body"],
  env: Env,
  params: Record<string, string>,
): Promise<Approval> {
  const recovery = await requireRecovery(env, params);
  if (recovery.state !== "asked" || recovery.asked <= Date.now() - APPROVAL_LASTS) throw gone();
  if (recovery.askedBy === actor.id || recovery.personId === actor.id) throw own();
  const { id, personId, organizationId } = recovery;
  return { recovery, signed: { recoveryId: id, personId, organizationId } };
}

/** Another organization's is answered like none. @throws Problem("not_found" | "state_forbids") */
export async function planObjection(
  _actor: Actor,
  target: OrganizationTarget,
  _body: undefined,
  env: Env,
  params: Record<string, string>,
): Promise<Approval> {
  const recovery = await requireRecovery(env, params);
  if (recovery.organizationId !== target.id) throw absent();
  if (recovery.state !== "asked" && recovery.state !== "approved") throw gone();
  const { id, personId, organizationId } = recovery;
  return { recovery, signed: { recoveryId: id, personId, organizationId } };
}

async function requireRecovery(env: Env, params: Record<string, string>): Promise<RecoveryRow> {
  const id = parseId(params["recovery"]!);
  const recovery = id === null ? null : await readRecovery(env.DIRECTORY, id);
  if (!recovery) throw absent();
  return recovery;
}

function absent(): Problem {
  return new Problem("not_found", { detail: "There is no such recovery." });
}

export function gone(): Problem {
  return new Problem("state_forbids", { detail: "It is no longer open.", change: "Ask for a new one.", missing: [lacksState("ended", ["asked"])] });
}

export function notLast({ id, name, organizationName }: Representative): Problem {
  return new Problem("state_forbids", {
    detail: `${name} is not the last security representative of ${organizationName} who can act.`,
    change: `Another security representative of ${organizationName} can issue a new enrolment.`,
    missing: [lacksState("not the last", ["the last"], { kind: "act", label: "issue-enrolment", id }, ["security-representative"])],
  });
}

export function alreadyOpen(name: string): Problem {
  return new Problem("state_forbids", {
    detail: `A recovery of ${name} is open already.`,
    change: "Another person of Service Delivery approves it.",
    missing: [lacksState("asked", ["none"], { kind: "act", label: "approve-recovery", id: null }, ["another-service-delivery"])],
  });
}

function own(): Problem {
  return new Problem("own_rights", {
    detail: "Two other people decide: one asks, another approves.",
    change: "Ask another person of Service Delivery.",
    missing: [lacksAnother("another-service-delivery")],
  });
}
