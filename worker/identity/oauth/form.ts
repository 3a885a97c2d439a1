/** The body of a request to an OAuth endpoint: a form, each parameter once, nothing in the query. */
import { OAuthError } from "./errors.ts";

/** More than any honest form: an assertion with PS256 is about 1 KB. */
const BODY_LIMIT = 16 * 1024;

/** Parameters by name; one without a value counts as left out (RFC 6749 section 3.2). */
export type Form = ReadonlyMap<string, string>;

/** @throws OAuthError invalid_request */
export async function readForm(request: Request): Promise<Form> {
  if (new URL(request.url).search) throw new OAuthError("invalid_request", "Parameters stand in the body; a query is kept in too many places.");
  const type = request.headers.get("content-type")?.split(";")[0]!.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") throw new OAuthError("invalid_request", "The body must be application/x-www-form-urlencoded.");
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(await readText(request))) {
    if (form.has(name)) throw new OAuthError("invalid_request", "A parameter is given more than once.");
    form.set(name, value);
  }
  return new Map([...form].filter(([, value]) => value !== ""));
}

/** @throws OAuthError invalid_request when the parameter is left out */
export function required(form: Form, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw new OAuthError("invalid_request", `The parameter ${name} is missing.`);
  return value;
}

/** Stops reading at the limit, whatever length the request announces. */
async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > BODY_LIMIT) throw new OAuthError("invalid_request", `The body is larger than ${BODY_LIMIT} bytes.`, 413);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await new Blob(chunks).arrayBuffer());
  } catch {
    throw new OAuthError("invalid_request", "The body is not UTF-8.");
  }
}
