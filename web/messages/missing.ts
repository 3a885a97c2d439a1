/** What is missing, in the person's language, from the facts of the refusal; with a link to where they can change it themselves. */
import type { Label } from "../../worker/contract/actions.ts";
import type { Maker, Missing } from "../../worker/contract/missing.ts";
import { sayChange, type Told } from "../../worker/contract/missing-words.ts";
import { isProfile, type Duty } from "../../worker/contract/roles.ts";
import { to } from "../paths.ts";
import type { WhyLine } from "../ui/why.svelte.ts";
import { formatExact, formatList, i18n, t } from "./index.svelte.ts";

/** One line for each part of which something can be said. The proof is asked for in its turn, and a quota has words of its own. */
export function missingLines(missing: readonly Missing[], told: Told): WhyLine[] {
  return missing
    .filter(({ kind }, index) => (index === 0 || kind !== "proof") && kind !== "quota")
    .flatMap((part) => {
      const text = i18n.language === "fr" ? inFrench(part, told) : sayChange(withLocalTime(part), told);
      return text ? [{ text, ...linkOf(part) }] : [];
    });
}

function withLocalTime(part: Missing): Missing {
  const { change } = part;
  return change.kind === "wait" && change.until ? { ...part, change: { ...change, until: formatExact(change.until) } } : part;
}

/** Why, in French; null: only the API's own sentence says it. */
export function reasonInFrench({ kind, needed = [], held, cloud, change }: Missing): string | null {
  const words = t().account;
  const [first = ""] = needed;
  const on = cloud ? `sur ${cloud.name}` : "sur un Cloud";
  switch (kind) {
    case "profile":
      return `Il faut le profil ${first} ${on} ; vous avez ${held}.`;
    case "cloud":
      return isProfile(first) ? `Il faut le profil ${first} ${on} ; vous n’avez aucun profil.` : null;
    case "duty":
      return `Cela revient à la fonction « ${words.dutyNames[first as Duty]} » de l’organisation.`;
    case "key":
      return first === "security-key" ? "L’authentification multifacteur doit être configurée, et vous n’avez aucune clé de sécurité." : null;
    case "zone":
      return `${held} est réservée au groupe.`;
    case "organization":
      return "Cela est réservé au groupe, et votre organisation est cliente.";
    case "state":
      // An act's own name stays as it is, at the beginning of a sentence too.
      if (change.kind === "wait" && change.label) return `${change.label} est en cours.`;
      if (held === "unmonitored") return "Elle n’est pas supervisée.";
      return ["ACTIVE", "INACTIVE"].includes(first) ? `Le statut est ${held} ; il faut ${formatList(needed)}.` : null;
    default:
      return null;
  }
}

function inFrench(missing: Missing, told: Told): string | null {
  const { change, needed = [], cloud, by } = missing;
  const [first = ""] = needed;
  const who = missing.by.map((maker) => makerInFrench(maker, told.organizationName, cloud?.name)).join(" ou ");
  switch (change.kind) {
    case "act":
      if (change.label === "give-profile" || change.label === "change-profile") {
        const name = isProfile(first) ? ` (${t().account.profileNames[first]})` : "";
        return `${capital(who)} peut vous donner ${first}${name} ${cloud ? `sur ${cloud.name}` : "sur un Cloud"}.`;
      }
      if (change.label === "give-duty") return `Adressez-vous à qui tient cette fonction chez ${told.organizationName} ; ${who} peut vous la donner.`;
      if (change.label === "issue-enrolment") return `${capital(who)} peut vous envoyer un nouveau lien pour enregistrer une clé de sécurité.`;
      return `Il faut d’abord ${change.label} : ${by[0] === "self" ? "vous le pouvez" : `${who} le peut`}.`;
    case "wait":
      if (!change.label) return "Attendez que cela soit terminé.";
      return `Attendez la fin de ${change.label}${change.until ? `, au plus tard le ${formatExact(change.until)}` : ""}.`;
    case "ask-otherwise":
      return change.oneOf ? `Choisissez parmi ${formatList(change.oneOf)}.` : null;
    case "hand-over":
      return `Seul peut le faire : ${who}.`;
    default:
      return null;
  }
}

function makerInFrench(maker: Maker, organization: string, cloud: string | undefined): string {
  switch (maker) {
    case "self":
      return "vous";
    case "security-representative":
      return `le représentant sécurité ${of(organization)}`;
    case "another-security-representative":
      return `un autre représentant sécurité ${of(organization)}`;
    case "service-delivery":
      return "le Service Delivery du fournisseur";
    case "another-service-delivery":
      return "une autre personne du Service Delivery";
    case "person":
      return "la personne elle-même";
    default:
      return `qui a le profil ${maker}${cloud ? ` sur ${cloud}` : ""}`;
  }
}

function of(name: string): string {
  return /^[aeiouyàâéèêëîïôöû]/i.test(name) ? `d’${name}` : `de ${name}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Where the reader changes it, or sees who can: a representative alone may look at the people. */
function linkOf({ kind, change, by }: Missing): Pick<WhyLine, "href" | "link"> {
  const { account, people, instance, balancer } = t().why.links;
  if (change.kind !== "act") return {};
  if (by.includes("another-security-representative")) return { href: to("people"), link: people };
  if (kind === "key" || change.label.endsWith("-security-key")) return { href: to("account"), link: account };
  if (!by.includes("self")) return {};
  if (/^(give|end|change)-(duty|profile)$|-(person|enrolment|activation)$/.test(change.label)) return { href: to("people"), link: people };
  if (change.id === null) return {};
  if (isOfBalancer(change.label)) return { href: to("balancer", { balancer: change.id }), link: balancer };
  return /-(instance|snapshot|dns)$/.test(change.label) ? { href: to("instance", { instance: change.id }), link: instance } : {};
}

function isOfBalancer(label: Label): boolean {
  return label.endsWith("-lb");
}
