/** The geometry of a chart over time, apart from how it is drawn. */

/** Seconds since 1970, and a value. */
export type Pair = readonly [number, number];

export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Scale {
  x: (seconds: number) => number;
  y: (value: number) => number;
}

export function scaleOf({ width, height, left, right, top, bottom }: Frame, start: number, end: number, most: number): Scale {
  return {
    x: (seconds) => left + ((seconds - start) / (end - start)) * (width - left - right),
    y: (value) => height - bottom - (Math.min(value, most) / most) * (height - top - bottom),
  };
}

/** Stretches without a gap: where a point is missing, the line ends and another begins. */
export function stretches(pairs: readonly Pair[], step: number): Pair[][] {
  const found: Pair[][] = [];
  for (const pair of pairs) {
    const last = found.at(-1)?.at(-1);
    if (last && pair[0] - last[0] <= 1.5 * step) found.at(-1)!.push(pair);
    else found.push([pair]);
  }
  return found;
}

export function lineThrough(pairs: readonly Pair[], { x, y }: Scale): string {
  return pairs.map(([at, value], index) => `${index === 0 ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("");
}

/** The same, closed down to the ground. */
export function areaUnder(pairs: readonly Pair[], scale: Scale): string {
  const [first, last] = [pairs[0]!, pairs.at(-1)!];
  return `${lineThrough(pairs, scale)}L${scale.x(last[0]).toFixed(1)} ${scale.y(0)}L${scale.x(first[0]).toFixed(1)} ${scale.y(0)}Z`;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;
const steps = [5 * MINUTE, 10 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY];

/** Round moments of the reader's own clock, at most `most` of them. @param offset seconds that the clock is ahead of UTC */
export function ticksOf(start: number, end: number, most: number, offset: number): number[] {
  const step = steps.find((candidate) => (end - start) / candidate <= most) ?? steps.at(-1)!;
  const first = Math.ceil((start + offset) / step) * step - offset;
  return Array.from({ length: Math.max(0, Math.floor((end - first) / step) + 1) }, (_, index) => first + index * step);
}

export interface Summary {
  least: number;
  mean: number;
  most: number;
}

/** Null of nothing. */
export function summaryOf(pairs: readonly Pair[]): Summary | null {
  if (pairs.length === 0) return null;
  const values = pairs.map(([, value]) => value);
  return { least: Math.min(...values), mean: values.reduce((sum, value) => sum + value, 0) / values.length, most: Math.max(...values) };
}

/** Which pair is nearest to a moment. */
export function nearest(pairs: readonly Pair[], seconds: number): number {
  return pairs.reduce((best, [at], index) => (Math.abs(at - seconds) < Math.abs(pairs[best]![0] - seconds) ? index : best), 0);
}
