/** Asks the product's name server over HTTPS, as a resolver does: the messages are dns-packet's, not ours. */
import dns, { type Packet } from "dns-packet";
import { toBase64Url } from "../../worker/contract/operation.ts";
import type { Ask, Caller } from "../world.ts";

export function query(name: string, type = "A", more: Packet = {}): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(dns.encode({ type: "query", id: 0, flags: dns.RECURSION_DESIRED, questions: [{ name, type }], ...more }));
}

export async function askByGet(who: Caller, message: Uint8Array, ask: Ask = {}): Promise<Response> {
  return who.fetch(`/dns-query?dns=${toBase64Url(message)}`, { headers: { accept: "application/dns-message" }, ...ask });
}

export async function askByPost(who: Caller, message: Uint8Array<ArrayBuffer>, ask: Ask = {}): Promise<Response> {
  return who.fetch("/dns-query", { method: "POST", body: message, headers: { "content-type": "application/dns-message" }, ...ask });
}

export async function readResponse(response: Response): Promise<Packet> {
  return dns.decode(Buffer.from(await response.arrayBuffer()));
}

/** The addresses of a name, or why there are none. */
export async function resolve(who: Caller, name: string, ask: Ask = {}): Promise<unknown[] | string> {
  const { rcode, answers } = await readResponse(await askByGet(who, query(name), ask));
  return rcode === "NOERROR" ? answers!.map(({ data }) => data) : rcode!;
}
