/** Suspending, taking back and ending somebody's account, and their link: what a representative can do to one person, and why not. */
import type { MemberState, MemberTarget } from "../../worker/contract/actor.ts";
import { can } from "../can.ts";
import { refusalWords } from "../messages/refusals.ts";
import { session } from "../state/session.svelte.ts";
import type { Act } from "./ask.ts";

export type StandingLabel = "renew-activation" | "suspend-person" | "resume-person" | "end-person";

export interface KnownPerson {
  id: number;
  name: string;
  state: MemberState;
  revision: number;
}

const inState: Record<MemberState, readonly StandingLabel[]> = {
  invited: ["renew-activation", "end-person"],
  active: ["suspend-person", "end-person"],
  suspended: ["resume-person", "end-person"],
  ended: [],
};

/** Those that fit how the person stands; `reason`: why not all the same. */
export function standingActsOn(person: KnownPerson): { label: StandingLabel; reason: string | null }[] {
  const { actor } = session;
  if (!actor) return [];
  const { id, name, state, revision } = person;
  const target: MemberTarget = { kind: "member", organizationId: actor.organizationId, actorKind: "person", id, name, state, revision };
  return inState[person.state].map((label) => ({ label, reason: refusalWords(can(label, actor, target), label, actor, target)?.reason ?? null }));
}

export function standingAct<L extends StandingLabel>(label: L, { id, name, revision }: KnownPerson, reason?: string): Act<L> {
  const body = reason && label === "suspend-person" ? { options: { reason } } : reason && label === "end-person" ? { reason } : undefined;
  return {
    label,
    params: { person: id },
    etag: `"${revision}.0"`,
    on: id,
    body: label.endsWith("-person") ? (body ?? {}) : undefined,
    about: { name },
  } as unknown as Act<L>;
}
