import fc from "fast-check";
import { expect, test } from "vitest";
import { makeId, parseId, readId } from "../../worker/contract/ids.ts";

const parts = fc.record({
  region: fc.integer({ min: 0, max: 15 }),
  organization: fc.integer({ min: 0, max: 2 ** 17 - 1 }),
  sequence: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

test("an id gives back its region, its organization and its number, up to the largest", () => {
  fc.assert(
    fc.property(parts, (given) => {
      expect(readId(makeId(given))).toEqual(given);
    }),
  );
  const largest = { region: 15, organization: 2 ** 17 - 1, sequence: 2 ** 32 - 1 };
  expect(makeId(largest)).toBe(2 ** 53 - 1);
  expect(readId(makeId(largest))).toEqual(largest);
});

test("a part that does not fit is refused, not wrapped into somebody else's id", () => {
  expect(() => makeId({ region: 16, organization: 0, sequence: 0 })).toThrow(RangeError);
  expect(() => makeId({ region: 1, organization: 2 ** 17, sequence: 0 })).toThrow(RangeError);
  expect(() => makeId({ region: 1, organization: 1, sequence: 2 ** 32 })).toThrow(RangeError);
  expect(() => makeId({ region: 1, organization: 1, sequence: 1.5 })).toThrow(RangeError);
});

test("only plain decimal digits are an id", () => {
  for (const text of ["", "0", "-1", "+1", "1.0", "1e3", "0x10", " 1", "1 ", "01", "99999999999999999", "９", "1_000"])
    expect(parseId(text), text).toBeNull();
  expect(parseId("562971429157792")).toBe(562971429157792);
});
