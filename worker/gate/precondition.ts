/** If-Match (RFC 9110, section 13.1.1): honoured on every write, required on none, because existing clients send none. */
import type { Target } from "../contract/actor.ts";
import { Problem } from "./problem.ts";

/**
 * The strong ETag of what has a revision. If-Match compares the revision alone: what the engine observed in between voids nobody's intent.
 * @param further what else the answer depends on, in letters and digits
 */
export function etagOf(revision: number, observation: number, ...further: readonly string[]): string {
  return `"${[revision, observation, ...further].join(".")}"`;
}

/** @throws Problem("revision_stale") when none of the given ETags is of the target's revision */
export function requireMatch(ifMatch: string | undefined, target: Target | null): void {
  if (!ifMatch || ifMatch.trim() === "*" || !target || !("revision" in target) || target.revision === null) return;
  const revisions = ifMatch.split(",").map((tag) => /^"(\d+)\.\d+(?:\.[\w-]+)*"$/.exec(tag.trim())?.[1]);
  if (revisions.includes(String(target.revision))) return;
  throw staleRevision(target.revision);
}

export function staleRevision(revision: number): Problem {
  return new Problem("revision_stale", {
    detail: `It has changed since you read it: its revision is ${revision} now.`,
    change: "Read it again, look at what has changed, and repeat the request with its new ETag.",
    members: { revision },
  });
}
