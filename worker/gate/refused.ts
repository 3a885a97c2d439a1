/** Refusals of privileged acts are recorded in the log of the actor's organization. */
import { isPrivilegedAct, type Label } from "../contract/actions.ts";
import type { Actor, Target } from "../contract/actor.ts";
import type { ExplainedRefusal } from "./explained.ts";
import type { EventTarget } from "../contract/log-entry.ts";
import type { Env } from "../env.ts";
import { sessionOf } from "../../db/act.ts";
import { recordRefusal } from "../log/refusals.ts";
import { problemOf } from "./explained.ts";
import type { Problem } from "./problem.ts";

interface Attempt {
  label: Label;
  actor: Actor | null;
  target: Target | null;
  /** What the request names; not what was found. */
  named: EventTarget | null;
  requestId: string;
  now: number;
}

/** The refusal as the problem to throw, recorded first. A log that does not answer makes no refusal an acceptance, and no refusal a failure. */
export async function recordRefused(env: Env, attempt: Attempt, refusal: ExplainedRefusal): Promise<Problem> {
  const { label, actor, target, named, requestId, now } = attempt;
  const problem = problemOf(refusal);
  if (!actor || !isPrivilegedAct(label)) return problem;
  const recorded = recordRefusal(env, {
    organizationId: actor.organizationId,
    event: {
      kind: "act-refused",
      at: new Date(now).toISOString(),
      cloudId: target && "cloudId" in target && refusal.code !== "not_found" ? target.cloudId : null,
      label,
      actor: { kind: actor.kind, id: actor.id, session: sessionOf(actor) },
      target: named,
      code: refusal.code,
      requestId,
    },
    names: { [actor.id]: actor.name },
  });
  await recorded.catch((error: unknown) => console.error(`${requestId}: the refusal is not recorded:`, error));
  return problem;
}
