/** How people, Clouds and organizations stand: suspended, taken back, ended; and what follows from it. */
import type { StandingAct } from "../../worker/contract/standing.ts";

type Standing = "active" | "suspended" | "ended";

/** What ends at once, what is kept, and until when it can be taken back. */
interface Follows {
  now: string;
  kept?: string;
  back?: string;
}

export const standing = {
  terms: { now: "At once", kept: "Kept", back: "Taken back" },
  state: "State",
  since: "Since",
  acts: "What can be done",
  whatFollows: "What follows from it",
  whatFollowsText: "None of it deletes anything or stops a machine. Each act is signed, and says this once more before.",
  reason: "Reason, for the person",
  organizations: {
    title: "Organizations",
    lead: "Every organization that Service Delivery serves, with its Clouds. What is in them, and who works there, is the organization’s alone to see.",
    failed: "The organizations could not be read",
    empty: "There is no organization yet",
    emptyText: "One begins when a request for it is accepted.",
    name: "Organization",
    clouds: "Clouds",
    noClouds: "None",
    kinds: { customer: "Customer", group: "The group’s own" },
    states: { active: "Active", suspended: "Suspended", ended: "Ended" } as Record<Standing, string>,
    own: "Nobody suspends or ends their own organization.",
    hasClouds: "It ends when all its Clouds have ended. Its security representative ends them.",
    more: "Show more",
  },
  clouds: {
    title: "Clouds",
    lead: "Every Cloud of your organization, whether or not you hold a profile on it. A further one is asked for on the page Requests.",
    failed: "The Clouds could not be read",
    empty: "There is no Cloud",
    emptyText: "One is made when a request for it is accepted.",
    name: "Cloud",
    content: "Services",
    hasServices: "Has Services",
    hasNone: "None: it can end",
    states: { active: "Active", suspended: "Suspended", ended: "Ended" } as Record<Standing, string>,
    notEmpty: "It ends when it has no Service. Delete its Services first.",
  },
  follows: {
    "renew-activation": {
      now: "The link before is worth nothing. The new one is good once, for 24 hours, and goes to the person alone.",
    },
    "suspend-person": {
      now: "Everything that they are signed in to ends, and what waits for a zone is not begun.",
      kept: "Profiles, duties, password and keys. The address stays taken.",
      back: "At any time, by a security representative, until the account is ended.",
    },
    "resume-person": { now: "What they held is theirs again. They sign in anew." },
    "end-person": {
      now: "All profiles and duties are gone, and so are the password, every security key, and everything that they are signed in to.",
      kept: "What they did, and their name, in the log. The address can be used for a new account.",
      back: "Never.",
    },
    "suspend-api-account": {
      now: "Nothing of it is taken from its next request on, and its tokens are dead for good.",
      kept: "Profiles and credentials, until they end by themselves.",
      back: "At any time, by a security representative, until the API account is ended.",
    },
    "resume-api-account": { now: "It holds what it held, and gets new tokens with the credentials that have not ended meanwhile." },
    "suspend-cloud": {
      now: "No profile on it has any effect, for people and for programs, from the next request on; what waits for a zone is not begun.",
      kept: "All that is in it goes on as it runs now: machines, names, load balancers. The profiles stay as they are.",
      back: "At any time, by a security representative, until the Cloud is ended.",
    },
    "resume-cloud": { now: "Each profile on it has effect again, from the next request on." },
    "end-cloud": {
      now: "No profile on it has any effect any more, and no Service can be made in it. It must be empty before.",
      kept: "Its past, in the log. Its name stays taken.",
      back: "Never.",
    },
    "suspend-organization": {
      now: "Its people are signed out, its programs are not let in, links that were not used are worth nothing, and what waits for a zone is not begun.",
      kept: "All that is in its Clouds goes on as it runs now. Profiles, passwords, keys and the log stay as they are.",
      back: "At any time, by Service Delivery, until the organization is ended.",
    },
    "resume-organization": {
      now: "Its people can sign in again, and its programs are let in. Whoever had not used their link needs a new one.",
    },
    "end-organization": {
      now: "Nobody of it can sign in any more, person or program; the passwords are erased. All its Clouds must have ended before.",
      kept: "Its log. The addresses of its people can be used for new accounts.",
      back: "Never.",
    },
  } as Record<StandingAct, Follows>,
  done: {
    "renew-activation": "A new link is on its way",
    "suspend-person": "The account is suspended",
    "resume-person": "The suspension was taken back",
    "end-person": "The account has ended",
    "suspend-api-account": "The API account is suspended",
    "resume-api-account": "The API account can work again",
    "suspend-cloud": "The Cloud is suspended",
    "resume-cloud": "The suspension was taken back",
    "end-cloud": "The Cloud has ended",
    "suspend-organization": "The organization is suspended",
    "resume-organization": "The suspension was taken back",
    "end-organization": "The organization has ended",
  } as Record<StandingAct, string>,
};
