/** People and their profiles as the page shows them, and the acts on them as they are asked: with the revision that was seen. */
import type { Label } from "../../../worker/contract/actions.ts";
import type { MemberTarget } from "../../../worker/contract/actor.ts";
import { atLeast, type Duty, type Profile } from "../../../worker/contract/roles.ts";
import type { About } from "../../actions/sign.svelte.ts";
import type { Answer } from "../../api/client.ts";
import { can } from "../../can.ts";
import { formatDay, t } from "../../messages/index.svelte.ts";
import { refusalWords } from "../../messages/refusals.ts";
import type { Why } from "../../ui/why.svelte.ts";
import { session } from "../../state/session.svelte.ts";

export type PeopleList = Answer<"list-people">;
export type PersonItem = PeopleList["people"][number];
export type WholePerson = Answer<"read-person">;
export type HeldProfile = PersonItem["profiles"][number];
export type Named = Pick<PersonItem, "id" | "name" | "state" | "revision">;

export function memberTarget({ id, name, state, revision }: Named): MemberTarget {
  return { kind: "member", id, name, state, revision, actorKind: "person", organizationId: session.actor?.organizationId ?? 0 };
}

/** Why the signed-in person may not, or null. */
export function whyNot(label: Label, person: Named): Why | null {
  const { actor } = session;
  if (!actor) return { reason: label };
  const target = memberTarget(person);
  return refusalWords(can(label, actor, target), label, actor, target);
}

/** What every act on a person says of them. */
export function aboutPerson(person: Named, facts: readonly (readonly [string, string])[] = [], effect?: string) {
  const about: About = { name: person.name, facts, ...(effect !== undefined && { effect }) };
  return { params: { person: person.id }, etag: `"${person.revision}.0"`, on: person.id, about };
}

export function profileOn(person: Pick<PersonItem, "profiles">, cloudId: number): HeldProfile | null {
  return person.profiles.find((held) => held.cloudId === cloudId) ?? null;
}

/** Why a profile gives nothing now, or until when it does; null: nothing is to be said. */
export function effectWords({ effect, ends }: Pick<HeldProfile, "effect" | "ends">): string | null {
  const words = t().people;
  if (effect !== "in-effect") return words.effects[effect];
  return ends ? words.until(formatDay(ends)) : null;
}

/** The highest profile that somebody holds anywhere, in effect or not. */
export function highestProfile(profiles: readonly { profile: Profile }[]): Profile | null {
  return profiles.reduce<Profile | null>((best, { profile }) => (best && atLeast(best, profile) ? best : profile), null);
}

export function dutyName(duty: Duty): string {
  return t().account.dutyNames[duty];
}

/** A moment as `<input type="datetime-local">` holds it, in the browser's own time. */
export function localMoment(instant: string): string {
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
