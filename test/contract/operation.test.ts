import fc from "fast-check";
import { expect, test } from "vitest";
import {
  canonicalize,
  canonicalText,
  fromBase64Url,
  hashOperation,
  toBase64Url,
  type CanonicalOperation,
  type Json,
} from "../../worker/contract/operation.ts";

const stop: CanonicalOperation = {
  version: 1,
  label: "stop-instance",
  target: { kind: "resource", id: 562954248388618, revision: 3 },
  parameters: { operation: "stop", changeReference: "RFC_123" },
  actor: { kind: "person", id: 4294967299 },
  session: "s1",
  nonce: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  expires: "2026-11-21T12:02:00.000Z",
};

test("the canonical text is RFC 8785: sorted members, no white space, minimal escapes", () => {
  expect(canonicalText(stop)).toBe(
    '{"actor":{"id":4294967299,"kind":"person"},"expires":"2026-11-21T12:02:00.000Z","label":"stop-instance",' +
      '"nonce":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","parameters":{"changeReference":"RFC_123","operation":"stop"},' +
      '"session":"s1","target":{"id":562954248388618,"kind":"resource","revision":3},"version":1}',
  );
});

// RFC 8785, section 3.2.3: members are sorted by UTF-16 code units, not by code points.
test("members are sorted as RFC 8785's own example has them", () => {
  const given = {
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis",
  };
  expect(Object.values(JSON.parse(canonicalize(given)) as object).sort()).toEqual(Object.values(given).sort());
  expect(canonicalize(given)).toBe(
    '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
  );
});

test("a number that other languages would print differently is refused", () => {
  for (const value of [1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => canonicalize({ value })).toThrow(TypeError);
});

test("the order in which members were written changes nothing; any value does", async () => {
  const reordered = Object.fromEntries(Object.entries(stop).reverse()) as unknown as CanonicalOperation;
  expect(await hashOperation(reordered)).toBe(await hashOperation(stop));
  const changes: Partial<CanonicalOperation>[] = [
    { label: "reset-instance" },
    { target: { ...stop.target, revision: 4 } },
    { target: { ...stop.target, id: stop.target.id + 1 } },
    { parameters: { operation: "stop" } },
    { actor: { kind: "person", id: 4294967300 } },
    { session: "s2" },
    { nonce: "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { expires: "2026-11-21T12:02:00.001Z" },
  ];
  const hashes = await Promise.all([stop, ...changes.map((change) => ({ ...stop, ...change }))].map(hashOperation));
  expect(new Set(hashes).size).toBe(changes.length + 1);
});

test("canonical text parses back to what it was made of", () => {
  const json: fc.Arbitrary<Json> = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constant(null),
      fc.boolean(),
      fc.maxSafeInteger(),
      fc.string({ unit: "binary" }),
      fc.array(tie("value")),
      fc.dictionary(fc.string(), tie("value")),
    ),
  })).value as fc.Arbitrary<Json>;
  fc.assert(
    fc.property(json, (value) => {
      expect(JSON.parse(canonicalize(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("base64url goes there and back, and refuses padding and the other alphabet", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(fromBase64Url(toBase64Url(bytes))).toEqual(new Uint8Array(bytes));
    }),
  );
  for (const text of ["AA==", "A+", "A/", "A A"]) expect(() => fromBase64Url(text), text).toThrow(SyntaxError);
});
