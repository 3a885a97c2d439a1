/** The parameters of a signed operation as lines that a person can read: straight from what is signed, nothing left out. */
import type { Json } from "../../worker/contract/operation.ts";

export interface SignedFact {
  term: string;
  value: string;
  mono: true;
  /** Of one of several things: its own facts, and of an item of a plan what it is. */
  item?: { label: string | null; facts: readonly SignedFact[] };
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

type Item = Readonly<Record<string, Json>>;

/** Things that have parts, the items of a plan or the members of a balancer: each is a line of its own. Tags read in one. */
function isList(value: Json): value is readonly Item[] {
  return Array.isArray(value) && value.every((item) => item !== null && typeof item === "object" && !Array.isArray(item) && !isTag(item));
}

function itemFact(item: Item, term: string): SignedFact {
  const label = typeof item["label"] === "string" ? item["label"] : null;
  const { label: _, ...rest } = item;
  const facts = parameterFacts(label === null ? item : rest);
  const told = facts.map((fact) => `${fact.term}: ${fact.value}`);
  return { term, value: [...(label === null ? [] : [label]), ...told].join(", "), mono: true, item: { label, facts } };
}

function isTag(value: object): value is { key: string; value: string } {
  const { key, value: of, ...rest } = value as { key?: Json; value?: Json };
  return typeof key === "string" && typeof of === "string" && Object.keys(rest).length === 0;
}

/** A tag reads `key:value`; anything else that has parts reads as it is signed. */
function say(value: Json): string {
  if (value === null || typeof value !== "object") return String(value);
  return isTag(value) ? `${value.key}:${value.value}` : JSON.stringify(value);
}

function isEmpty(value: Json): boolean {
  return value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}
