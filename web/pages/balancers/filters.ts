/** What the list of load balancers shows is all in its URL, under the API's own names. */
import { modes, protocolList } from "../../../worker/contract/load-balancers.ts";
import { environmentList, statusList } from "../../../worker/contract/resource-types.ts";
import { regionList } from "../../../worker/contract/topology.ts";
import { choice, list, readState, text, whole, writeState, type StateOf } from "../../url-state.ts";

export const SIZE = 50;

export const listSpec = {
  statuses: list(statusList),
  environments: list(environmentList),
  protocols: list(protocolList),
  loadBalancingMode: list(modes),
  regions: list(regionList),
};
export type ListName = keyof typeof listSpec;
export const listNames = Object.keys(listSpec) as ListName[];

const spec = { search: text(), ...listSpec, monitoringEnabled: choice(["", "true", "false"], ""), page: whole(0) };
export type BalancerQuery = StateOf<typeof spec>;

export function readQuery(search: URLSearchParams): BalancerQuery {
  return readState(spec, search);
}

export function writeQuery(query: BalancerQuery, kept = new URLSearchParams()): URLSearchParams {
  return writeState(spec, query, kept);
}

export function apiQuery(query: BalancerQuery): Record<string, string> {
  const sent: Record<string, string> = { page: String(query.page), size: String(SIZE), sort: "name,asc", partial: "true" };
  if (query.search.trim()) sent.search = query.search.trim();
  if (query.monitoringEnabled) sent.monitoringEnabled = query.monitoringEnabled;
  for (const name of listNames) if (query[name].length > 0) sent[name] = query[name].join(",");
  return sent;
}

export function isFiltered(query: BalancerQuery): boolean {
  return query.search.trim() !== "" || query.monitoringEnabled !== "" || listNames.some((name) => query[name].length > 0);
}

export function toggled(query: BalancerQuery, name: ListName, word: string): BalancerQuery {
  const words: string[] = query[name];
  return { ...query, page: 0, [name]: words.includes(word) ? words.filter((other) => other !== word) : [...words, word] };
}

export function emptyQuery(): BalancerQuery {
  return readQuery(new URLSearchParams());
}
