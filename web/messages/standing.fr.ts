/** L’état des personnes, des Clouds et des organisations : suspendu, rétabli, clos ; et ce qui en découle. */
import type { standing as en } from "./standing.en.ts";
import type { Widened } from "./en.ts";

export const standing: Widened<typeof en> = {
  terms: { now: "Aussitôt", kept: "Conservé", back: "Annulable" },
  state: "État",
  since: "Depuis",
  acts: "Ce qui peut être fait",
  whatFollows: "Ce qui en découle",
  whatFollowsText: "Rien de tout cela n’efface quoi que ce soit ni n’arrête une machine. Chaque acte est signé, et le redit avant.",
  reason: "Motif, pour la personne",
  organizations: {
    title: "Organisations",
    lead: "Toutes celles que sert Service Delivery, avec leurs Clouds. Ce que contiennent les Clouds, et qui y travaille, ne regarde qu’elles.",
    failed: "Les organisations n’ont pas pu être lues",
    empty: "Aucune organisation pour l’instant",
    emptyText: "Une organisation commence quand une demande est acceptée.",
    name: "Organisation",
    clouds: "Clouds",
    noClouds: "Aucun",
    kinds: { customer: "Client", group: "Du groupe" },
    states: { active: "Active", suspended: "Suspendue", ended: "Close" },
    own: "Personne ne suspend ni ne clôt sa propre organisation.",
    hasClouds: "Elle se clôt quand tous ses Clouds sont clos. Son responsable de la sécurité les clôt.",
    more: "Afficher la suite",
  },
  clouds: {
    title: "Clouds",
    lead: "Tous les Clouds de votre organisation, que vous y ayez un profil ou non. Un Cloud de plus se demande à la page Demandes.",
    failed: "Les Clouds n’ont pas pu être lus",
    empty: "Aucun Cloud",
    emptyText: "Un Cloud est créé quand une demande est acceptée.",
    name: "Cloud",
    content: "Services",
    hasServices: "A des Services",
    hasNone: "Aucun : il peut être clos",
    states: { active: "Actif", suspended: "Suspendu", ended: "Clos" },
    notEmpty: "Il se clôt quand il n’a plus de Service. Supprimez d’abord ses Services.",
  },
  follows: {
    "renew-activation": {
      now: "Le lien précédent ne vaut plus rien. Le nouveau est à usage unique, valable 24 heures, et n’est envoyé qu’à la personne.",
    },
    "suspend-person": {
      now: "Toutes ses sessions se ferment, et ce qui attend une zone ne commence pas.",
      kept: "Profils, fonctions, mot de passe et clés. L’adresse reste prise.",
      back: "À tout moment, par un responsable de la sécurité, tant que le compte n’est pas clos.",
    },
    "resume-person": { now: "La personne retrouve tout ce qu’elle avait, et se connecte à nouveau." },
    "end-person": {
      now: "Tous les profils et toutes les fonctions disparaissent, ainsi que le mot de passe, chaque clé de sécurité et toutes les sessions.",
      kept: "Ce que la personne a fait, et son nom, dans le journal. L’adresse peut servir à un nouveau compte.",
      back: "Jamais.",
    },
    "suspend-cloud": {
      now: "Aucun profil n’y a d’effet, pour personne ni aucun programme, dès la requête suivante ; ce qui attend une zone ne commence pas.",
      kept: "Tout ce qu’il contient continue comme à présent : machines, noms, répartiteurs. Les profils restent tels quels.",
      back: "À tout moment, par un responsable de la sécurité, tant que le Cloud n’est pas clos.",
    },
    "resume-cloud": { now: "Chaque profil y reprend effet dès la requête suivante." },
    "end-cloud": {
      now: "Plus aucun profil n’y a d’effet, et plus aucun Service n’y peut être créé. Il doit d’abord être vide.",
      kept: "Son passé, dans le journal. Son nom reste pris.",
      back: "Jamais.",
    },
    "suspend-organization": {
      now: "Ses membres sont déconnectés, ses programmes ne sont plus admis, les liens non utilisés ne valent plus rien, et ce qui attend une zone ne commence pas.",
      kept: "Tout ce que contiennent ses Clouds continue comme à présent. Profils, mots de passe, clés et journal restent tels quels.",
      back: "À tout moment, par Service Delivery, tant que l’organisation n’est pas close.",
    },
    "resume-organization": {
      now: "Ses membres peuvent à nouveau se connecter, et ses programmes sont admis. Qui n’avait pas utilisé son lien en a besoin d’un nouveau.",
    },
    "end-organization": {
      now: "Plus personne ne s’y connecte, ni membre ni programme ; les mots de passe sont effacés. Tous ses Clouds doivent d’abord être clos.",
      kept: "Son journal. Les adresses de ses membres peuvent servir à de nouveaux comptes.",
      back: "Jamais.",
    },
  },
  done: {
    "renew-activation": "Un nouveau lien est en route",
    "suspend-person": "Le compte est suspendu",
    "resume-person": "La suspension est levée",
    "end-person": "Le compte est clos",
    "suspend-cloud": "Le Cloud est suspendu",
    "resume-cloud": "La suspension est levée",
    "end-cloud": "Le Cloud est clos",
    "suspend-organization": "L’organisation est suspendue",
    "resume-organization": "La suspension est levée",
    "end-organization": "L’organisation est close",
  },
};
