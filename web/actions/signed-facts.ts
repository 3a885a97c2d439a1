/** The parameters of a signed operation as lines that a person can read: straight from what is signed, nothing left out. */
import type { Json } from "../../worker/contract/operation.ts";

export interface SignedFact {
  term: string;
  value: string;
  mono: true;
}

/** The `operation` that the label says already, and what is empty, are no lines. */
export function parameterFacts(parameters: Json, prefix = ""): SignedFact[] {
  if (parameters === null || typeof parameters !== "object" || Array.isArray(parameters)) return [];
  return Object.entries(parameters as Readonly<Record<string, Json>>).flatMap(([key, value]) => {
    const term = prefix + key;
    if (term === "operation" || isEmpty(value)) return [];
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return parameterFacts(value, `${term}.`);
    return [{ term, value: Array.isArray(value) ? value.map(say).join(", ") : say(value), mono: true as const }];
  });
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
