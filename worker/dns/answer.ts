/** What the name server answers to one message: about the names of our domains, and REFUSED for everybody else's. */
import { ALIAS_TTL, domainList, hostmaster, nameServers, type Domain } from "../contract/domains.ts";
import type { ObservedName } from "../contract/observed.ts";
import {
  addressData,
  authorityData,
  hostInformationData,
  INTERNET,
  nameData,
  rcodes,
  readQuery,
  types,
  writeResponse,
  type Query,
  type Question,
  type Rcode,
  type ResourceRecord,
  type Response,
} from "./message.ts";

/** Null: whether there is such a name cannot be said now. */
export type Lookup = (name: string, domain: Domain) => Promise<ObservedName | null>;

export interface Answered {
  message: Uint8Array<ArrayBuffer>;
  /** How long the response may be kept, in seconds; null: not at all. */
  maxAge: number | null;
}

/** Null: the message is no query, and has no response. */
export async function answer(message: Uint8Array, lookup: Lookup): Promise<Answered | null> {
  const query = readQuery(message);
  if (!query) return null;
  const response = await respond(query, lookup);
  const ttls = [...response.answers, ...response.authorities].map(({ ttl }) => ttl);
  return { message: writeResponse(query, response), maxAge: ttls.length > 0 ? Math.min(...ttls) : null };
}

async function respond({ header, question, edns }: Query, lookup: Lookup): Promise<Response> {
  if (header.opcode !== 0) return failure(rcodes.NOTIMP);
  if (!question) return failure(rcodes.FORMERR);
  if (edns && edns.version > 0) return failure(rcodes.BADVERS);
  const domain = domainList.find((candidate) => isWithin(question.labels, candidate.split(".")));
  const isTransfer = question.type === types.AXFR || question.type === types.IXFR;
  if (!domain || question.class !== INTERNET || isTransfer) return failure(rcodes.REFUSED);
  // As names are written: a dot inside a label is none between two.
  const name = question.labels.map((label) => label.replaceAll(".", "\\.")).join(".");
  const known = await lookup(name, domain);
  return known ? about(question, domain, known) : failure(rcodes.SERVFAIL);
}

function isWithin(labels: readonly string[], domain: readonly string[]): boolean {
  const tail = labels.slice(-domain.length);
  return tail.length === domain.length && tail.every((label, index) => label === domain[index]);
}

function about({ labels, type }: Question, domain: Domain, { exists, addresses, serial }: ObservedName): Response {
  const above = labels.length - domain.split(".").length;
  const data = authorityData({
    primary: nameServers[0],
    mailbox: hostmaster,
    serial: serial >>> 0,
    refresh: 3600,
    retry: 600,
    expire: 604_800,
    minimum: ALIAS_TTL,
  });
  const authority: ResourceRecord = { above, type: types.SOA, ttl: ALIAS_TTL, data };
  const isApex = above === 0;
  if (!exists && !isApex) return { rcode: rcodes.NXDOMAIN, authoritative: true, answers: [], authorities: [authority] };
  const answers = recordsOf(type, isApex, addresses, authority);
  return { rcode: rcodes.NOERROR, authoritative: true, answers, authorities: answers.length > 0 ? [] : [authority] };
}

function recordsOf(type: number, isApex: boolean, addresses: readonly string[], authority: ResourceRecord): ResourceRecord[] {
  const own = (data: Uint8Array): ResourceRecord => ({ above: 0, type, ttl: ALIAS_TTL, data });
  if (type === types.A) return addresses.map((address) => own(addressData(address)));
  if (type === types.SOA && isApex) return [authority];
  if (type === types.NS && isApex) return nameServers.map((server) => own(nameData(server)));
  // RFC 8482, section 4.2: "any" is answered with one record that says so.
  if (type === types.ANY) return [{ above: 0, type: types.HINFO, ttl: ALIAS_TTL, data: hostInformationData("RFC8482", "") }];
  return [];
}

function failure(rcode: Rcode): Response {
  return { rcode, authoritative: false, answers: [], authorities: [] };
}
