/**
 * Plans through crashes, losses, delays, doubles, cancellations, lost rights and a load balancer that others are at work on. Every failure names its
 * seed: `SEED=154 SEEDS=1` runs it again, `SEEDS=100000` runs many more.
 */
import { expect, test } from "vitest";
import { seedOf, sizeOf } from "../../scripts/lib/sizes.ts";
import { stepsOf } from "../../worker/zones/steps.ts";
import { PlanWorld } from "./plan-world.ts";

const SEEDS = sizeOf("SEEDS");
const FIRST = seedOf();

function complaints(world: PlanWorld): string[] {
  const found = [...new Set(world.violations)];
  const isTrue = (holds: boolean, what: string) => holds || found.push(what);
  const line = world.results.join(" ");
  isTrue(/^(SUCCESS ?)*(ERROR ?)?(NOT_BEGUN ?)*$/.test(line), `out of order: ${line}`);
  isTrue(world.plan.status === (/^(SUCCESS ?)+$/.test(line) ? 2 : 3), `the plan has the status ${world.plan.status}: ${line}`);
  isTrue(world.told.plan === 1, `the plan's end is told ${world.told.plan} times`);
  isTrue(world.instance.open === null, "the instance is still taken");
  isTrue(world.balancer.open === null, "the balancer is still taken");
  for (const [key, { performed, state }] of world.effects)
    isTrue(performed === (state === "done" ? 1 : 0), `${key} was performed ${performed} times`);
  world.items.forEach((item, index) => {
    const effects = [...world.effects.values()].filter((effect) => effect.item === index);
    const told = world.told.items[index]!;
    isTrue(told === 1 || (told === 0 && item.fence === 0), `the end of item ${index + 1} is told ${told} times`);
    isTrue(item.fence > 0 || effects.length === 0, `something was asked for item ${index + 1}, which was not begun`);
    if (world.results[index] !== "SUCCESS") return;
    const done = effects.filter(({ state }) => state === "done").length;
    isTrue(done === stepsOf(world.labels[index]!).length, `item ${index + 1} is a SUCCESS after ${done} steps`);
  });
  return found;
}

test(
  `${SEEDS} seeds: items run in their order, each once, nobody comes in between, and what ends a plan is told once`,
  () => {
    const ends = new Map<string, number>();
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const world = new PlanWorld(seed);
      world.run();
      const found = complaints(world);
      if (found.length > 0) expect.fail(`seed ${seed} (${world.labels.join(", ")}): ${found.join("; ")}\n${world.history.join("\n")}`);
      const how = world.results.every((result) => result === "SUCCESS") ? "SUCCESS" : (world.results.find((result) => result !== "SUCCESS") ?? "");
      ends.set(how, (ends.get(how) ?? 0) + 1);
    }
    if (SEEDS >= 500) expect([...ends.keys()].sort()).toEqual(["ERROR", "NOT_BEGUN", "SUCCESS"]);
  },
  30_000 + 20 * SEEDS,
);
