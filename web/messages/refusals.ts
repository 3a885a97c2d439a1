/**
 * Why somebody may not, in the person's language. English is the contract's own sentence, word for word what the API answers; French says the same
 * from the same facts. What has no words here is shown as the API says it.
 */
import { rowOf, type Label } from "../../worker/contract/actions.ts";
import type { Actor, Target } from "../../worker/contract/actor.ts";
import type { Decision } from "../../worker/contract/decide.ts";
import { changesOf, explain } from "../../worker/contract/explain.ts";
import { isResourceAct, transitionOf } from "../../worker/contract/lifecycle.ts";
import type { Missing } from "../../worker/contract/missing.ts";
import { isProfile, roleOf } from "../../worker/contract/roles.ts";
import type { WhyLine } from "../ui/why.svelte.ts";
import { i18n, t } from "./index.svelte.ts";
import { missingLines, reasonInFrench } from "./missing.ts";

export interface RefusalWords {
  reason: string;
  /** The smallest change that would make it possible, and who can make it. */
  change: string | null;
  /** The same, part for part, with the way to where the person can change it themselves. */
  lines: readonly WhyLine[];
}

/** The same of what may be available: then there is no reason. */
export type Availability = Pick<RefusalWords, "change"> & Partial<Pick<RefusalWords, "lines">> & { reason: string | null };

/** Null for a decision that allows. */
export function refusalWords(decision: Decision, label: Label, actor: Actor, target: Target): RefusalWords | null {
  if (decision.allow) return null;
  const missing = explain(label, actor, target, { signature: true }, Date.now()).filter((part) => !isThere(label, part));
  const lines = missingLines(missing, actor);
  if (i18n.language === "en") return { reason: decision.reason, change: changesOf(missing, actor, decision.change) ?? null, lines };
  const reason = decision.missing && inFrench(label, decision.missing);
  return reason
    ? { reason, change: lines.map(({ text }) => text).join(" ") || null, lines }
    : { reason: decision.reason, change: decision.change ?? null, lines };
}

/** Who would start what runs is not told to stop it first. */
function isThere(label: Label, { kind, held }: Missing): boolean {
  return kind === "state" && isResourceAct(label) && transitionOf(label).to === held;
}

function inFrench(label: Label, missing: Missing): string | null {
  const reason = reasonInFrench(missing);
  const { who } = rowOf(label);
  if (reason === null) return null;
  switch (missing.kind) {
    case "profile":
      return isProfile(who)
        ? `${label} demande le profil ${who} (${t().account.roles[roleOf(who)]}) ; vous avez ${missing.held} sur ${missing.cloud!.name}.`
        : reason;
    case "key":
      return `${label} est un acte privilégié : l${reason.slice(1)}`;
    case "state":
      return `${label} n’est pas disponible : ${reason.slice(0, 1).toLowerCase()}${reason.slice(1)}`;
    default:
      return reason;
  }
}
