/** A signed fact in words: the terms in the person's language, the values as they are signed. */
import { formatNumber, t } from "../messages/index.svelte.ts";
import type { SignedFact } from "./signed-facts.ts";

export function factWords({ term, value, item }: SignedFact): { term: string; value: string } {
  const names = t().signing.parameterNames;
  if (!item) return { term: names[term] ?? term, value };
  const { plan, acts } = t();
  const told = item.facts.map((fact) => `${names[fact.term] ?? fact.term}: ${fact.value}`);
  const [, list = term, place = ""] = /^(.*)\.(\d+)$/.exec(term) ?? [];
  if (item.label === null) return { term: names[list] ?? list, value: told.join(" · ") };
  const act = plan.acts[item.label] ?? acts.names[item.label];
  return { term: plan.item(formatNumber(Number(place))), value: [act ? `${act} (${item.label})` : item.label, ...told].join(" · ") };
}
