/** A refusal with everything that is missing for the act, and what runs on the resource until when: read only now that something is refused. */
import { isWrite, type Label } from "../contract/actions.ts";
import type { Actor, Target } from "../contract/actor.ts";
import type { Refusal } from "../contract/decide.ts";
import { changesOf, explain } from "../contract/explain.ts";
import type { Missing } from "../contract/missing.ts";
import { readDeadline } from "../../db/region/read/operations.ts";
import type { Env } from "../env.ts";
import { databaseOf, readRegion, regionOfId } from "../routing/regions.ts";
import { Problem } from "./problem.ts";

export interface ExplainedRefusal extends Refusal {
  /** Everything that is missing, this first. */
  all?: readonly Missing[];
}

interface Attempt {
  label: Label;
  actor: Actor | null;
  target: Target | null;
  /** No proof is asked for. */
  dryRun: boolean;
  now: number;
}

export async function explained(refusal: Refusal, { label, actor, target, dryRun, now }: Attempt, env: Env): Promise<ExplainedRefusal> {
  if (!actor || !refusal.missing) return refusal;
  const found = explain(label, actor, target, { signature: dryRun || !isWrite(label) }, now);
  const all = await Promise.all(found.map((missing) => withEnd(missing, target, env)));
  return { ...refusal, change: refusal.proof ? refusal.change : changesOf(all, actor, refusal.change), all };
}

export function problemOf(
  { code, reason, change, missing, all = missing ? [missing] : undefined }: ExplainedRefusal,
  headers?: Record<string, string>,
): Problem {
  return new Problem(code, { detail: reason, change, missing: all, headers });
}

/** By when the action has ended for which the act has to wait; a region that does not answer leaves it open. */
async function withEnd(missing: Missing, target: Target | null, env: Env): Promise<Missing> {
  const { change } = missing;
  if (change.kind !== "wait" || change.action === null || target?.kind !== "resource") return missing;
  const { action } = change;
  const deadline = await readRegion(regionOfId(target.id)!, () => readDeadline(databaseOf(env, target.id), action)).catch(() => null);
  return deadline === null ? missing : { ...missing, change: { ...change, until: new Date(deadline).toISOString() } };
}
