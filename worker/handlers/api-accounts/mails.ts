import type { Label } from "../../contract/actions.ts";
import type { Mail, MailFacts } from "../../contract/mail.ts";
import type { Permit } from "../../contract/permit.ts";

/** Every representative hears of it: one whose session was stolen, and the others. */
export function mailOf({ actor, now }: Permit<Label>, facts: Omit<MailFacts["api-credential-changed"], "by" | "at">): Mail {
  const { name, organizationId } = actor!;
  return {
    to: { duty: "security-representative", organizationId },
    template: "api-credential-changed",
    facts: { ...facts, by: name, at: now },
  };
}
