/** A log with real signatures, made in memory by keys in software: what the verifier's tests tamper with. */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import {
  FIRST_PREVIOUS,
  type ActAccepted,
  type AssertionEvidence,
  type IdentityEvent,
  type LogEntry,
  type LogEvent,
  type LogExport,
} from "../../worker/contract/log-entry.ts";
import { canonicalize, canonicalText, type CanonicalOperation, type Json } from "../../worker/contract/operation.ts";

const sha256 = (data: Uint8Array | string) => createHash("sha256").update(data).digest();
const ORIGIN = "https://console.itcare.example";
export const START = Date.parse("2026-11-21T08:00:00.000Z");
export const at = (minute: number) => new Date(START + minute * 60_000).toISOString();

/** CBOR for a COSE key: whole numbers and byte strings. */
function cbor(value: number | Uint8Array | Map<number, number | Uint8Array>): Buffer {
  const head = (major: number, n: number) =>
    n < 24 ? Buffer.from([(major << 5) | n]) : n < 256 ? Buffer.from([(major << 5) | 24, n]) : Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([name, member]) => [cbor(name), cbor(member)])]);
}

export class SoftwareKey {
  readonly credentialId = randomBytes(16).toString("base64url");
  readonly publicKey: string;
  readonly #key: KeyObject;
  readonly #hash: string | null;

  constructor(algorithm: "ES256" | "EdDSA" | "RS256" = "ES256") {
    const { privateKey, publicKey } =
      algorithm === "ES256"
        ? generateKeyPairSync("ec", { namedCurve: "P-256" })
        : algorithm === "EdDSA"
          ? generateKeyPairSync("ed25519")
          : generateKeyPairSync("rsa", { modulusLength: 2048 });
    const jwk = publicKey.export({ format: "jwk" });
    const bytes = (text: string | undefined) => Buffer.from(text!, "base64url");
    const members: [number, number | Uint8Array][] =
      algorithm === "ES256"
        ? [
            [1, 2],
            [3, -7],
            [-1, 1],
            [-2, bytes(jwk.x)],
            [-3, bytes(jwk.y)],
          ]
        : algorithm === "EdDSA"
          ? [
              [1, 1],
              [3, -8],
              [-1, 6],
              [-2, bytes(jwk.x)],
            ]
          : [
              [1, 3],
              [3, -257],
              [-1, bytes(jwk.n)],
              [-2, bytes(jwk.e)],
            ];
    this.#key = privateKey;
    this.#hash = algorithm === "EdDSA" ? null : "sha256";
    this.publicKey = cbor(new Map(members)).toString("base64url");
  }

  assert(operation: string, { type = "webauthn.get", flags = 0x05, origin = ORIGIN, relyingParty = "itcare.example" } = {}): AssertionEvidence {
    const clientData = Buffer.from(JSON.stringify({ type, challenge: sha256(operation).toString("base64url"), origin, crossOrigin: false }));
    const authenticatorData = Buffer.concat([sha256(relyingParty), Buffer.from([flags, 0, 0, 0, 7])]);
    const signature = sign(this.#hash, Buffer.concat([authenticatorData, sha256(clientData)]), this.#key);
    return {
      kind: "webauthn",
      operation,
      credentialId: this.credentialId,
      publicKey: this.publicKey,
      authenticatorData: authenticatorData.toString("base64url"),
      clientData: clientData.toString("base64url"),
      signature: signature.toString("base64url"),
    };
  }
}

export const odile = { kind: "person" as const, id: 4294967307, session: "c2Vzc2lvbi1vZC1vZGlsZQ" };
export const paul = { kind: "person" as const, id: 4294967308, session: "c2Vzc2lvbi1vZi1wYXVsIQ" };
/** Of another organization. */
export const david = { kind: "person" as const, id: 3 * 2 ** 32 + 12, session: "c2Vzc2lvbi1vZi1kYXZpZA" };

export function enrolled(actor: typeof odile, key: SoftwareKey, minute: number): IdentityEvent {
  return {
    kind: "identity",
    name: "key-enrolled",
    actor,
    at: at(minute),
    cloudId: null,
    facts: { credentialId: key.credentialId, publicKey: key.publicKey },
  };
}

/** What stands before an act of somebody of another organization. */
export function vouched(actor: typeof odile, key: SoftwareKey, minute: number): IdentityEvent {
  const event = enrolled(actor, key, minute);
  return { ...event, name: "key-vouched", facts: { ...event.facts, organizationId: 3 } };
}

/** An act signed by a key, as the gate accepts it. */
export function signedAct(
  actor: typeof odile,
  key: SoftwareKey,
  minute: number,
  change: Partial<CanonicalOperation> = {},
  assertion: Parameters<SoftwareKey["assert"]>[1] = {},
): ActAccepted {
  const operation: CanonicalOperation = {
    version: 1,
    label: "delete-instance",
    target: { kind: "resource", id: 562971429157792, revision: 4 },
    parameters: { force: false, disks: [40, 80] },
    actor: { kind: actor.kind, id: actor.id },
    session: actor.session,
    nonce: randomBytes(32).toString("base64url"),
    expires: at(minute + 2),
    ...change,
  };
  const { label, target, parameters } = operation;
  return {
    kind: "act-accepted",
    at: at(minute),
    cloudId: 4294967297,
    label,
    actor,
    target: { kind: target.kind, id: target.id },
    environment: "PRODUCTION",
    operationId: 562971429258792,
    requestId: `request-${minute}`,
    changeReference: null,
    parameters,
    proof: "signature",
    evidence: key.assert(canonicalText(operation), assertion),
  };
}

export function restarted(minute: number): ActAccepted {
  return {
    kind: "act-accepted",
    at: at(minute),
    cloudId: 4294967297,
    label: "start-instance",
    actor: odile,
    target: { kind: "resource", id: 562971429157792 },
    environment: "TEST",
    operationId: null,
    requestId: `request-${minute}`,
    changeReference: null,
    parameters: {},
    proof: "session",
    evidence: null,
  };
}

/** Chains events, or entries anew: what somebody who owns the database could do. */
export function chain(events: readonly LogEvent[]): LogExport {
  const entries: LogEntry[] = [];
  let previous = FIRST_PREVIOUS;
  for (const [index, event] of events.entries()) {
    const unhashed = { organizationId: 1, sequence: index + 1, previous, source: { database: "REGION_EB" as const, number: index + 1 }, event };
    previous = sha256(canonicalize(unhashed as unknown as Json)).toString("base64url");
    entries.push({ ...unhashed, hash: previous });
  }
  return {
    format: "itcare-log/1",
    organization: { id: 1, name: "Asclepia" },
    exportedAt: at(60),
    names: { [odile.id]: "Odile Renaud" },
    entries,
    head: { organizationId: 1, sequence: entries.length, hash: previous, at: at(60) },
  };
}
