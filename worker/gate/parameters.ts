import type { Json } from "../contract/operation.ts";

/** What goes with an act beyond what was asked: whoever signs has been told, and signs it too. */
export type Consequences = { readonly [what: string]: Json };

/**
 * What is signed and logged beside the target: the body as it is understood, what the path names further, for a signature is about that too, and what
 * goes with it. A preparation may say in words of its own what is signed, where the body holds a ceremony's answer, or the path what is not the target.
 */
export function parametersOf(body: unknown, params: Record<string, string>, prepared?: unknown): Json {
  const said = (prepared as { signed?: Json } | null | undefined)?.signed;
  if (said !== undefined) return said;
  const further = Object.entries(params).slice(1);
  const consequences = consequencesOf(prepared);
  if (further.length === 0 && !consequences) return (body ?? null) as Json;
  return { ...(body as Record<string, Json> | undefined), ...Object.fromEntries(further), ...(consequences ? { consequences } : {}) };
}

/** What was worked out before the proof was asked for may hold them. Null: there are none. */
export function consequencesOf(prepared: unknown): Consequences | null {
  return (prepared as { consequences?: Consequences } | null | undefined)?.consequences ?? null;
}
