import fc from "fast-check";
import { expect, test } from "vitest";
import { modes, protocolList } from "../../worker/contract/load-balancers.ts";
import { environmentList, statusList } from "../../worker/contract/resource-types.ts";
import { regionList } from "../../worker/contract/topology.ts";
import { apiQuery, emptyQuery, isFiltered, readQuery, toggled, writeQuery, type BalancerQuery } from "../../web/pages/balancers/filters.ts";

const someOf = <Word extends string>(words: readonly Word[]) => fc.subarray([...words]);
const anyQuery: fc.Arbitrary<BalancerQuery> = fc.record({
  search: fc.constantFrom("", "asc-lb", "é & ?"),
  statuses: someOf(statusList),
  environments: someOf(environmentList),
  protocols: someOf(protocolList),
  loadBalancingMode: someOf(modes),
  regions: someOf(regionList),
  monitoringEnabled: fc.constantFrom("", "true", "false") as fc.Arbitrary<BalancerQuery["monitoringEnabled"]>,
  page: fc.nat(50),
});

test("what the list of load balancers shows is all in its address, and comes back from it", () => {
  fc.assert(fc.property(anyQuery, (query) => void expect(readQuery(writeQuery(query))).toEqual(query)));
  expect(writeQuery(emptyQuery()).toString()).toBe("");
  expect(readQuery(new URLSearchParams("protocols=GOPHER&monitoringEnabled=perhaps&page=-1"))).toEqual(emptyQuery());
});

test("a filter is asked of the API under its own name, from the first page", () => {
  const query = toggled({ ...emptyQuery(), page: 3 }, "protocols", "HTTPS");
  expect(apiQuery(query)).toEqual({ page: "0", size: "50", sort: "name,asc", partial: "true", protocols: "HTTPS" });
  expect([isFiltered(query), isFiltered(toggled(query, "protocols", "HTTPS"))]).toEqual([true, false]);
});
