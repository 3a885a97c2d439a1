/** What mails say, in English. */
import type { CredentialChange, MailFacts } from "../../contract/mail.ts";
import { rowsOf, type Language } from "./letter.ts";

const changes: Record<CredentialChange, string> = {
  activated: "Your account was activated, and a password chosen",
  "activated-with-key": "Your account was activated: a password was chosen, and a security key enrolled",
  "password-changed": "Your password was changed",
  "password-reset": "Your password was reset",
  "key-added": "A security key was added to your account",
  "key-removed": "A security key was removed from your account",
  "key-locked": "A security key was locked",
};

const credentials: Record<MailFacts["api-credential-changed"]["which"], string> = {
  created: "An API account was created",
  added: "A credential was added to an API account",
  rotated: "A credential of an API account was replaced",
  revoked: "A credential of an API account was revoked",
  suspended: "An API account was suspended",
  resumed: "An API account was taken back",
  "expires-soon": "A credential of an API account ends soon",
  excepted: "The secret of an API account may act for a time",
  "exception-ended": "The secret of an API account only reads again",
};

export const en: Language = {
  greeting: (name) => (name ? `Hello ${name},` : "Hello,"),
  footer: (origin) =>
    `Sent by ITCare, ${origin}. Nobody reads answers to this address. ITCare never asks for your password, and never for a link that it has sent you.`,
  letters: {
    activation: ({ link, organization, until }, { when }) => ({
      subject: `Your ITCare account at ${organization}`,
      blocks: [
        `An account for ITCare was made for you at ${organization}. Choose a password, and enrol a security key if your profile asks for one:`,
        { link, label: "Activate your account" },
        `The link is good once, until ${when(until)}. After that your security representative can have a new one sent.`,
        "If you did not expect this, do nothing: without the link there is no account.",
      ],
    }),
    "new-enrolment": ({ link, organization, until }, { when }) => ({
      subject: "Enrol your security key again",
      blocks: [
        `The security representative of ${organization} lets you enrol a security key anew. Your earlier keys count for nothing any more, and your sessions have ended.`,
        { link, label: "Enrol a security key" },
        `The link is good once, until ${when(until)}.`,
        `If you have not lost your keys, tell your security representative at once: somebody may be trying to take your place.`,
      ],
    }),
    "credential-changed": ({ which, key, at, network, agent }, { when }) => ({
      subject: changes[which],
      blocks: [
        `${changes[which]}.`,
        rowsOf(["Key", key], ["When", when(at)], ["From the network", network], ["With", agent]),
        ...(which === "key-locked"
          ? ["Its counter went backwards, so there may be a copy of it. It counts for nothing any more: sign with another key, and remove this one."]
          : []),
        "If that was you, there is nothing to do. If it was not, tell your security representative at once and end your sessions.",
      ],
    }),
    "password-reset": ({ link, until, hasKey }, { when }) => ({
      subject: "Choose a new password",
      blocks: [
        "Somebody, probably you, asked for a new password for your ITCare account.",
        { link, label: "Choose a new password" },
        `The link is good once, until ${when(until)}. All your sessions end with it.${hasKey ? " Your security keys stay as they are." : ""}`,
        "If you did not ask, do nothing: your password stays as it is.",
      ],
    }),
    "profile-changed": ({ cloud, profile, until, by, reason, withoutKey }, { when }) => ({
      subject: profile ? `Your profile on ${cloud} is ${profile}` : `You have no profile on ${cloud} any more`,
      blocks: [
        profile ? `${by} gave you the profile ${profile} on ${cloud}.` : `${by} took back your profile on ${cloud}.`,
        rowsOf(
          ["Cloud", cloud],
          ["Profile", profile ?? "none"],
          ["Until", profile ? (until === null ? "for good" : when(until)) : null],
          ["By", by],
          ["Reason", reason],
        ),
        ...(withoutKey
          ? ["It has no effect beyond reading until you have a security key: your security representative can send you an enrolment link."]
          : []),
      ],
    }),
    "request-decided": ({ what, organization, accepted, reason, by }) => ({
      subject: accepted ? `Accepted: ${what}` : `Refused: ${what}`,
      blocks: [
        `${by} has ${accepted ? "accepted" : "refused"} what was asked for at ${organization}.`,
        rowsOf(["Request", what], ["Decision", accepted ? "accepted" : "refused"], ["Reason", reason]),
      ],
    }),
    "request-asked": ({ what, organization, by, reason, link }) => ({
      subject: `${organization} asks for ${what}`,
      blocks: [
        `${by} asks for something that Service Delivery decides.`,
        rowsOf(["Organization", organization], ["Request", what], ["Reason", reason]),
        { link, label: "Look at the request" },
      ],
    }),
    "account-suspended": ({ organization, by, reason, until }, { when }) => ({
      subject: "Your ITCare account is suspended",
      blocks: [
        `Your account at ${organization} was suspended. Your sessions have ended, and nobody can sign in with it.`,
        rowsOf(["By", by], ["Reason", reason], ["Until", until ? when(until) : "somebody takes it back"]),
      ],
    }),
    "account-ended": ({ organization, by, reason }) => ({
      subject: "Your ITCare account has ended",
      blocks: [`Your account at ${organization} has ended. What you did stays in the organization's log.`, rowsOf(["By", by], ["Reason", reason])],
    }),
    "recovery-announced": ({ person, organization, by, effective, link }, { when }) => ({
      subject: `${person} is to be let in again at ${organization}`,
      blocks: [
        `${person}, security representative of ${organization}, has no security key left. ${by} asked for a new enrolment; nothing happens before the moment below.`,
        rowsOf(["Person", person], ["Asked by", by], ["Not before", when(effective)]),
        { link, label: "Look at it" },
        `If ${person} has not asked for this, object before then: tell Service Delivery.`,
      ],
    }),
    "api-credential-changed": ({ account, clientId, which, credential, by, at, ends }, { when }) => ({
      subject: `${credentials[which]}: ${account}`,
      blocks: [
        `${credentials[which]}.`,
        rowsOf(
          ["API account", account],
          ["Client id", clientId],
          ["Credential", credential],
          ["By", by],
          ends === undefined ? ["When", when(at)] : ["Ends", when(ends)],
        ),
        ...(which === "expires-soon"
          ? ["If the program is still needed: add another credential, have the program use it, and let this one end."]
          : []),
      ],
    }),
    "profile-ends-soon": ({ person, cloud, profile, ends, reason }, { when }) => ({
      subject: person === null ? `Your profile on ${cloud} ends soon` : `${person}'s profile on ${cloud} ends soon`,
      blocks: [
        person === null
          ? `Your profile ${profile} on ${cloud} was given for a time, and ends by itself.`
          : `A profile that was given for a time ends by itself.`,
        rowsOf(["Person", person], ["Cloud", cloud], ["Profile", profile], ["Ends", when(ends)], ["Reason", reason]),
        person === null
          ? "If you need it for longer, ask your security representative."
          : "If it is needed for longer, change its end; otherwise there is nothing to do.",
      ],
    }),
  },
};
