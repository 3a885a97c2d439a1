import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fingerprintList, fingerprintWords } from "../../worker/contract/fingerprint.ts";
import { hashText, randomToken } from "../../worker/contract/operation.ts";
import { parameterFacts } from "../../web/actions/signed-facts.ts";

describe("an operation's fingerprint", () => {
  test("is four words of the list, and always the same for the same operation", async () => {
    expect(fingerprintWords(await hashText("Odile stops web-01"))).toEqual(fingerprintWords(await hashText("Odile stops web-01")));
    expect(fingerprintWords("A".repeat(43))).toEqual(["acid", "acid", "acid", "acid"]);
    expect(fingerprintWords(await hashText("Odile stops web-02"))).not.toEqual(fingerprintWords(await hashText("Odile stops web-01")));
  });

  test("has a list of 256 words that nobody takes for another", () => {
    expect(fingerprintList).toHaveLength(256);
    expect(new Set(fingerprintList).size).toBe(256);
    for (const word of fingerprintList) expect(word).toMatch(/^[a-z]{3,8}$/);
  });

  test("is made of hashes alone", () => {
    for (const text of ["", "AAAA", randomToken(31), randomToken(33), "not base64url!"]) expect(() => fingerprintWords(text), text).toThrow();
  });
});

describe("what the signing card says of the parameters", () => {
  test("is every one of them, in words that can be read", () => {
    expect(
      parameterFacts({
        operation: "resize",
        options: { resourceId: "4cpu16gb" },
        disks: [40, 100],
        tags: [{ key: "team", value: "care" }],
        sshKeys: [],
        comment: null,
        changeReference: "RFC_123",
      }),
    ).toEqual([
      { term: "options.resourceId", value: "4cpu16gb", mono: true },
      { term: "disks", value: "40, 100", mono: true },
      { term: "tags", value: "team:care", mono: true },
      { term: "changeReference", value: "RFC_123", mono: true },
    ]);
    expect(parameterFacts(null)).toEqual([]);
  });

  test("leaves no value out, whatever is signed", () => {
    const leaf = fc.oneof(fc.stringMatching(/^[a-z0-9]{1,8}$/), fc.integer());
    const parameters = fc.dictionary(
      fc.stringMatching(/^p[a-z]{0,6}$/),
      fc.oneof(
        leaf,
        fc.array(leaf, { minLength: 1, maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^q[a-z]{0,6}$/), leaf, { minKeys: 1, noNullPrototype: true }),
      ),
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(parameters, (given) => {
        const shown = parameterFacts(given)
          .map(({ value }) => value)
          .join(" ");
        const leaves = Object.values(given).flatMap((value) => (typeof value === "object" ? Object.values(value) : [value]));
        return leaves.every((value) => shown.includes(String(value)));
      }),
    );
  });
});
