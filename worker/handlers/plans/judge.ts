import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import { sizings, type SizingCode } from "../../contract/catalogue.ts";
import type { Missing } from "../../contract/missing.ts";
import { judgePlan, type Verdict } from "../../contract/plans.ts";
import type { Wanted } from "../../contract/quotas.ts";
import type { PlanItem } from "../../contract/shapes/plans.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import { readPlanFacts, type KnownMember } from "../../../db/region/read/plans.ts";
import type { Claim } from "../../../db/region/write/quotas.ts";
import type { Env } from "../../env.ts";
import { Problem } from "../../gate/problem.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";
import { requireQuota } from "../quotas/require.ts";

/** What is found about one item, as the refusal and the dry run tell it. */
interface JudgedItem {
  position: number;
  label: string;
  available: boolean;
  unavailabilityCauses: string[];
  missing?: readonly Missing[];
}

export interface PreparedPlan {
  items: JudgedItem[];
  /** Of each item on a load balancer: as which member of it. */
  members: (KnownMember | null)[];
  /** What all of it takes more of the Cloud's quotas: held for it from its acceptance until it has ended. */
  wanted: Wanted;
  claims: Claim;
}

/** @throws Problem naming the first item that could not be done in its turn, with what is found about each; Problem("quota_exceeded") */
export async function preparePlan(actor: Actor, target: ResourceTarget, body: Inputs["run-plan"]["body"], env: Env): Promise<PreparedPlan> {
  const { items } = body;
  const facts = await readRegion(regionOfId(target.id)!, () => readPlanFacts(databaseOf(env, target.id), target));
  const verdicts = judgePlan(items, actor, target, facts);
  const judged = verdicts.map(({ decision }, index) => ({
    position: index + 1,
    label: items[index]!.label,
    available: decision.allow,
    unavailabilityCauses: decision.allow ? [] : [decision.reason],
    ...(!decision.allow && decision.missing && { missing: [decision.missing] }),
  }));
  const first = verdicts.findIndex(({ decision }) => !decision.allow);
  if (first >= 0) throw refusedItem(verdicts[first]!, first, judged);
  const { wanted, claims } = takenBy(items, facts);
  requireQuota(wanted, facts.quotas, regionOfId(target.id)!);
  return { items: judged, members: verdicts.map(({ member }) => member), wanted, claims };
}

/** The largest size that an item gives, and every snapshot that one makes. */
function takenBy(items: readonly PlanItem[], { cpu, ram }: { cpu: number; ram: number }): { wanted: Wanted; claims: Claim } {
  const sizes = items.flatMap((item) => (item.label === "resize-compute-instance" ? [sizings[item.options.resourceId as SizingCode]] : []));
  const claims = {
    cpu: Math.max(cpu, ...sizes.map((size) => size.cpu)),
    ram: Math.max(ram, ...sizes.map((size) => size.ram)),
    snapshots: items.filter((item) => item.label === "create-snapshot").length,
  };
  return { wanted: { cpus: claims.cpu - cpu, ram: claims.ram - ram, snapshots: claims.snapshots }, claims };
}

function refusedItem({ decision, field }: Verdict<KnownMember>, index: number, items: JudgedItem[]): Problem {
  if (decision.allow) throw new TypeError("What is allowed is not refused.");
  return new Problem(decision.code, {
    detail: `Item ${index + 1} of ${items.length}: ${decision.reason}`,
    field: ["items", index, ...(field ? [field] : [])].join("."),
    missing: decision.missing && [decision.missing],
    change: decision.change ?? "Change the item, move it, or take it out of the plan.",
    members: { items },
  });
}
