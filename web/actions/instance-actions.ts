/**
 * What can be done to an instance, as data: the header's buttons, the row's menu and the command palette draw from the same list. Whether an act is
 * available comes from the server where it has said so, else from the contract, which the server decides by too; nothing is hidden.
 */
import { proofFor, rowOf, type Proof } from "../../worker/contract/actions.ts";
import type { Actor, ResourceTarget } from "../../worker/contract/actor.ts";
import { transitions } from "../../worker/contract/lifecycle.ts";
import type { AvailableAction } from "../../worker/contract/shapes/resources.ts";
import type { IconName } from "../ui/Icon.svelte";
import type { WhyLine } from "../ui/why.svelte.ts";
import { can } from "../can.ts";
import { refusalWords } from "../messages/refusals.ts";
import type { EquivalentCall } from "./curl.ts";

/** What is done to the instance itself: its snapshots, its aliases and its monitoring have a tab each. */
const labels = ["start-instance", "stop-instance", "reset-instance", "resize-compute-instance", "delete-instance"] as const;
export type InstanceLabel = (typeof labels)[number];

/** What the list needs to know of an instance. */
export interface ActedOn extends Omit<ResourceTarget, "kind"> {
  etag: string | null;
  /** What the server says of each act; absent in lists. */
  availableActions?: readonly AvailableAction[];
}

export interface InstanceAction {
  label: InstanceLabel;
  /** As the API's PATCH names it; "delete" for the DELETE. */
  operation: string;
  available: boolean;
  /** Why not, as the API would say it; null when it is available. */
  reason: string | null;
  /** The smallest change that would make it available, and who can make it. */
  change: string | null;
  /** The same, part for part. */
  lines?: readonly WhyLine[];
  proof: Proof;
  /** Cannot be undone. */
  destroys: boolean;
  icon: IconName;
  call: EquivalentCall;
  run(): void;
}

const icons: Record<InstanceLabel, IconName> = {
  "start-instance": "power",
  "stop-instance": "power",
  "reset-instance": "refresh",
  "resize-compute-instance": "resize",
  "delete-instance": "trash",
};

/** @param run what pressing does: ask for it at once, or open the dialog that it needs first */
export function instanceActions(instance: ActedOn, actor: Actor, run: (label: InstanceLabel) => void): InstanceAction[] {
  return labels.map((label) => {
    const operation = operationOf(label);
    const { available, reason, change, lines } = availability(label, instance, actor);
    return {
      label,
      operation,
      available,
      reason,
      change,
      lines,
      proof: proofFor(label, instance.environment),
      destroys: transitions[label].to === "gone",
      icon: icons[label],
      call: callFor(label, instance),
      run: () => run(label),
    };
  });
}

/** The call as it will be made. @param options what a dialog has added: the sizing, for a resize */
export function callFor(label: InstanceLabel, { id, etag }: Pick<ActedOn, "id" | "etag">, options?: Record<string, unknown>): EquivalentCall {
  const { operation } = rowOf(label);
  const example = label === "resize-compute-instance" ? { resourceId: "<sizing>" } : undefined;
  return { label, params: { instance: id }, etag, body: operation ? { operation, options: options ?? example } : undefined };
}

export function operationOf(label: InstanceLabel): string {
  return rowOf(label).operation ?? "delete";
}

function availability(label: InstanceLabel, instance: ActedOn, actor: Actor): Pick<InstanceAction, "available" | "reason" | "change" | "lines"> {
  const target = { ...instance, kind: "resource" } as const;
  const decision = can(label, actor, target);
  const said = instance.availableActions?.find((entry) => entry.label === label);
  const available = said ? said.available : decision.allow;
  if (available) return { available, reason: null, change: null };
  const words = refusalWords(decision, label, actor, target);
  return { available, reason: words?.reason ?? said?.unavailabilityCauses.join(" ") ?? label, change: words?.change ?? null, lines: words?.lines };
}
