import type { Json } from "../contract/operation.ts";

/** What is signed and logged beside the target: the body as it is understood, and what the path names further, for a signature is about that too. */
export function parametersOf(body: unknown, params: Record<string, string>): Json {
  const further = Object.entries(params).slice(1);
  if (further.length === 0) return (body ?? null) as Json;
  return { ...(body as Record<string, Json> | undefined), ...Object.fromEntries(further) };
}
