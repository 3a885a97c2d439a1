/** Who is the client? By secret in the header (RFC 6749 section 2.3.1), by secret in the form, or by its key. Exactly one of the three. */
import { readClient, type Client, type Credential } from "../../../db/directory/read/oauth.ts";
import { hashSecret, type ProvenClient } from "../../../db/directory/write/oauth.ts";
import { networkPrefix } from "../network.ts";
import type { Env } from "../../env.ts";
import { assertedClientId, assertionType, verifyClientAssertion } from "./client-assertion.ts";
import { invalidClient, OAuthError } from "./errors.ts";
import { required, type Form } from "./form.ts";

/**
 * Failures are not counted: a secret is 256 random bits, so guessing is hopeless, and existing clients try the header first and then the form.
 * @param now ms since 1970
 * @throws OAuthError invalid_client, the same for unknown, wrong, suspended and ended; invalid_request when no or several methods can be read
 */
export async function authenticateClient(request: Request, form: Form, env: Env, now: number): Promise<ProvenClient> {
  const network = networkPrefix(request.headers.get("cf-connecting-ip"));
  return { ...(await prove(request, form, env, now)), network };
}

type Proven = Omit<ProvenClient, "network">;

async function prove(request: Request, form: Form, env: Env, now: number): Promise<Proven> {
  const header = request.headers.get("authorization");
  const [secret, assertion] = [form.get("client_secret"), form.get("client_assertion")];
  if ([header ?? undefined, secret, assertion].filter((method) => method !== undefined).length > 1) {
    throw new OAuthError("invalid_request", "More than one way of client authentication is used.");
  }
  if (header !== null) {
    const basic = readBasic(header);
    if (form.has("client_id") && form.get("client_id") !== basic.clientId) throw invalidClient();
    return proveBySecret(basic.clientId, basic.secret, env, now);
  }
  if (secret !== undefined) return proveBySecret(required(form, "client_id"), secret, env, now);
  if (assertion !== undefined) return proveByKey(assertion, form, env, now);
  throw new OAuthError("invalid_client", "The client must authenticate: by secret or by private_key_jwt.");
}

/** Known or not, with secrets or not: one read, one hash, a comparison in constant time with each that there is. */
async function proveBySecret(clientId: string, secret: string, env: Env, now: number): Promise<Proven> {
  const client = await readClient(env.DIRECTORY, clientId, now);
  const hash = await hashSecret(secret);
  const secrets: Credential[] = client?.credentials.filter(({ secretHash }) => secretHash !== null) ?? [];
  const [credential] = [...secrets, noSecret].filter(({ secretHash }) => equalHashes(hash, secretHash!));
  if (!credential || !isUsable(client)) throw invalidClient();
  return { ...client, provenBy: "secret", credential, assertion: null };
}

async function proveByKey(assertion: string, form: Form, env: Env, now: number): Promise<Proven> {
  if (required(form, "client_assertion_type") !== assertionType) throw invalidClient();
  const clientId = assertedClientId(assertion);
  if (form.has("client_id") && form.get("client_id") !== clientId) throw invalidClient();
  const client = await readClient(env.DIRECTORY, clientId, now);
  if (!isUsable(client)) throw invalidClient();
  return { ...client, provenBy: "key", ...(await verifyClientAssertion(assertion, client, env, now)) };
}

const isUsable = (client: Client | null): client is Client => client?.active === 1;

/** What no secret hashes to: 32 zero bytes. */
const noSecret: Credential = { id: 0, secretHash: "A".repeat(43), jwk: null, ends: null };

function equalHashes(one: string, other: string): boolean {
  const encoder = new TextEncoder();
  const [a, b] = [encoder.encode(one), encoder.encode(other)];
  return a.byteLength === b.byteLength && crypto.subtle.timingSafeEqual(a, b);
}

/** `Basic base64(id:secret)`, id and secret each form-encoded, so that the first colon parts them whatever they hold. */
function readBasic(header: string): { clientId: string; secret: string } {
  const [scheme, credentials] = header.split(/ +/, 2) as [string, string?];
  if (scheme.toLowerCase() !== "basic") throw new OAuthError("invalid_client", "Of the authentication schemes, only Basic is supported here.");
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(atob(credentials ?? ""), (character) => character.charCodeAt(0)),
    );
    const [, clientId, secret] = /^([^:]+):(.+)$/s.exec(text)!;
    return { clientId: decodeFormValue(clientId!), secret: decodeFormValue(secret!) };
  } catch {
    throw new OAuthError("invalid_request", "The Authorization header cannot be read.");
  }
}

const decodeFormValue = (text: string): string => decodeURIComponent(text.replaceAll("+", " "));
