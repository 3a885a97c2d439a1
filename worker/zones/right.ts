/** Asking again, at the claim, whether the actor may still do what was asked: rights may have been withdrawn while it waited. */
import type { OperationRow } from "../../db/region/read/operations.ts";
import type { Label } from "../contract/actions.ts";
import type { ActionTarget } from "../contract/actor.ts";
import { decideRight } from "../contract/decide.ts";
import type { Env } from "../env.ts";
import { readActorById } from "../identity/actor-by-id.ts";

export type Right = { may: true } | { may: false; code: string; reason: string };

/** How long the directory may take, in ms. */
const PATIENCE = 5_000;

/** @throws when the directory does not answer: nothing is known then, and nothing may be done */
export async function askAgain(env: Env, operation: OperationRow, now: number): Promise<Right> {
  if (operation.actor_kind === "schedule") return { may: true };
  const actor = await patiently(readActorById(env, operation.actor_kind, operation.actor_id, now));
  if (!actor) return { may: false, code: "actor_inactive", reason: `${operation.actor_name} is no longer active.` };
  // The right hangs on the Cloud, and a resource stays in its Cloud: the operation itself says all that is decided about.
  const target: ActionTarget = {
    kind: "action",
    id: operation.id,
    organizationId: operation.organization_id,
    cloudId: operation.cloud_id,
    label: operation.label as Label,
    environment: null,
    cancellable: true,
    planId: operation.plan_id,
    items: [],
  };
  const decision = decideRight(operation.label as Label, actor, target);
  if (decision.allow) return { may: true };
  // To the actor a Cloud without any profile is one that does not exist; the action says what is true.
  const reason = decision.code === "not_found" ? `${operation.actor_name} has no profile on this Cloud any more.` : decision.reason;
  return { may: false, code: decision.code, reason };
}

async function patiently<Answer>(work: Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The directory did not answer within ${PATIENCE} ms.`)), PATIENCE);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}
