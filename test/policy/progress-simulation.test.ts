/**
 * The controller's brain through crashes, losses, delays and doubles. Every failure names its seed: `SEED=154 SEEDS=1` runs it again, `SEEDS=100000` runs
 * many more.
 */
import { expect, test } from "vitest";
import { seedOf, sizeOf } from "../../scripts/lib/sizes.ts";
import { transitionOf } from "../../worker/contract/lifecycle.ts";
import { claimed, GRACE, next } from "../../worker/zones/progress.ts";
import { keyOf, steps, stepsOf } from "../../worker/zones/steps.ts";
import { observed, truth } from "./engine-model.ts";
import { OPERATION, World } from "./zone-world.ts";

const SEEDS = sizeOf("SEEDS");
const FIRST = seedOf();

/** What must hold once the dust has settled. */
function complaints(world: World): string[] {
  const { row, resource, thing, label } = world;
  const found = [...world.violations];
  const isTrue = (holds: boolean, what: string) => holds || found.push(what);
  isTrue(row.status >= 2, "the operation never ended");
  isTrue(row.outbox === 1, `${row.outbox} outbox rows`);
  isTrue(!resource.open, "the resource is still taken");
  for (const [key, { performed, state }] of world.effects)
    isTrue(performed === (state === "done" ? 1 : 0), `${key} was performed ${performed} times`);
  isTrue(
    !thing?.resized || [...world.effects.values()].some(({ verb, state }) => verb === "confirm-resize" && state === "refused"),
    "a resize was left unconfirmed",
  );
  if (row.ended?.status === "SUCCESS") {
    const { to } = transitionOf(label);
    stepsOf(label).forEach(({ verb }, step) => isTrue(world.effects.get(keyOf(OPERATION, step))?.state === "done", `SUCCESS without ${verb}`));
    isTrue(resource.status === (to === "same" ? world.startedWith : to), `SUCCESS, and the status is ${resource.status}`);
  }
  const is = truth(label, thing);
  isTrue(resource.status === is, `the books say ${resource.status}, the zone ${is}`);
  const seen = row.ended?.observed;
  if (seen !== undefined && !row.ended?.message?.includes("still at work"))
    isTrue(JSON.stringify(seen) === JSON.stringify(observed(label, thing)), "what was observed at the end is not what is there");
  isTrue(row.ended !== null || world.effects.size === 0, "cancelled, and the zone was asked");
  return found;
}

test(
  `${SEEDS} seeds: every operation ends once, nothing happens twice, and the books say what is there`,
  () => {
    const ends = new Map<string, number>();
    const drawn = new Set<string>();
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const world = new World(seed);
      world.run();
      const found = complaints(world);
      if (found.length > 0) expect.fail(`seed ${seed} (${world.label}): ${found.join("; ")}\n${world.history.join("\n")}`);
      const how = world.row.ended ? `${world.row.ended.status} ${world.row.ended.recorded ?? ""}` : "cancelled";
      drawn.add(world.label);
      ends.set(how, (ends.get(how) ?? 0) + 1);
    }
    if (SEEDS < 500) return;
    expect([...drawn].sort(), "each label that has steps is drawn").toEqual(Object.keys(steps).sort());
    expect([...ends.keys()].sort()).toEqual(
      expect.arrayContaining(["ERROR The deadline has passed.", "ERROR The zone refused.", "SUCCESS ", "cancelled"]),
    );
  },
  30_000 + 10 * SEEDS,
);

test("who hears only when the time is long over that the zone is at work outbids every request under way, and only then ends it", () => {
  const deadline = 1_000;
  const begun = next(claimed({ label: "stop-instance", deadline, fence: 1, step: 0 }), { state: "claimed" }, 0);
  expect(begun.move).toMatchObject({ do: "apply", fence: 1 });
  const sealing = next(begun.progress, { state: "running" }, deadline + GRACE);
  expect(sealing.move).toMatchObject({ do: "poll", fence: 2 });
  expect(next(sealing.progress, { state: "running" }, deadline + GRACE).move).toMatchObject({ do: "observe" });
});
