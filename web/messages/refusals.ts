/**
 * Why somebody may not, in the person's language. English is the contract's own sentence, word for word what the API answers; the other languages
 * say the same from the same facts, told apart by the refusal's code. What has no words here is shown as the API says it.
 */
import { rowOf, type Label } from "../../worker/contract/actions.ts";
import { grantOn, type Actor, type Grant, type Target } from "../../worker/contract/actor.ts";
import type { Decision } from "../../worker/contract/decide.ts";
import { isResourceAct, transitionOf } from "../../worker/contract/lifecycle.ts";
import { atLeast, isProfile, roleOf } from "../../worker/contract/roles.ts";
import { formatList, i18n, t } from "./index.svelte.ts";

export interface RefusalWords {
  reason: string;
  /** The smallest change that would make it possible, and who can make it. */
  change: string | null;
}

/** Null for a decision that allows. */
export function refusalWords(decision: Decision, label: Label, actor: Actor, target: Target): RefusalWords | null {
  if (decision.allow) return null;
  const own = i18n.language === "fr" ? inFrench(decision.code, label, actor, target) : null;
  return own ?? { reason: decision.reason, change: decision.change ?? null };
}

function inFrench(code: string, label: Label, actor: Actor, target: Target): RefusalWords | null {
  const words = t().account;
  const { who } = rowOf(label);
  switch (code) {
    case "profile_too_low": {
      if (!isProfile(who)) return null;
      const held = heldOn(actor, target);
      const where = held ? `sur ${held.cloudName}` : "sur un Cloud";
      return {
        reason: `${label} demande le profil ${who} (${words.roles[roleOf(who)]}) ; vous avez ${held ? `${held.profile} ${where}` : "aucun profil"}.`,
        change: `Le responsable de la sécurité de ${actor.organizationName} peut vous donner ${who} (${words.profileNames[who]}) ${where}.`,
      };
    }
    case "mfa_not_configured":
      return {
        reason: `${label} est un acte privilégié : l’authentification multifacteur doit être configurée, et vous n’avez aucune clé de sécurité.`,
        change: `Le responsable de la sécurité de ${actor.organizationName} peut vous envoyer un nouveau lien d’enregistrement.`,
      };
    case "duty_required":
      if (who !== "security-representative" && who !== "service-delivery") return null;
      return {
        reason: `Cela revient à la fonction « ${words.dutyNames[who]} » de l’organisation.`,
        change: `Adressez-vous à qui la tient chez ${actor.organizationName}.`,
      };
    case "operation_in_progress":
      return target.kind === "resource"
        ? { reason: `${label} n’est pas disponible : ${target.openOperation} est en cours ; attendez sa fin.`, change: null }
        : null;
    case "state_forbids":
      if (target.kind !== "resource" || !isResourceAct(label)) return null;
      if (transitionOf(label).from.includes(target.status))
        return {
          reason: `${label} n’est pas disponible : elle n’est pas supervisée.`,
          change: null,
        };
      return {
        reason: `${label} n’est pas disponible : le statut est ${target.status} ; il faut ${formatList(transitionOf(label).from)}.`,
        change: null,
      };
    default:
      return null;
  }
}

/** What the decision was made with: the profile on the target's Cloud, or the best one anywhere. */
function heldOn(actor: Actor, target: Target): Grant | null {
  if ("cloudId" in target) return grantOn(actor, target.cloudId);
  return actor.grants.reduce<Grant | null>((best, grant) => (best && atLeast(best.profile, grant.profile) ? best : grant), null);
}
