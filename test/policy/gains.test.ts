import { describe, expect, test } from "vitest";
import { changeOfProfile, labelsOfDuty, labelsOfProfile, raises } from "../../worker/contract/gains.ts";
import { additions, specification } from "./specification.ts";

const features = Object.values(specification).flatMap((feature) => Object.entries(feature));

describe("who gains and loses what", () => {
  test("Rita, from Operator to Power, gains what the specification gives Power alone", () => {
    const { gains, loses } = changeOfProfile("OPE", "POW");
    expect(loses).toEqual([]);
    for (const [label, lowest] of features) expect((gains as string[]).includes(label), label).toBe(lowest === "POW");
  });

  test("from nothing to Maintenance comes all reading, and no act of an Operator", () => {
    const { gains } = changeOfProfile(null, "DTM");
    expect(gains).toContain("read-instance");
    for (const [label, lowest] of features) expect((gains as string[]).includes(label), label).toBe(lowest === "MNT");
  });

  test("what is lost one way is gained the other way, and the same profile changes nothing", () => {
    expect(changeOfProfile("POW", "STD").loses).toEqual(changeOfProfile("STD", "POW").gains);
    expect(changeOfProfile("OPE", "OPE")).toEqual({ gains: [], loses: [] });
    expect(labelsOfProfile(null)).toEqual([]);
  });

  test("a duty gives its own acts, and no profile gives one of them", () => {
    const given = labelsOfDuty("security-representative");
    const written = Object.entries(additions).flatMap(([label, { who }]) => (who === "representative" ? [label] : []));
    expect([...given].sort()).toEqual(written.sort());
    expect(labelsOfProfile("POW").filter((label) => given.includes(label))).toEqual([]);
  });
});

test("whoever gets more, or for longer, is raised", () => {
  const held = { profile: "OPE", ends: 1_000 } as const;
  expect(raises(null, { profile: "STD", ends: 5 })).toBe(true);
  expect(raises(held, { profile: "POW", ends: 5 })).toBe(true);
  expect(raises(held, { profile: "STD", ends: 1_001 })).toBe(true);
  expect(raises(held, { profile: "STD", ends: null })).toBe(true);
  expect(raises(held, { profile: "OPE", ends: 1_000 })).toBe(false);
  expect(raises({ profile: "POW", ends: null }, { profile: "DTM", ends: null })).toBe(false);
});
