import { expect, test } from "vitest";
import { lineThrough, nearest, scaleOf, stretches, summaryOf, ticksOf, type Pair } from "../../web/ui/chart.ts";

const frame = { width: 600, height: 200, left: 40, right: 0, top: 0, bottom: 20 };

test("a line ends where a point is missing, and begins again behind the gap", () => {
  const pairs: Pair[] = [
    [0, 1],
    [60, 2],
    [120, 3],
    [300, 4],
    [360, 5],
  ];
  expect(stretches(pairs, 60).map((part) => part.map(([at]) => at))).toEqual([
    [0, 60, 120],
    [300, 360],
  ]);
  expect(stretches([], 60)).toEqual([]);
});

test("percent fill the height, and what is more stays inside", () => {
  const scale = scaleOf(frame, 0, 100, 100);
  expect([scale.x(0), scale.x(100), scale.y(0), scale.y(100), scale.y(140)]).toEqual([40, 600, 180, 0, 0]);
  expect(
    lineThrough(
      [
        [0, 0],
        [100, 100],
      ],
      scale,
    ),
  ).toBe("M40.0 180.0L600.0 0.0");
});

test("ticks are round on the reader's own clock, and as many as fit", () => {
  const midnight = Date.UTC(2026, 10, 22) / 1000;
  expect(ticksOf(midnight + 100, midnight + 86_500, 6, 0).map((tick) => (tick - midnight) / 3600)).toEqual([6, 12, 18, 24]);
  expect(ticksOf(midnight, midnight + 86_400, 6, 3600).map((tick) => (tick - midnight + 3600) / 3600)).toEqual([6, 12, 18, 24]);
  expect(ticksOf(midnight, midnight + 30 * 86_400, 5, 0).length).toBeLessThanOrEqual(5);
});

test("the text says the least, the mean and the most; the nearest point is read", () => {
  const pairs: Pair[] = [
    [0, 4],
    [60, 8],
    [120, 0],
  ];
  expect(summaryOf(pairs)).toEqual({ least: 0, mean: 4, most: 8 });
  expect(summaryOf([])).toBeNull();
  expect([nearest(pairs, -5), nearest(pairs, 70), nearest(pairs, 500)]).toEqual([0, 1, 2]);
});
