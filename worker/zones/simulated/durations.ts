/** How long effects take, in ms, times ZONE_PACE: as a nova with QEMU guests, and a designate with its name server, took on one small host until the final state. */
import type { Verb } from "../engine.ts";

export const durations: Record<Verb, number> = {
  create: 13_400,
  start: 2_800,
  stop: 7_800,
  reset: 4_200,
  resize: 16_500,
  "confirm-resize": 1_700,
  delete: 3_200,
  snapshot: 1_900,
  restore: 9_100,
  "delete-snapshot": 300,
  monitor: 200,
  unmonitor: 200,
  "create-record": 2_000,
  "delete-records": 900,
};
