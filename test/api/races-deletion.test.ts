/** One asks while the other deletes what it is about: neither is done on what is gone, and what was accepted is done. */
import { env } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import { actions, isPrivilegedAct, labels, notOffered, pending, rowOf, type HandledLabel, type Label } from "../../worker/contract/actions.ts";
import { statuses } from "../../worker/contract/resource-types.ts";
import type { World } from "../world.ts";
import { acknowledged, mayBeDone, meet, PATIENCE, ROUNDS as ALL_ROUNDS, settled, tell, thingsOf, twoOfAKind, wanted } from "./meeting.ts";

/** A fifth for each label: of a category they all meet the same deletion. */
const ROUNDS = Math.ceil(ALL_ROUNDS / 5);
const absentLabels: readonly Label[] = [...pending, ...notOffered];
const deletions: Partial<Record<string, HandledLabel>> = { INSTANCE: "delete-instance", LOAD_BALANCER: "delete-lb" };
const onWhatCanGo = labels.filter(
  (label): label is HandledLabel =>
    isPrivilegedAct(label) && !absentLabels.includes(label) && actions[label].target === "resource" && !!deletions[rowOf(label).category ?? ""],
);

let it: World;
beforeAll(async () => {
  it = await twoOfAKind();
}, 120_000);

test.each(onWhatCanGo)(`%s, ${ROUNDS} rounds`, { timeout: PATIENCE }, async (label) => {
  const deletion = deletions[rowOf(label).category!]!;
  const ids: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const things = await thingsOf(it, label);
    const id = Number(Object.values(things)[0]);
    await env.REGION_EB.prepare("UPDATE resource SET status = ? WHERE id = ?").bind(statuses.INACTIVE, id).run();
    const [act, removal] = [wanted(label, things), wanted(deletion, things)];
    // It needs a running one, which nobody can delete: they do not meet.
    if (round === 0 && !(await Promise.all([mayBeDone(it.odile, act), mayBeDone(it.paul, removal)])).every(Boolean)) return;
    const told = await meet(it, removal, act, round);
    const what = `${label}, round ${round}: ${tell(told)}`;
    if (label !== deletion) expect(told.filter((answer) => answer.accepted).length, what).toBeGreaterThan(0);
    ids.push(...acknowledged(told, what));
  }
  await settled(ids);
});
