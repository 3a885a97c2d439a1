/** The parameters of a signed operation as lines that a person can read: straight from what is signed, nothing left out. */
import type { Json } from "../../worker/contract/operation.ts";

export interface SignedFact {
  term: string;
  value: string;
  mono: true;
  /** Of an item of a plan: what it is, and its own facts. */
  item?: { label: string; facts: readonly SignedFact[] };
}

/** The `operation` that the label says already, and what is empty, are no lines. */
export function parameterFacts(parameters: Json, prefix = ""): SignedFact[] {
  if (parameters === null || typeof parameters !== "object" || Array.isArray(parameters)) return [];
  return Object.entries(parameters as Readonly<Record<string, Json>>).flatMap(([key, value]) => {
    const term = prefix + key;
    if (term === "operation" || isEmpty(value)) return [];
    if (isList(value)) return value.map((item, index) => itemFact(item, `${term}.${index + 1}`));
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return parameterFacts(value, `${term}.`);
    return [{ term, value: Array.isArray(value) ? value.map(say).join(", ") : say(value), mono: true as const }];
  });
}

type Item = Readonly<Record<string, Json>> & { readonly label: string };

/** The items of a plan: each is a line of its own. */
function isList(value: Json): value is readonly Item[] {
  return (
    Array.isArray(value) && value.every((item) => item !== null && typeof item === "object" && "label" in item && typeof item.label === "string")
  );
}

function itemFact({ label, ...rest }: Item, term: string): SignedFact {
  const facts = parameterFacts(rest);
  return { term, value: [label, ...facts.map((fact) => `${fact.term}: ${fact.value}`)].join(", "), mono: true, item: { label, facts } };
}

/** A tag reads `key:value`; anything else that has parts reads as it is signed. */
function say(value: Json): string {
  if (value === null || typeof value !== "object") return String(value);
  const { key, value: of, ...rest } = value as { key?: Json; value?: Json };
  return typeof key === "string" && typeof of === "string" && Object.keys(rest).length === 0 ? `${key}:${of}` : JSON.stringify(value);
}

function isEmpty(value: Json): boolean {
  return value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}
