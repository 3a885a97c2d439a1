/** Suspending, taking back and ending: what can be done to a person, a Cloud or an organization as it stands, and why not. */
import type { MemberState, Target } from "../../worker/contract/actor.ts";
import { standingActs, type StandingAct } from "../../worker/contract/standing.ts";
import type { Answer } from "../api/client.ts";
import { can } from "../can.ts";
import { t } from "../messages/index.svelte.ts";
import { refusalWords } from "../messages/refusals.ts";
import type { Why } from "../ui/why.svelte.ts";
import { session } from "../state/session.svelte.ts";
import type { Act } from "./ask.ts";

export type Standing =
  | { kind: "person"; id: number; name: string; state: MemberState; revision: number }
  | ({ kind: "cloud" } & Answer<"list-clouds">[number])
  | ({ kind: "organization" } & Pick<Answer<"list-organizations">["content"][number], "id" | "name" | "state" | "clouds" | "revision">);

const actsOn = {
  person: ["renew-activation", "suspend-person", "resume-person", "end-person"],
  cloud: ["suspend-cloud", "resume-cloud", "end-cloud"],
  organization: ["suspend-organization", "resume-organization", "end-organization"],
} as const satisfies Record<Standing["kind"], readonly StandingAct[]>;

function targetOf(one: Standing, organizationId: number): Target {
  const { id, name } = one;
  const base = { id, name, revision: one.revision };
  switch (one.kind) {
    case "person":
      return { ...base, kind: "member", organizationId, actorKind: "person", state: one.state };
    case "cloud":
      return { ...base, kind: "own-cloud", organizationId, state: one.state };
    case "organization":
      return { ...base, kind: "customer", state: one.state };
  }
}

/** Those that fit how it stands; `reason`: why not all the same. */
export function standingActsOn(one: Standing): { label: StandingAct; reason: Why | string | null }[] {
  const { actor } = session;
  if (!actor) return [];
  const target = targetOf(one, actor.organizationId);
  return actsOn[one.kind]
    .filter((label) => (standingActs[label].from as readonly MemberState[]).includes(one.state))
    .map((label) => ({
      label,
      reason: refusalWords(can(label, actor, target), label, actor, target) ?? whyNotYet(label, one, actor.organizationId),
    }));
}

/** What the API looks at beside right and state. */
function whyNotYet(label: StandingAct, one: Standing, organizationId: number): string | null {
  const { clouds, organizations } = t().standing;
  if (one.kind === "cloud") return label === "end-cloud" && !one.empty ? clouds.notEmpty : null;
  if (one.kind === "person") return null;
  if (one.id === organizationId) return organizations.own;
  return label === "end-organization" && one.clouds.some(({ state }) => state !== "ended") ? organizations.hasClouds : null;
}

export function standingAct(label: StandingAct, { kind, id, name, revision }: Standing, reason?: string): Act {
  const body = !reason ? {} : label === "suspend-person" ? { options: { reason } } : label === "end-person" ? { reason } : {};
  return {
    label,
    params: { [kind]: id },
    etag: `"${revision}.0"`,
    on: id,
    body: takesBody(label) ? body : undefined,
    about: { name },
  } as unknown as Act;
}

const takesBody = (label: StandingAct) => label !== "renew-activation" && label !== "end-cloud" && label !== "end-organization";
