/** Why an act cannot be done in its turn, in the person's language; English is the API's own sentence. */
import type { Actor } from "../../../../worker/contract/actor.ts";
import type { Verdict } from "../../../../worker/contract/plans.ts";
import { MOST_SNAPSHOTS } from "../../../../worker/contract/snapshots.ts";
import { formatList, formatNumber, i18n, t } from "../../../messages/index.svelte.ts";
import { refusalWords } from "../../../messages/refusals.ts";
import { itemOf, type DraftItem } from "./draft.ts";

/** Null: it can. @param aliases of the instance, which a deletion would take along */
export function verdictWords({ decision, field, target }: Verdict, draft: DraftItem, actor: Actor, aliases: readonly string[]): string | null {
  if (decision.allow) return null;
  if (i18n.language === "en") return decision.reason;
  const words = t().plan;
  const item = itemOf(draft);
  if (field === "options.resourceId") return words.alreadySized(draft.sizing);
  if (field === "options.snapshot") return words.noSuchSnapshot;
  if (field === "options.noMonitoringReason") return words.needsReason;
  if (decision.reason.includes("has deleted")) return words.goneByThen;
  if (item.label === "delete-instance" && decision.change && aliases.length > 0) return words.withAliases(formatList(aliases));
  if (item.label === "create-snapshot" && decision.change) return words.fullByThen(formatNumber(MOST_SNAPSHOTS));
  return refusalWords(decision, item.label, actor, target)?.reason ?? decision.reason;
}
