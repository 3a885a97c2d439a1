/** A signed request in the log (RFC 9421): that an account's registered key signed it, and that it asked for the act that the log tells. */
import { methodOf, pathOf, rowOf } from "../actions.ts";
import type { ActAccepted, RequestSignatureEvidence } from "../log-entry.ts";
import { canonicalize, fromBase64Url, type Json } from "../operation.ts";
import { shapeOf } from "../shapes/index.ts";
import { componentsOf } from "../http-signature/base.ts";
import { verifyBase } from "../http-signature/keys.ts";
import { parseDictionary, serializeInnerList, type Item } from "../http-signature/structured-fields.ts";
import type { Keyring } from "./keyring.ts";
import type { Signed } from "./signature.ts";

/** How long before the act its signature may have been made, and how far apart two clocks may be, in ms. */
const LASTS = 65_000;
const CLOCKS_APART = 15_000;

/** @throws whatever reading throws: then the signature cannot be read */
export async function verifyRequestSignature(event: ActAccepted, evidence: RequestSignatureEvidence, keys: Keyring): Promise<Signed> {
  const { lines, created, nonce } = readBase(evidence.base);
  if (event.actor.kind !== "api-account") return { flaw: "A person's act does not have a program's signature." };
  for (const name of ["@method", "@authority", "@path", "@query", ...(evidence.body === null ? [] : ["content-digest"])])
    if (!lines.has(name)) return { flaw: `The signature does not cover ${name}.` };
  if (evidence.body !== null && !(await isDigestOf(lines.get("content-digest")!, evidence.body)))
    return { flaw: "The body is not the one that was signed." };
  const different = differenceOf(event, lines, evidence.body);
  if (different) return { flaw: different };
  const at = Date.parse(event.at);
  if (at < created - CLOCKS_APART || at > created + LASTS) return { flaw: "The signature is not of the time of the act." };
  const flaw = keys.flawOfAccountKey(event.actor.id, evidence.publicKey, at);
  if (flaw) return { flaw };
  if (!(await verifyBase(evidence.publicKey, fromBase64Url(evidence.signature), evidence.base))) return { flaw: "The signature is not the key's." };
  return { nonce: `${event.actor.id} ${nonce}`, origin: null };
}

/** The base, line by line; its last one lists the others, in order. */
function readBase(base: string): { lines: Map<string, string>; created: number; nonce: string } {
  const all = base.split("\n").map((line) => /^"([^"]+)": (.*)$/.exec(line)!);
  const [, last, input] = all.pop()!;
  const member = parseDictionary(`signed=${input}`).get("signed")!;
  const lines = new Map(all.map(([, name, value]) => [name!, value!]));
  const [created, nonce] = [member.parameters.get("created"), member.parameters.get("nonce")];
  const same = componentsOf(member.value).join() === all.map(([, name]) => name).join() && lines.size === all.length;
  if (last !== "@signature-params" || !same || serializeInnerList(member.value as Item[], member.parameters) !== input)
    throw new SyntaxError("No base.");
  if (typeof created !== "number" || typeof nonce !== "string") throw new SyntaxError("Neither time nor nonce.");
  return { lines, created: created * 1000, nonce };
}

async function isDigestOf(field: string, body: string): Promise<boolean> {
  const given = [...parseDictionary(field)].filter(([name]) => name === "sha-256" || name === "sha-512");
  for (const [name, { value }] of given) {
    const digest = new Uint8Array(await crypto.subtle.digest(name.toUpperCase(), new TextEncoder().encode(body)));
    if (!(value instanceof Uint8Array) || value.join() !== digest.join()) return false;
  }
  return given.length > 0;
}

/** What the log tells otherwise than the request asked for; null: nothing. What goes with an act without having been asked for stands beside. */
function differenceOf(event: ActAccepted, lines: Map<string, string>, text: string | null): string | null {
  const differs = (what: string) => `The log tells another ${what} than the request that was signed.`;
  const body = (text === null ? undefined : JSON.parse(text)) as Record<string, Json> | undefined;
  const row = rowOf(event.label);
  if (lines.get("@method") !== methodOf(event.label) || (row.operation !== undefined && body?.["operation"] !== row.operation)) return differs("act");

  const params = matchPath(`/itcare${pathOf(event.label)}`, lines.get("@path")!);
  if (!params) return differs("act");
  const [first, ...further] = params;
  const target = first ? first[1] : body?.[`${event.target.kind}Id`];
  if (String(target) !== String(event.target.id)) return differs("target");

  const { consequences: _, ...told } = (event.parameters ?? {}) as Record<string, Json>;
  const shape = shapeOf(event.label).body;
  const understood = (shape ? shape.parse(body) : (body ?? {})) as Record<string, Json>;
  const asked = { ...understood, ...Object.fromEntries(further) };
  return canonicalize(told) === canonicalize(asked) ? null : differs("set of parameters");
}

/** The path's parameters in order, or null when it is another path. */
function matchPath(template: string, path: string): [string, string][] | null {
  const [wanted, given] = [template.split("/"), path.split("/")];
  const same = wanted.length === given.length && wanted.every((part, index) => part.startsWith(":") || part === given[index]);
  return same
    ? wanted.flatMap((part, index) => (part.startsWith(":") ? [[part.slice(1), decodeURIComponent(given[index]!)] as [string, string]] : []))
    : null;
}
