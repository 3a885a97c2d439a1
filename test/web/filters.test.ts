import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { environmentList, familyList, statusList, typeList } from "../../worker/contract/resource-types.ts";
import { zoneList } from "../../worker/contract/topology.ts";
import {
  apiQuery,
  cleared,
  emptyQuery,
  isFiltered,
  pageSizes,
  readQuery,
  sortColumns,
  sortedBy,
  toggled,
  writeQuery,
  type ResourceQuery,
} from "../../web/pages/resources/filters.ts";

const word = fc.stringMatching(/^[a-z][a-z0-9 &=+%#?/é-]{0,12}[a-z0-9]$/);
const someOf = (words: readonly string[]) => fc.subarray([...words]);
const someIds = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 52 }).map(String), { maxLength: 4 });

const anyQuery: fc.Arbitrary<ResourceQuery> = fc.record({
  search: fc.oneof(fc.constant(""), word),
  types: someOf(typeList),
  families: someOf(familyList),
  statuses: someOf(statusList),
  environments: someOf(environmentList),
  az: someOf(zoneList),
  clouds: someIds,
  services: someIds,
  tags: fc.uniqueArray(
    fc.tuple(word, word).map(([key, value]) => `${key}:${value}`),
    { maxLength: 3 },
  ),
  sort: fc.record({ column: fc.constantFrom(...sortColumns), descending: fc.boolean() }),
  page: fc.integer({ min: 0, max: 10_000 }),
  size: fc.constantFrom(...pageSizes),
});

describe("the URL of the resources page", () => {
  it("holds everything: what is written is read back the same", () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        expect(readQuery(new URL(`https://itcare.example/resources?${writeQuery(query)}`).searchParams)).toEqual(query);
      }),
    );
  });

  it("is empty for the plain list, and keeps what belongs to others", () => {
    expect(writeQuery(emptyQuery()).toString()).toBe("");
    const query = toggled(toggled(emptyQuery(), "tags", "application:billing"), "statuses", "ACTIVE");
    expect(writeQuery({ ...query, search: "front" }, new URLSearchParams("drawer=open&search=old")).toString()).toBe(
      "drawer=open&search=front&statuses=ACTIVE&tags=application%3Abilling",
    );
  });

  it("can be shown whatever stands in it", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const query = readQuery(new URLSearchParams(text));
        expect(readQuery(writeQuery(query))).toEqual(query);
      }),
    );
    expect(readQuery(new URLSearchParams("statuses=BROKEN&statuses=ACTIVE&sort=secret,desc&page=-1&size=7&clouds=a&tags=no-colon"))).toEqual({
      ...emptyQuery(),
      statuses: ["ACTIVE"],
    });
  });

  it("asks the API for exactly what it says, and for what is left when a region is away", () => {
    expect(apiQuery({ ...emptyQuery(), search: " db " })).toEqual({ search: "db", page: "0", size: "50", sort: "name,asc", partial: "true" });
    expect(apiQuery({ ...emptyQuery(), az: ["EB-HDS-A", "EB-HDS-B"] }).az).toBe("EB-HDS-A,EB-HDS-B");
  });

  it("goes back to the first page when a filter or the order changes", () => {
    const far = { ...emptyQuery(), page: 7 };
    expect(toggled(far, "az", "EB-HDS-A")).toMatchObject({ page: 0, az: ["EB-HDS-A"] });
    expect(sortedBy(far, "creationTime")).toMatchObject({ page: 0, sort: { column: "creationTime", descending: false } });
    expect(sortedBy(sortedBy(far, "creationTime"), "creationTime").sort.descending).toBe(true);
  });

  it("clears the filters and leaves the order", () => {
    const query = sortedBy(toggled(emptyQuery(), "clouds", "42"), "status");
    expect(isFiltered(query)).toBe(true);
    expect(isFiltered(cleared(query))).toBe(false);
    expect(cleared(query).sort.column).toBe("status");
    expect(isFiltered({ ...emptyQuery(), page: 3, search: "  " })).toBe(false);
  });
});
