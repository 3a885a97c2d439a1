/** A signed fact in words: the terms in the person's language, the values as they are signed. */
import { formatNumber, t } from "../messages/index.svelte.ts";
import type { SignedFact } from "./signed-facts.ts";

export function factWords({ term, value, item }: SignedFact): { term: string; value: string } {
  const names = t().signing.parameterNames;
  if (!item) return { term: names[term] ?? term, value };
  const { plan, acts } = t();
  const act = plan.acts[item.label] ?? acts.names[item.label];
  const told = item.facts.map((fact) => `${names[fact.term] ?? fact.term}: ${fact.value}`);
  const place = Number(term.split(".").at(-1));
  return { term: plan.item(formatNumber(place)), value: [act ? `${act} (${item.label})` : item.label, ...told].join(" · ") };
}
