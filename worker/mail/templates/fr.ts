/** What mails say, in French. */
import type { CredentialChange, MailFacts } from "../../contract/mail.ts";
import { rowsOf, type Language } from "./letter.ts";

const changes: Record<CredentialChange, string> = {
  activated: "Votre compte a été activé et un mot de passe choisi",
  "activated-with-key": "Votre compte a été activé : un mot de passe a été choisi et une clé de sécurité enregistrée",
  "password-changed": "Votre mot de passe a été modifié",
  "password-reset": "Votre mot de passe a été réinitialisé",
  "key-added": "Une clé de sécurité a été ajoutée à votre compte",
  "key-removed": "Une clé de sécurité a été retirée de votre compte",
  "key-locked": "Une clé de sécurité a été verrouillée",
};

const credentials: Record<MailFacts["api-credential-changed"]["which"], string> = {
  created: "Un compte API a été créé",
  added: "Un identifiant a été ajouté à un compte API",
  rotated: "Un identifiant d’un compte API a été remplacé",
  revoked: "Un identifiant d’un compte API a été révoqué",
  suspended: "Un compte API a été suspendu",
  resumed: "Un compte API a été rétabli",
  "expires-soon": "Un identifiant d’un compte API prend bientôt fin",
  excepted: "Le secret d’un compte API peut agir pour un temps",
  "exception-ended": "Le secret d’un compte API ne fait de nouveau que lire",
};

export const fr: Language = {
  greeting: (name) => (name ? `Bonjour ${name},` : "Bonjour,"),
  footer: (origin) =>
    `Envoyé par ITCare, ${origin}. Personne ne lit les réponses à cette adresse. ITCare ne demande jamais votre mot de passe, ni un lien qui vous a été envoyé.`,
  letters: {
    activation: ({ link, organization, until }, { when }) => ({
      subject: `Votre compte ITCare chez ${organization}`,
      blocks: [
        `Un compte ITCare a été créé pour vous chez ${organization}. Choisissez un mot de passe et enregistrez une clé de sécurité si votre profil en demande une :`,
        { link, label: "Activer votre compte" },
        `Le lien sert une seule fois, jusqu’au ${when(until)}. Ensuite, votre responsable de la sécurité peut en faire envoyer un autre.`,
        "Si vous n’attendiez pas ce message, ne faites rien : sans ce lien, il n’y a pas de compte.",
      ],
    }),
    "new-enrolment": ({ link, organization, until }, { when }) => ({
      subject: "Enregistrez à nouveau votre clé de sécurité",
      blocks: [
        `Le responsable de la sécurité de ${organization} vous permet d’enregistrer une nouvelle clé de sécurité. Vos anciennes clés ne valent plus rien et vos sessions sont terminées.`,
        { link, label: "Enregistrer une clé de sécurité" },
        `Le lien sert une seule fois, jusqu’au ${when(until)}.`,
        "Si vous n’avez pas perdu vos clés, prévenez tout de suite votre responsable de la sécurité : quelqu’un essaie peut-être de prendre votre place.",
      ],
    }),
    "credential-changed": ({ which, key, at, network, agent }, { when }) => ({
      subject: changes[which],
      blocks: [
        `${changes[which]}.`,
        rowsOf(["Clé", key], ["Quand", when(at)], ["Depuis le réseau", network], ["Avec", agent]),
        ...(which === "key-locked"
          ? ["Son compteur a reculé : il en existe peut-être une copie. Elle ne vaut plus rien : signez avec une autre clé et retirez celle-ci."]
          : []),
        "Si c’était vous, il n’y a rien à faire. Sinon, prévenez tout de suite votre responsable de la sécurité et terminez vos sessions.",
      ],
    }),
    "password-reset": ({ link, until, hasKey }, { when }) => ({
      subject: "Choisissez un nouveau mot de passe",
      blocks: [
        "Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour votre compte ITCare.",
        { link, label: "Choisir un nouveau mot de passe" },
        `Le lien sert une seule fois, jusqu’au ${when(until)}. Toutes vos sessions se terminent alors.${hasKey ? " Vos clés de sécurité restent telles quelles." : ""}`,
        "Si vous n’avez rien demandé, ne faites rien : votre mot de passe reste le même.",
      ],
    }),
    "profile-changed": ({ cloud, profile, until, by, reason, withoutKey }, { when }) => ({
      subject: profile ? `Votre profil sur ${cloud} est ${profile}` : `Vous n’avez plus de profil sur ${cloud}`,
      blocks: [
        profile ? `${by} vous a donné le profil ${profile} sur ${cloud}.` : `${by} a retiré votre profil sur ${cloud}.`,
        rowsOf(
          ["Cloud", cloud],
          ["Profil", profile ?? "aucun"],
          ["Jusqu’au", profile ? (until === null ? "sans fin" : when(until)) : null],
          ["Par", by],
          ["Motif", reason],
        ),
        ...(withoutKey
          ? [
              "Il ne donne que la lecture tant que vous n’avez pas de clé de sécurité : votre responsable de la sécurité peut vous envoyer un lien d’enregistrement.",
            ]
          : []),
      ],
    }),
    "request-decided": ({ what, organization, accepted, reason, by }) => ({
      subject: accepted ? `Accepté : ${what}` : `Refusé : ${what}`,
      blocks: [
        `${by} a ${accepted ? "accepté" : "refusé"} ce qui était demandé chez ${organization}.`,
        rowsOf(["Demande", what], ["Décision", accepted ? "acceptée" : "refusée"], ["Motif", reason]),
      ],
    }),
    "request-asked": ({ what, organization, by, reason, link }) => ({
      subject: `${organization} demande : ${what}`,
      blocks: [
        `${by} demande quelque chose dont le Service Delivery décide.`,
        rowsOf(["Organisation", organization], ["Demande", what], ["Motif", reason]),
        { link, label: "Voir la demande" },
      ],
    }),
    "account-suspended": ({ organization, by, reason, until }, { when }) => ({
      subject: "Votre compte ITCare est suspendu",
      blocks: [
        `Votre compte chez ${organization} a été suspendu. Vos sessions sont terminées et personne ne peut se connecter avec ce compte.`,
        rowsOf(["Par", by], ["Motif", reason], ["Jusqu’au", until ? when(until) : "moment où quelqu’un le rétablit"]),
      ],
    }),
    "account-ended": ({ organization, by, reason }) => ({
      subject: "Votre compte ITCare est clos",
      blocks: [
        `Votre compte chez ${organization} est clos. Ce que vous avez fait reste dans le journal de l’organisation.`,
        rowsOf(["Par", by], ["Motif", reason]),
      ],
    }),
    "recovery-announced": ({ person, organization, by, effective, link }, { when }) => ({
      subject: `${person} doit retrouver son accès chez ${organization}`,
      blocks: [
        `${person}, responsable de la sécurité de ${organization}, n’a plus aucune clé de sécurité. ${by} a demandé un nouvel enregistrement ; rien ne se passe avant le moment ci-dessous.`,
        rowsOf(["Personne", person], ["Demandé par", by], ["Pas avant", when(effective)]),
        { link, label: "Voir les détails" },
        `Si ${person} ne l’a pas demandé, opposez-vous avant ce moment : prévenez le Service Delivery.`,
      ],
    }),
    "api-credential-changed": ({ account, clientId, which, credential, by, at, ends }, { when }) => ({
      subject: `${credentials[which]} : ${account}`,
      blocks: [
        `${credentials[which]}.`,
        rowsOf(
          ["Compte API", account],
          ["Client id", clientId],
          ["Identifiant", credential],
          ["Par", by],
          ends === undefined ? ["Quand", when(at)] : ["Fin", when(ends)],
        ),
        ...(which === "expires-soon"
          ? [
              "Si le programme est encore nécessaire : ajoutez un autre identifiant, faites-le utiliser par le programme, et laissez celui-ci prendre fin.",
            ]
          : []),
      ],
    }),
    "profile-ends-soon": ({ person, cloud, profile, ends, reason }, { when }) => ({
      subject: person === null ? `Votre profil sur ${cloud} prend bientôt fin` : `Le profil de ${person} sur ${cloud} prend bientôt fin`,
      blocks: [
        person === null
          ? `Votre profil ${profile} sur ${cloud} vous a été donné pour un temps, et prend fin de lui-même.`
          : "Un profil donné pour un temps prend fin de lui-même.",
        rowsOf(["Personne", person], ["Cloud", cloud], ["Profil", profile], ["Fin", when(ends)], ["Motif", reason]),
        person === null
          ? "S’il vous le faut plus longtemps, demandez à votre responsable de la sécurité."
          : "S’il est nécessaire plus longtemps, changez sa fin ; sinon, il n’y a rien à faire.",
      ],
    }),
  },
};
