import { labels, pending, notOffered, rowOf, type Label } from "../../contract/actions.ts";
import type { Actor, ResourceTarget, ServiceTarget } from "../../contract/actor.ts";
import { decideProof, decideRight, decideState } from "../../contract/decide.ts";
import { explain } from "../../contract/explain.ts";
import { takesAliases } from "../../contract/lifecycle.ts";
import type { AvailableAction } from "../../contract/shapes/resources.ts";
import { operationOf } from "./item.ts";

/** What can be asked of a resource of each category by itself, without naming a further thing. */
const acts = labels.filter((label) => rowOf(label).target === "resource" && rowOf(label).proof !== "none" && isOnResource(label));

/**
 * What this actor can do to the resource now, and why not: the sentences of the refusals that the same calls would get. A person's missing proof is no
 * cause, it is asked for when the act is; a program cannot mend its own.
 * @param aliases the resource's, which go with it
 */
export function availableActions(actor: Actor, target: ResourceTarget, now: number, aliases: readonly string[] = []): AvailableAction[] {
  return acts
    .filter((label) => [target.category, undefined].includes(rowOf(label).category))
    .map((label) => ({
      ...availability(label, actor, target, now),
      ...(takesAliases(label) && aliases.length > 0 ? { consequences: { aliases: [...aliases] } } : {}),
    }));
}

/** @param further causes that the contract does not know of */
export function availability(
  label: Label,
  actor: Actor,
  target: ResourceTarget | ServiceTarget,
  now: number,
  further: readonly string[] = [],
): AvailableAction {
  const unavailabilityCauses = [...causes(label, actor, target, now), ...further];
  const available = unavailabilityCauses.length === 0;
  const missing = explain(label, actor, target, { signature: mayProve(actor) }, now);
  return { operation: operationOf(label), label, available, unavailabilityCauses, ...(missing.length > 0 && { missing }) };
}

function causes(label: Label, actor: Actor, target: ResourceTarget | ServiceTarget, now: number): string[] {
  const decisions = [decideRight(label, actor, target), decideState(label, target)];
  if (actor.kind === "api-account") decisions.push(decideProof(label, actor, target, { signature: mayProve(actor) }, now));
  const absent = isAbsent(label) ? [`${label} is not available yet.`] : [];
  return [...absent, ...decisions.flatMap((decision) => (decision.allow ? [] : [decision.reason]))];
}

/** A person's proof is asked for in its turn; a program that has a secret alone has none to give. */
function mayProve(actor: Actor): boolean {
  return actor.kind === "person" || actor.authenticatedBy === "key";
}

function isOnResource(label: Label): boolean {
  return rowOf(label).on.split("/:").length === 2;
}

function isAbsent(label: Label): boolean {
  return (pending as readonly Label[]).includes(label) || (notOffered as readonly Label[]).includes(label);
}
