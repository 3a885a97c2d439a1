/** What would change a refusal, in English, from its facts: the sentence of the API, and of the console where that speaks English. */
import type { Maker, Missing } from "./missing.ts";
import { duties, isProfile, profiles, type Duty } from "./roles.ts";

/** Whom the sentences speak to. */
export interface Told {
  kind: "person" | "api-account";
  organizationName: string;
}

/** Null: nothing would. Or: only the place that refused knows, and says it itself. */
export function sayChange(missing: Missing, told: Told): string | null {
  const { change } = missing;
  switch (change.kind) {
    case "act":
      return sayAct(missing, change, told);
    case "wait": {
      const what = change.label ? `${change.label}${change.action ? ` (action ${change.action})` : ""} has ended` : "that has ended";
      return `Wait until ${what}${change.until ? `, at the latest at ${change.until}` : ""}.`;
    }
    case "prove":
      if (told.kind === "api-account" && missing.kind === "key") return signOrAuthenticate;
      if (told.kind === "api-account")
        return "Sign the request (RFC 9421) over what Accept-Signature names, with a key that is registered for the account, and repeat it.";
      return change.proof === "signature"
        ? "Sign the operation given in `challenge` and repeat the request with it."
        : "Use your security key, or sign the operation given in `challenge`, and repeat the request.";
    case "authenticate":
      return missing.needed?.includes("exception")
        ? `${signOrAuthenticate.slice(0, -1)}; or the security representative of ${told.organizationName} excepts the account for a time.`
        : signOrAuthenticate;
    case "ask-otherwise":
      if (change.oneOf) return `Choose one of ${change.oneOf.join(", ")}.`;
      return change.field ? `Choose another ${change.field}.` : null;
    case "hand-over":
      return `Only ${makersOf(missing, told)} can do this.`;
    case "as-told":
    case "none":
      return null;
  }
}

const signOrAuthenticate = "Get the token with the account's own key (private_key_jwt, RFC 7523), or sign the request with it (RFC 9421).";

function sayAct(missing: Missing, change: Extract<Missing["change"], { kind: "act" }>, told: Told): string {
  const who = makersOf(missing, told);
  const on = missing.cloud ? `on ${missing.cloud.name}` : "on a Cloud";
  const [needed = ""] = missing.needed ?? [];
  switch (change.label) {
    case "give-profile":
    case "change-profile":
    case "update-api-account":
      return `${capital(who)} can give ${told.kind === "person" ? "you" : "the account"} ${needed}${isProfile(needed) ? ` (${profiles[needed].name})` : ""} ${on}.`;
    case "give-duty":
      return `Ask the ${duties[needed as Duty].name} of ${told.organizationName} to do it; ${who} can give you the duty.`;
    case "issue-enrolment":
      return `${capital(who)} can send you a new link to enrol a security key with.`;
    default:
      return `${change.label} comes first: ${missing.by[0] === "self" ? "you can do it" : `${who} can do it`}.`;
  }
}

function makersOf({ by, cloud }: Missing, { organizationName }: Told): string {
  return by.map((maker) => sayMaker(maker, organizationName, cloud?.name)).join(" or ") || "nobody";
}

function sayMaker(maker: Maker, organization: string, cloud: string | undefined): string {
  switch (maker) {
    case "self":
      return "you";
    case "security-representative":
      return `the security representative of ${organization}`;
    case "another-security-representative":
      return `another security representative of ${organization}`;
    case "service-delivery":
      return "the provider's Service Delivery";
    case "another-service-delivery":
      return "another person of Service Delivery";
    case "person":
      return "the person themselves";
    default:
      return `whoever has the profile ${maker}${cloud ? ` on ${cloud}` : ""}`;
  }
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
