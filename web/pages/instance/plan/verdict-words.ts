/** Why an act cannot be done in its turn, in the person's language; English is the API's own sentence. */
import type { Actor } from "../../../../worker/contract/actor.ts";
import type { PlanFacts, Verdict } from "../../../../worker/contract/plans.ts";
import { MOST_SNAPSHOTS } from "../../../../worker/contract/snapshots.ts";
import { formatList, formatNumber, i18n, t } from "../../../messages/index.svelte.ts";
import { refusalWords } from "../../../messages/refusals.ts";
import { itemOf, type DraftItem } from "./draft.ts";

/** Null: it can. @param facts of the instance: what a deletion would take along, and what keeps it */
export function verdictWords(
  { decision, field, target, member }: Verdict,
  draft: DraftItem,
  actor: Actor,
  { aliases, members }: Pick<PlanFacts, "aliases" | "members">,
): string | null {
  if (decision.allow) return null;
  if (i18n.language === "en") return decision.reason;
  const words = t().plan;
  const item = itemOf(draft);
  if (field === "options.resourceId") return words.alreadySized(draft.sizing);
  if (field === "options.snapshot") return words.noSuchSnapshot;
  if (field === "options.noMonitoringReason") return words.needsReason;
  if (field === "options.loadbalancer") return words.noMember;
  if (field === "options.state" && member) return words.alreadyThere(draft.state, member.balancer.name);
  if (field === "options.acceptOutage" && member) return words.outageThere(member.balancer.name);
  if (decision.reason.includes("has deleted")) return words.goneByThen;
  if (item.label === "delete-instance" && decision.change && members.length > 0)
    return words.isMember(formatList(members.map(({ balancer }) => balancer.name)));
  if (item.label === "delete-instance" && decision.change && aliases.length > 0) return words.withAliases(formatList(aliases));
  if (item.label === "create-snapshot" && decision.change) return words.fullByThen(formatNumber(MOST_SNAPSHOTS));
  return refusalWords(decision, item.label, actor, target)?.reason ?? decision.reason;
}
