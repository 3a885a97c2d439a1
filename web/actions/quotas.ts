/** What is left of a quota, in words, and what an act would use: the console says what the API would. */
import { NEARLY_USED, type QuotaName, type Wanted } from "../../worker/contract/quotas.ts";
import type { CloudQuotas } from "../../worker/contract/shapes/quotas.ts";
import { quotaText, t } from "../messages/index.svelte.ts";
import type { Tone } from "../ui/tones.ts";

export type Quota = CloudQuotas["regions"][number]["quotas"][number];

export interface QuotaLine {
  name: QuotaName;
  label: string;
  used: number;
  more: number;
  limit: number;
  text: string;
  tone: Tone;
  said: string;
}

/** @param more what would come to it */
export function quotaLine({ name, used, limit }: Pick<Quota, "name" | "used" | "limit">, more = 0): QuotaLine {
  const words = t().quotas;
  const then = used + more;
  const [has, comes, may] = [used, more, limit].map((count) => quotaText(name, count)) as [string, string, string];
  const tone = then > limit || (more === 0 && used >= limit) ? "bad" : then >= limit * NEARLY_USED ? "busy" : "neutral";
  const left = words.left(quotaText(name, limit - then));
  const said =
    then > limit ? words.beyond(quotaText(name, then - limit)) : then === limit ? words.full : tone === "busy" ? `${words.nearly}, ${left}` : left;
  return {
    name,
    label: words.names[name] ?? name,
    used,
    more,
    limit,
    text: more > 0 ? words.ofWith(has, comes, may) : words.of(has, may),
    tone,
    said,
  };
}

/** One line for each quota that the act takes more of. */
export function linesFor(wanted: Wanted, quotas: readonly Quota[]): QuotaLine[] {
  return quotas.filter(({ name }) => (wanted[name] ?? 0) > 0).map((quota) => quotaLine(quota, wanted[quota.name]));
}
