/** Refused privileged acts: they change no database, so they go straight to the log of the actor's organization. */
import type { ActRefused } from "../contract/log-entry.ts";
import type { Env } from "../env.ts";
import { organizationLog } from "./notify.ts";

export interface RefusedAct {
  /** The actor's organization. */
  organizationId: number;
  event: Omit<ActRefused, "count">;
  /** The names of the ids in the event (decimal id → name). */
  names: Record<string, string>;
}

/**
 * Records a refusal: durable when it returns. Equal ones (same actor, label, target and code) within a minute of the first become one entry with a
 * count, chained when the minute is over.
 * @throws what the Durable Object throws when it cannot be reached: the refusal is then not recorded
 */
export async function recordRefusal(env: Env, refusal: RefusedAct): Promise<void> {
  await organizationLog(env, refusal.organizationId).refuse(refusal.event, refusal.names);
}
