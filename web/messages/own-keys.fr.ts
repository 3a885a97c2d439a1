/** Les actes sur ses propres clés de sécurité. */
import type { ownKeys as en } from "./own-keys.en.ts";
import type { Widened } from "./en.ts";

export const ownKeys: Widened<typeof en> = {
  add: "Ajouter une clé de sécurité",
  addLead:
    "Votre navigateur demande deux fois : d’abord la nouvelle clé, puis une clé que vous avez déjà, qui signe que la nouvelle est à vous. Deux clés à deux endroits valent mieux qu’une.",
  newName: "Un nom pour la nouvelle clé",
  nameHint: "Pour la distinguer des autres. Le nom fait partie de ce qui est signé et reste dans le journal.",
  makeIt: "Continuer avec la nouvelle clé",
  making: "En attente de la nouvelle clé…",
  addEffect: "Dès lors, cette clé signe pour vous comme les autres.",
  added: "La clé a été ajoutée",
  noneYet: "En ajouter une demande d’en avoir déjà une. Votre responsable de la sécurité peut vous envoyer un lien d’enregistrement.",
  rename: "Renommer",
  renameOf: (name) => `Renommer ${name}`,
  renamed: "La clé porte son nouveau nom",
  remove: "Retirer",
  removeOf: (name) => `Retirer ${name}`,
  removeText: "Pour une clé perdue, cassée ou cédée. Ce qu’elle a signé reste signé et reste dans le journal.",
  removeLost: ["La clé ne signe plus rien pour vous dès cet instant.", "Cette clé ne pourra pas être enregistrée de nouveau."],
  removed: "La clé a été retirée",
  lastOne: "C’est votre dernière clé, et votre profil reste sans effet sans clé. Ajoutez-en d’abord une autre.",
  endOthers: "Fermer toutes les autres",
  othersEnded: "Toutes les autres sessions sont fermées",
  noOthers: "Il n’y a pas d’autre session",
};
