/**
 * What whoever asks for an act should know before, and does not sign: it is observed, may change at any moment, and voids no signature. It is looked at
 * where somebody reads it, for a dry run and beside a challenge: the act itself pays nothing for it.
 */
import type { Label } from "../contract/actions.ts";
import type { Target } from "../contract/actor.ts";
import type { InstanceOutage } from "../contract/load-balancers.ts";
import type { Env } from "../env.ts";
import { outagesWithout } from "./load-balancers/memberships.ts";

export interface Warnings {
  /** Load balancers that lose their last healthy member with it, or the last one in a data center. */
  outages?: InstanceOutage[];
}

/** Acts that take a running instance out of service, for good or for a while. One that is a member is not deleted at all. */
const interrupting: readonly Label[] = ["stop-instance", "reset-instance", "resize-compute-instance", "recover-snapshot"];

/** Null: there is nothing to tell. */
export async function warningsOf(label: Label, target: Target, body: unknown, env: Env): Promise<Warnings | null> {
  if (target.kind !== "resource" || target.category !== "INSTANCE" || !labelsIn(label, body).some((one) => interrupting.includes(one))) return null;
  const outages = await outagesWithout(target, env);
  return outages.length > 0 ? { outages } : null;
}

/** A plan does what its items do. */
function labelsIn(label: Label, body: unknown): Label[] {
  return label === "run-plan" ? (body as { items: { label: Label }[] }).items.map((item) => item.label) : [label];
}
