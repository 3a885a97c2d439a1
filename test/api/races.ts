/**
 * Two people meet, over every act that has a handler: both ask for the same on the same thing at the same moment. One is accepted, the other is told why;
 * nothing is done twice, nothing stays taken. test/api/races-deletion.test.ts has those who meet somebody who deletes.
 */
import { beforeAll, expect, test } from "vitest";
import { isPrivilegedAct, labels, notOffered, pending, rowOf, type HandledLabel, type Label } from "../../worker/contract/actions.ts";
import type { World } from "../world.ts";
import { acknowledged, meet, PATIENCE, ROUNDS as ALL_ROUNDS, settled, tell, thingsOf, twoOfAKind, wanted } from "./meeting.ts";

const absentLabels: readonly Label[] = [...pending, ...notOffered];
/** What is one's own is asked for by nobody else. */
const acts = labels.filter(
  (label): label is HandledLabel => isPrivilegedAct(label) && rowOf(label).target !== "self" && !absentLabels.includes(label),
);

/** What is about the same kind of thing and asks for the same proof is committed the same way. */
const wayOf = (label: HandledLabel): string => [rowOf(label).target, rowOf(label).category, rowOf(label).proof].join();
/** A fifth for each label, and never less than all of them for each way. */
function roundsOf(label: HandledLabel): number {
  const alike = acts.filter((other) => wayOf(other) === wayOf(label)).length;
  return Math.ceil(ALL_ROUNDS / Math.min(alike, 5));
}

/** @param half 0 or 1: two files, for two workers */
export function races(half: 0 | 1): void {
  let it: World;
  beforeAll(async () => {
    it = await twoOfAKind();
  }, 120_000);

  const mine = acts.filter((_, index) => index % 2 === half).map((label) => [label, roundsOf(label)] as const);
  test.each(mine)("%s, %i rounds", { timeout: PATIENCE }, async (label, rounds) => {
    const ids: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const same = wanted(label, await thingsOf(it, label));
      const told = await meet(it, same, same, round);
      const accepted = told.filter((answer) => answer.accepted).length;
      const what = `${label}, round ${round}: ${tell(told)}`;
      // What opens an operation takes its resource; what is done at once may be done by one after the other.
      if (told.some(({ status }) => status === 202)) expect(accepted, what).toBe(1);
      else expect(accepted, what).toBeGreaterThan(0);
      ids.push(...acknowledged(told, what));
    }
    await settled(ids);
  });
}
