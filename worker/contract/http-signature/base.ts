/** What exactly a signed request signs: the signature base (RFC 9421 section 2.5). Pure; the gate makes it from a request, the log's verifier reads it again. */
import { serializeInnerList, type Item, type Member, type Parameters } from "./structured-fields.ts";

/** The parts of a request that can be signed. */
export interface SignableRequest {
  method: string;
  /** As the client has it: our own origin, whatever stands before us. */
  url: URL;
  headers: Headers;
}

const derived: Record<string, (request: SignableRequest) => string> = {
  "@method": ({ method }) => method,
  "@target-uri": ({ url }) => `${url.origin}${url.pathname}${url.search}`,
  "@authority": ({ url }) => url.host,
  "@scheme": ({ url }) => url.protocol.slice(0, -1),
  "@request-target": ({ url }) => `${url.pathname}${url.search}`,
  "@path": ({ url }) => url.pathname,
  "@query": ({ url }) => url.search || "?",
};

/** @throws SyntaxError for a component that the request does not have, that cannot be signed here, or that is named twice */
export function signatureBase({ value, parameters }: Member, request: SignableRequest): string {
  const names = componentsOf(value);
  const lines = names.map((name) => `"${name}": ${valueOf(name, request)}`);
  return [...lines, `"@signature-params": ${serializeInnerList(value as Item[], parameters)}`].join("\n");
}

/** The names in the signature's input. Components with parameters of their own are none that are used here. */
export function componentsOf(value: Member["value"]): string[] {
  if (!Array.isArray(value)) throw new SyntaxError("The signature's input is no list of components.");
  const names = (value as Item[]).map(({ value: name, parameters }: { value: unknown; parameters: Parameters }) => {
    if (typeof name !== "string" || parameters.size > 0) throw new SyntaxError("A component is named by text, without parameters.");
    return name;
  });
  if (new Set(names).size < names.length) throw new SyntaxError("A component is named twice.");
  return names;
}

function valueOf(name: string, request: SignableRequest): string {
  if (Object.hasOwn(derived, name)) return derived[name]!(request);
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || name === "signature" || name === "signature-input")
    throw new SyntaxError(`The component ${name} cannot be signed here.`);
  const value = request.headers.get(name);
  if (value === null) throw new SyntaxError(`The component ${name} is signed, and did not come.`);
  return value.replaceAll(/\s*\n\s*/g, " ").trim();
}
