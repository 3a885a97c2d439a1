/**
 * DNS messages on the wire (RFC 1035, EDNS(0) of RFC 6891), as far as an authoritative server needs them: queries are read, responses are written.
 * Strict: what is not well formed throughout is no query.
 */

export const types = { A: 1, NS: 2, CNAME: 5, SOA: 6, HINFO: 13, AAAA: 28, OPT: 41, IXFR: 251, AXFR: 252, ANY: 255 } as const;
export const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, BADVERS: 16 } as const;
export type Rcode = (typeof rcodes)[keyof typeof rcodes];

export const INTERNET = 1;
const HEADER = 12;
const LONGEST_NAME = 255;
const PADDING = 12;

/** What we can take over UDP; over HTTPS nobody is held to it (RFC 6891, section 6.2.5: below the usual MTU). */
const PAYLOAD = 1232;

/** Responses to padded queries come in multiples of this (RFC 8467, section 4.1). */
const BLOCK = 468;

export interface Header {
  id: number;
  opcode: number;
  recursionDesired: boolean;
  checkingDisabled: boolean;
}

export interface Question {
  /** The name, the type and the class, byte for byte: what a response repeats. */
  raw: Uint8Array;
  /** In lower case; a byte is a character. */
  labels: readonly string[];
  type: number;
  class: number;
}

export interface Edns {
  version: number;
  dnssecOk: boolean;
  padded: boolean;
}

/** `question` is null where the message is not well formed. */
export interface Query {
  header: Header;
  question: Question | null;
  edns: Edns | null;
}

class Malformed extends Error {}

/** Null: this is no query at all, and there is nothing to respond to. Never throws. */
export function readQuery(message: Uint8Array): Query | null {
  if (message.length < HEADER) return null;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const flags = view.getUint16(2);
  if (flags & 0x8000) return null;
  const header = {
    id: view.getUint16(0),
    opcode: (flags >> 11) & 15,
    recursionDesired: (flags & 0x0100) !== 0,
    checkingDisabled: (flags & 0x0010) !== 0,
  };
  if (header.opcode !== 0) return { header, question: null, edns: null };
  try {
    return { header, ...readSections(message, view) };
  } catch (error) {
    if (error instanceof Malformed || error instanceof RangeError) return { header, question: null, edns: null };
    throw error;
  }
}

/** One question, nothing answered yet, and beside it at most one OPT among whatever else comes additionally. */
function readSections(message: Uint8Array, view: DataView): Pick<Query, "question" | "edns"> {
  const [questions, answers, authorities, additional] = [4, 6, 8, 10].map((offset) => view.getUint16(offset));
  if (questions !== 1 || answers !== 0 || authorities !== 0) throw new Malformed();
  const { labels, end } = readName(message, HEADER);
  const question = { raw: message.slice(HEADER, end + 4), labels, type: view.getUint16(end), class: view.getUint16(end + 2) };
  let at = end + 4;
  let edns: Edns | null = null;
  for (let left = additional!; left > 0; left--) {
    const isRoot = message[at] === 0;
    at = skipName(message, at);
    const data = at + 10;
    const next = data + view.getUint16(at + 8);
    if (next > message.length) throw new Malformed();
    if (view.getUint16(at) === types.OPT) {
      if (edns || !isRoot) throw new Malformed();
      edns = { version: view.getUint8(at + 5), dnssecOk: (view.getUint16(at + 6) & 0x8000) !== 0, padded: isPadded(view, data, next) };
    }
    at = next;
  }
  if (at !== message.length) throw new Malformed();
  return { question, edns };
}

/** The name of a question. Nothing stands before it, so it has nothing to point at. */
function readName(message: Uint8Array, start: number): { labels: string[]; end: number } {
  const labels: string[] = [];
  for (let at = start; ;) {
    const length = message[at++];
    if (length === undefined || length > 63 || at + length > message.length || at + length - start > LONGEST_NAME) throw new Malformed();
    if (length === 0) return { labels, end: at };
    labels.push(String.fromCharCode(...message.subarray(at, at + length)).toLowerCase());
    at += length;
  }
}

function skipName(message: Uint8Array, start: number): number {
  for (let at = start; ;) {
    const length = message[at++];
    if (length === undefined) throw new Malformed();
    if (length >= 0xc0) return at + 1;
    if (length > 63) throw new Malformed();
    if (length === 0) return at;
    at += length;
  }
}

function isPadded(view: DataView, start: number, end: number): boolean {
  let found = false;
  let at = start;
  while (at < end) {
    found ||= view.getUint16(at) === PADDING;
    at += 4 + view.getUint16(at + 2);
  }
  if (at !== end) throw new Malformed();
  return found;
}

/** A record of a response. Its owner is the question's name without its first `above` labels. */
export interface ResourceRecord {
  above: number;
  type: number;
  /** In seconds. */
  ttl: number;
  data: Uint8Array;
}

export interface Response {
  rcode: Rcode;
  authoritative: boolean;
  answers: readonly ResourceRecord[];
  authorities: readonly ResourceRecord[];
}

export function writeResponse({ header, question, edns }: Query, { rcode, authoritative, answers, authorities }: Response): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  const flags =
    0x8000 |
    (header.opcode << 11) |
    (authoritative ? 0x0400 : 0) |
    (header.recursionDesired ? 0x0100 : 0) |
    (header.checkingDisabled ? 0x0010 : 0) |
    (rcode & 15);
  for (const word of [header.id, flags, question ? 1 : 0, answers.length, authorities.length, edns ? 1 : 0]) push16(bytes, word);
  if (question) push(bytes, question.raw);
  for (const record of [...answers, ...authorities]) pushRecord(bytes, question!, record);
  if (edns) pushOpt(bytes, edns, rcode);
  return Uint8Array.from(bytes);
}

function pushRecord(bytes: number[], question: Question, { above, type, ttl, data }: ResourceRecord): void {
  const offset = HEADER + question.labels.slice(0, above).reduce((sum, label) => sum + label.length + 1, 0);
  push16(bytes, 0xc000 | offset);
  push16(bytes, type);
  push16(bytes, INTERNET);
  push16(bytes, ttl >>> 16);
  push16(bytes, ttl & 0xffff);
  push16(bytes, data.length);
  push(bytes, data);
}

/** The pseudo-record repeats DO, carries the upper part of the rcode, and fills a padded query's response up to its block. */
function pushOpt(bytes: number[], { dnssecOk, padded }: Edns, rcode: Rcode): void {
  bytes.push(0);
  push16(bytes, types.OPT);
  push16(bytes, PAYLOAD);
  bytes.push(rcode >> 4, 0);
  push16(bytes, dnssecOk ? 0x8000 : 0);
  if (!padded) return push16(bytes, 0);
  const unpadded = bytes.length + 2 + 4;
  const fill = (BLOCK - (unpadded % BLOCK)) % BLOCK;
  push16(bytes, 4 + fill);
  push16(bytes, PADDING);
  push16(bytes, fill);
  for (let left = fill; left > 0; left--) bytes.push(0);
}

function push(bytes: number[], more: Uint8Array): void {
  for (const byte of more) bytes.push(byte);
}

function push16(bytes: number[], word: number): void {
  bytes.push(word >>> 8, word & 255);
}

/** @param address as 10.11.12.13 */
export function addressData(address: string): Uint8Array {
  return Uint8Array.from(address.split("."), Number);
}

/** @param name ASCII, without the final dot */
export function nameData(name: string): Uint8Array {
  return Uint8Array.from(name.split(".").flatMap(text).concat(0));
}

export interface Authority {
  primary: string;
  mailbox: string;
  serial: number;
  refresh: number;
  retry: number;
  expire: number;
  /** How long others may keep that there is no such name, in seconds. */
  minimum: number;
}

export function authorityData({ primary, mailbox, serial, refresh, retry, expire, minimum }: Authority): Uint8Array {
  const numbers = [serial, refresh, retry, expire, minimum].flatMap((value) => [
    value >>> 24,
    (value >>> 16) & 255,
    (value >>> 8) & 255,
    value & 255,
  ]);
  return Uint8Array.from([...nameData(primary), ...nameData(mailbox), ...numbers]);
}

export function hostInformationData(cpu: string, system: string): Uint8Array {
  return Uint8Array.from([...text(cpu), ...text(system)]);
}

/** A length, and as many bytes. */
function text(value: string): number[] {
  return [value.length, ...Array.from(value, (character) => character.charCodeAt(0))];
}
