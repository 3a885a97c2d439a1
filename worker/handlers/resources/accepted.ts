/** What acts share: the 202 with its action, the dry run's answer, and the honest refusal of a lost race. */
import { sql } from "drizzle-orm";
import type { Label } from "../../contract/actions.ts";
import type { Target } from "../../contract/actor.ts";
import { decideState } from "../../contract/decide.ts";
import type { Permit } from "../../contract/permit.ts";
import type { Action } from "../../contract/shapes/common.ts";
import type { Region, Zone } from "../../contract/topology.ts";
import type { Remembered } from "../../../db/act.ts";
import { readMember } from "../../../db/directory/read/members.ts";
import { readOwnCloud } from "../../../db/directory/read/clouds.ts";
import { readCustomer } from "../../../db/directory/read/organizations.ts";
import { readRequestTarget } from "../../../db/directory/read/requests.ts";
import { readFirst } from "../../../db/statement.ts";
import type { Env } from "../../env.ts";
import type { Context, Input } from "../../gate/context.ts";
import { locationOf } from "../../gate/idempotency.ts";
import { staleRevision } from "../../gate/precondition.ts";
import { explained, problemOf } from "../../gate/explained.ts";
import { Problem } from "../../gate/problem.ts";
import { notifyLog } from "../../log/notify.ts";
import { readOwnService, readResourceTarget } from "../../routing/targets.ts";
import { wakeZone } from "../../zones/wake.ts";

/** The fact is committed: the zone and the log are told, and what tells them again exists should the telling get lost. */
export function answerAccepted(action: Action, organizationId: number, place: Zone | Region, { env, waitUntil }: Context): Response {
  waitUntil(Promise.allSettled([wakeZone(env, place), notifyLog(env, organizationId)]));
  return Response.json(action, { status: 202, headers: { location: locationOf(action.id) } });
}

/** A dry run has passed everything but the proof. 202 like the act itself, and nothing has happened; it says what was found, and what would go with the act. */
export function dryRunAnswer(permit: Permit<Label>, found: Record<string, unknown> = {}): Response {
  return Response.json({ label: permit.label, valid: true, ...found }, { status: 202 });
}

export function rememberedBy(input: Pick<Input<Label>, "idempotency">, action: Action): Remembered | null {
  return input.idempotency && { ...input.idempotency, answer: JSON.stringify(action) };
}

/** True while the challenge that the permit's proof answers is still unspent: it has a row; the nonce of a signed request has none. */
export async function isUnspent(permit: Permit<Label>, database: D1Database): Promise<boolean> {
  const { challenge, spentUntil } = permit.proof;
  if (!challenge) return true;
  const row = await readFirst(database, sql`SELECT 1 FROM challenge WHERE hash = ${challenge}`);
  return (row !== null) === (spentUntil === undefined);
}

/**
 * Why a commit hit nothing: the proof was spent before, or the resource is no longer as the permit saw it.
 * @param unchanged why, when the resource is still as the permit saw it
 */
export async function lostRace(
  permit: Permit<Label>,
  env: Env,
  database: D1Database,
  unchanged?: () => Problem | Promise<Problem>,
): Promise<Problem> {
  if (!(await isUnspent(permit, database))) return spent();
  const { target } = permit;
  const current = await readAgain(target, env);
  if (!current) return new Problem("not_found", { detail: "It is no longer there." });
  const state = decideState(permit.label, current);
  if (!state.allow) return problemOf(await explained(state, { ...permit, target: current, dryRun: true }, env));
  if (unchanged && "revision" in target && current.revision === target.revision) return unchanged();
  return staleRevision(current.revision!);
}

async function readAgain(target: Target, env: Env) {
  if (target.kind === "resource") return readResourceTarget(env, target.id);
  if (target.kind === "service") return readOwnService(env, target.id);
  if (target.kind === "own-cloud") return readOwnCloud(env.DIRECTORY, target.id);
  if (target.kind === "customer") return readCustomer(env.DIRECTORY, target.id);
  if (target.kind === "request") return readRequestTarget(env.DIRECTORY, target.id);
  return target.kind === "member" ? readMember(env.DIRECTORY, target.id) : null;
}

export function spent(): Problem {
  return new Problem("proof_rejected", {
    detail: "This signature has been used, or its time is over.",
    change: "Repeat the request without a proof to get a new challenge.",
  });
}
