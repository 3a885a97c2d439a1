/** What an alias may be called. */
import { expect, test } from "vitest";
import { aliasFault, domainList, domainsFor, foldName, type AliasFault } from "../../worker/contract/domains.ts";

const domain = "cloud.itcare.example";

test.each<[string, AliasFault | null]>([
  ["www", null],
  ["4u", null],
  ["7", null],
  ["a.b.c", null],
  ["xn--caf-dma", null],
  ["a--b", null],
  [`${"a".repeat(63)}`, null],
  [`${"a".repeat(64)}`, "long-part"],
  [`${"a.".repeat(115)}aa`, null],
  [`${"a.".repeat(116)}a`, "long"],
  ["", "empty"],
  ["*", "wildcard"],
  ["*.www", "wildcard"],
  ["café", "not-ascii"],
  ["münchen.app", "not-ascii"],
  ["under_score", "characters"],
  ["white space", "characters"],
  ["a..b", "empty-part"],
  [".www", "empty-part"],
  ["-www", "hyphen"],
  ["www-", "hyphen"],
  ["a.-b", "hyphen"],
  ["ab--cd", "reserved"],
  ["xn--", "hyphen"],
])("%j before the domain: %s", (own, fault) => {
  expect(aliasFault(`${own}.${domain}`, domain)).toBe(fault);
});

test("the domain itself is none, and neither is a name elsewhere", () => {
  expect(aliasFault(domain, domain)).toBe("apex");
  expect(aliasFault("", domain)).toBe("empty");
  expect(aliasFault("www.other.example", domain)).toBe("elsewhere");
  expect(aliasFault(`www${domain}`, domain)).toBe("elsewhere");
});

test("upper case and the final dot say nothing", () => {
  expect(foldName(" WWW.Cloud.ITCare.Example. ")).toBe("www.cloud.itcare.example");
});

test("no domain lies within another, and the group's are not for customers", () => {
  for (const one of domainList) for (const other of domainList) expect(one !== other && one.endsWith(`.${other}`)).toBe(false);
  expect(domainsFor("customer")).not.toContain("group.itcare.example");
  expect(domainsFor("group")).toEqual(domainList);
});
