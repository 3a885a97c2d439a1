/** The load of a simulated machine: what it says follows from what was done to it and from the clock, and from nothing else. */
import { describe, expect, test } from "vitest";
import { loadAt, type Change } from "../../worker/zones/simulated/load.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A Wednesday, 00:00 UTC. */
const day = Date.UTC(2026, 10, 18);
const birth: Change = { at: day - 40 * 24 * HOUR, cause: "found", power: "on", cpu: 4, ram: 8, monitored: true };
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const ids = Array.from({ length: 40 }, (_, index) => 562_954_248_388_609 + index);

function cpuOver(id: number, past: readonly Change[], from: number, hours: number): number {
  return mean(Array.from({ length: hours * 6 }, (_, index) => loadAt(id, past, from + index * 10 * MINUTE)!.cpu));
}

describe("a simulated machine", () => {
  test("has no load while it is off or not there, and the same load whenever it is asked", () => {
    expect(loadAt(ids[0]!, [], day)).toBeNull();
    expect(loadAt(ids[0]!, [birth, { ...birth, at: day, cause: "stop", power: "off" }], day + HOUR)).toBeNull();
    expect(loadAt(ids[0]!, [birth], day)).toEqual(loadAt(ids[0]!, [birth], day));
    expect(loadAt(ids[0]!, [birth], day)).not.toEqual(loadAt(ids[1]!, [birth], day));
  });

  test("stays within its cores and its memory, and moves", () => {
    for (const id of ids) {
      const samples = Array.from({ length: 288 }, (_, index) => loadAt(id, [birth], day + index * 5 * MINUTE)!);
      for (const { cpu, memoryUsed } of samples) {
        expect(cpu).toBeGreaterThan(0);
        expect(cpu).toBeLessThanOrEqual(100);
        expect(memoryUsed).toBeGreaterThan(0);
        expect(memoryUsed).toBeLessThanOrEqual(8);
      }
      expect(new Set(samples.map(({ cpu }) => cpu)).size).toBeGreaterThan(200);
    }
  });

  test("works by day more than by night, and in the week more than at its end; a few work at night", () => {
    const busyByDay = ids.filter((id) => cpuOver(id, [birth], day + 10 * HOUR, 6) > cpuOver(id, [birth], day + 23 * HOUR, 6));
    expect(busyByDay.length).toBeGreaterThan(ids.length * 0.6);
    expect(busyByDay.length).toBeLessThan(ids.length);
    const saturday = day + 3 * 24 * HOUR;
    expect(mean(ids.map((id) => cpuOver(id, [birth], saturday, 24)))).toBeLessThan(0.8 * mean(ids.map((id) => cpuOver(id, [birth], day, 24))));
  });

  test("shows a boot: busy at first, its memory empty, and as before after a while", () => {
    for (const cause of ["start", "reset", "restore"] as const) {
      const past = [birth, { ...birth, at: day, cause }];
      const [before, at, later] = [loadAt(ids[0]!, [birth], day)!, loadAt(ids[0]!, past, day + MINUTE)!, loadAt(ids[0]!, past, day + 5 * HOUR)!];
      expect(at.cpu).toBeGreaterThan(before.cpu + 20);
      expect(at.memoryUsed).toBeLessThan(0.5 * before.memoryUsed);
      expect(later.cpu).toBeLessThan(at.cpu);
      expect(later.memoryUsed).toBeGreaterThan(0.7 * before.memoryUsed);
    }
  });

  test("has the same work after a resize: twice the cores, half the percentage", () => {
    const grown = [birth, { ...birth, at: day, cause: "resize" as const, cpu: 8, ram: 16 }];
    const [before, after] = [cpuOver(ids[0]!, [birth], day + 8 * HOUR, 8), cpuOver(ids[0]!, grown, day + 8 * HOUR, 8)];
    expect(after / before).toBeGreaterThan(0.4);
    expect(after / before).toBeLessThan(0.6);
  });
});
