/** What one person or program holds, and when it was last used: the directory knows what was given, the log what was done with it. */
import type { Giving, HeldDuty, HolderRow, Use } from "../../../db/directory/read/access.ts";
import { profileRowsOf } from "../../../db/directory/read/organization-people.ts";
import type { ProfileRow } from "../../../db/directory/read/profiles.ts";
import { actions, isPrivilegedAct, rowOf, type Label } from "../../contract/actions.ts";
import { SOON } from "../../contract/ending.ts";
import { duties, isPrivileged } from "../../contract/roles.ts";
import type { AccessNote, Holder, Holding } from "../../contract/shapes/access.ts";
import { effectOf, isoOrNull } from "../people/held.ts";

const DAY = 24 * 3_600_000;

/** What shows that a person is there, or a program. */
const arrivals: readonly string[] = ["activated", "signed-in", "token-issued"];

/** @param told what the log knows of the holder's doings @param now ms since 1970 */
export function holderOf(row: HolderRow, kind: Holder["kind"], told: readonly Use[], unusedDays: number, now: number): Holder | null {
  if (row.state === "ended") return null;
  const uses = [...told, ...(JSON.parse(row.uses) as Use[])];
  const lastSignIn = latest([...told.filter(({ label }) => arrivals.includes(label)), ...(row.lastUsed === null ? [] : [{ at: row.lastUsed }])]);
  const judge = { uses, keys: row.keys, presence: kind === "person" ? lastSignIn : null, unusedDays, now };
  const givings = JSON.parse(row.givings) as Giving[];
  return {
    id: row.id,
    kind,
    name: row.name,
    address: row.address,
    state: row.state,
    createdAt: new Date(row.created).toISOString(),
    lastSignInAt: isoOrNull(lastSignIn),
    keys: row.keys,
    holdings: [
      ...profileRowsOf(row.grants).map((held) =>
        profileHeld(
          held,
          givings.find(({ cloudId }) => cloudId === held.cloudId)!,
          judge,
        ),
      ),
      ...(JSON.parse(row.duties) as HeldDuty[]).map((held) => dutyHeld(held, judge)),
    ].filter(({ effect }) => effect !== "ended"),
  };
}

interface Judge {
  uses: readonly Use[];
  keys: number;
  /** When a person last signed in; of a program what it read is known itself. */
  presence: number | null;
  unusedDays: number;
  now: number;
}

function profileHeld(held: ProfileRow, { reason, givenBy, givenByName }: Giving, judge: Judge): Holding {
  const { cloudId, cloudName, profile, begins, ends } = held;
  const acts = judge.uses.filter((use) => use.cloudId === cloudId && takesProfile(use.label));
  // What is of no Cloud is a list, and reads them all.
  const readings = judge.uses.filter((use) => (use.cloudId === cloudId || use.cloudId === 0) && Object.hasOwn(actions, use.label));
  const lastUsed = isPrivileged(profile)
    ? latest(acts)
    : latest([...acts, ...readings, ...(judge.presence === null ? [] : [{ at: judge.presence }])]);
  return {
    cloudId,
    cloudName,
    profile,
    duty: null,
    since: isoOrNull(begins),
    ends: isoOrNull(ends),
    reason,
    givenBy: giverOf(givenBy, givenByName),
    effect: effectOf(held, judge.keys, judge.now),
    lastUsedAt: isoOrNull(lastUsed),
    used: byLabel(acts),
    notes: notesOf({ since: begins, ends, lastUsed, needsKey: isPrivileged(profile) }, judge),
  };
}

function dutyHeld({ duty, begins, reason, givenBy, givenByName }: HeldDuty, judge: Judge): Holding {
  const acts = judge.uses.filter(({ label }) => isAct(label) && rowOf(label).who === duty);
  const lastUsed = latest(acts);
  return {
    cloudId: null,
    cloudName: null,
    profile: null,
    duty,
    since: isoOrNull(begins),
    ends: null,
    reason,
    givenBy: giverOf(givenBy, givenByName),
    effect: judge.keys === 0 ? "no-key" : "in-effect",
    lastUsedAt: isoOrNull(lastUsed),
    used: byLabel(acts),
    notes: notesOf({ since: begins, ends: null, lastUsed, needsKey: true }, judge),
  };
}

/** What was given lately has not been left unused for long. */
function notesOf(
  { since, ends, lastUsed, needsKey }: { since: number | null; ends: number | null; lastUsed: number | null; needsKey: boolean },
  { keys, unusedDays, now }: Judge,
): AccessNote[] {
  const notes: AccessNote[] = [];
  if (Math.max(lastUsed ?? 0, since ?? 0) <= now - unusedDays * DAY) notes.push("unused");
  if (ends !== null && ends <= now + SOON) notes.push("ends-soon");
  if (needsKey && keys === 0) notes.push("no-key");
  return notes;
}

const isAct = (label: string): label is Label => Object.hasOwn(actions, label) && isPrivilegedAct(label as Label);
/** A duty's acts concern Clouds, too, and take no profile. */
const takesProfile = (label: string): boolean => isAct(label) && !Object.hasOwn(duties, rowOf(label).who);

function latest(uses: readonly { at: number }[]): number | null {
  return uses.length === 0 ? null : Math.max(...uses.map(({ at }) => at));
}

function byLabel(acts: readonly Use[]): Holding["used"] {
  const last = new Map<string, number>();
  for (const { label, at } of acts) last.set(label, Math.max(at, last.get(label) ?? 0));
  return [...last].sort(([, one], [, other]) => other - one).map(([label, at]) => ({ label, lastUsedAt: new Date(at).toISOString() }));
}

const giverOf = (id: number | null, name: string | null): Holding["givenBy"] => (id === null ? null : { id, name: name ?? "" });
