/** What can be done to requests, and the acts as they are asked: with the revision that the person saw. */
import type { RequestTarget } from "../../worker/contract/actor.ts";
import type { Label } from "../../worker/contract/actions.ts";
import type { RequestItem } from "../../worker/contract/shapes/requests.ts";
import type { Body } from "../api/client.ts";
import { can } from "../can.ts";
import { formatDay, t } from "../messages/index.svelte.ts";
import { refusalWords, type RefusalWords } from "../messages/refusals.ts";
import { session } from "../state/session.svelte.ts";
import type { Act } from "./ask.ts";

export type DecisionLabel = "withdraw-request" | "accept-request" | "refuse-request";

export function requestTarget(item: RequestItem): RequestTarget {
  const { id, organizationId, name, kind, askedBy, state, revision } = item;
  return { kind: "request", id, organizationId, name, requestKind: kind, askedBy: askedBy.id, state, revision };
}

/** What there is to do about a request for this person: who withdraws does not decide. `refused`: why not now. */
export function decisionsOn(item: RequestItem): { label: DecisionLabel; refused: RefusalWords | null }[] {
  const { actor } = session;
  if (!actor || item.state !== "asked") return [];
  const target = requestTarget(item);
  return (["withdraw-request", "accept-request", "refuse-request"] as const).flatMap((label) => {
    const decision = can(label, actor, target);
    if (!decision.allow && decision.code === "duty_required") return [];
    return [{ label, refused: refusalWords(decision, label, actor, target) }];
  });
}

/** Who asks for something new has the duty; a key is another matter, and said. */
export function mayAsk(label: "request-account" | "request-organization"): { shown: boolean; refused: RefusalWords | null } {
  const { actor } = session;
  if (!actor) return { shown: false, refused: null };
  const target = { kind: "organization", id: actor.organizationId, name: actor.organizationName, revision: 0 } as const;
  const decision = can(label, actor, target);
  const shown = decision.allow || decision.code !== "duty_required";
  return { shown, refused: refusalWords(decision, label as Label, actor, target) };
}

export function profileWords({ profiles }: RequestItem): string[] {
  return profiles.map(({ cloudName, profile, endsAt }) =>
    [profile, cloudName, endsAt && t().requests.until(formatDay(endsAt))].filter(Boolean).join(" · "),
  );
}

function factsOf(item: RequestItem): [string, string][] {
  const { facts } = t().requests;
  return [
    [facts.organization, item.organizationName],
    ...(item.person ? ([[facts.email, item.person.email]] as [string, string][]) : []),
    ...profileWords(item).map((text): [string, string] => [facts.profile, text]),
    ...(item.cloud ? ([[facts.cloud, item.cloud]] as [string, string][]) : []),
    [facts.reason, item.reason],
  ];
}

const commonOf = (item: RequestItem) => ({
  params: { request: item.id },
  etag: `"${item.revision}.0"`,
  on: item.id,
  about: { name: item.name, facts: factsOf(item) },
});

export function withdrawal(item: RequestItem): Act<"withdraw-request"> {
  return { ...commonOf(item), label: "withdraw-request", body: {} };
}

export function acceptance(item: RequestItem): Act<"accept-request"> {
  return { ...commonOf(item), label: "accept-request", body: {} };
}

export function refusal(item: RequestItem, reason: string): Act<"refuse-request"> {
  return { ...commonOf(item), label: "refuse-request", body: { options: { reason } } };
}

export function askAccount(body: Body<"request-account">): Act<"request-account"> {
  const { facts, askEffect } = t().requests;
  const told: [string, string][] = body.kind === "person" ? [[facts.email, body.email]] : [];
  return { label: "request-account", body, about: { name: body.name, facts: told, effect: askEffect } };
}

export function askOrganization(body: Body<"request-organization">): Act<"request-organization"> {
  const { facts, askEffect } = t().requests;
  const told: [string, string][] = [
    [facts.cloud, body.cloud],
    [facts.email, body.representative.email],
  ];
  return { label: "request-organization", body, about: { name: body.name, facts: told, effect: askEffect } };
}
