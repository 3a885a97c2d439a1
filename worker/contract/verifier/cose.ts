/** Signatures by COSE keys (RFC 9052/9053), with WebCrypto alone: what an authenticator enrols, and what checks its signatures in any place. */
import { toBase64Url } from "../operation.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A key that can check signatures. */
export interface CoseKey {
  verify(signature: Bytes, data: Bytes): Promise<boolean>;
}

/**
 * A public key as WebAuthn delivers it: ES256 on P-256, EdDSA on Ed25519, or RS256.
 * @throws TypeError for bytes that are no such key
 */
export async function readCoseKey(bytes: Bytes): Promise<CoseKey> {
  const members = readMap(bytes);
  const [type, algorithm, curve] = [members.get(1), members.get(3), members.get(-1)];
  if (type === 2 && algorithm === -7 && curve === 1) {
    const point = new Uint8Array([4, ...bytesOf(members.get(-2), 32), ...bytesOf(members.get(-3), 32)]);
    const key = await crypto.subtle.importKey("raw", point, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    return {
      async verify(signature, data) {
        const raw = derToRaw(signature);
        return raw !== null && crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, raw, data);
      },
    };
  }
  if (type === 1 && algorithm === -8 && curve === 6) {
    const key = await crypto.subtle.importKey("raw", bytesOf(members.get(-2), 32), { name: "Ed25519" }, false, ["verify"]);
    return { verify: (signature, data) => crypto.subtle.verify({ name: "Ed25519" }, key, signature, data) };
  }
  if (type === 3 && algorithm === -257) {
    const jwk = { kty: "RSA", n: toBase64Url(bytesOf(members.get(-1))), e: toBase64Url(bytesOf(members.get(-2))) };
    const key = await crypto.subtle.importKey("jwk", jwk, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, false, ["verify"]);
    return { verify: (signature, data) => crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, signature, data) };
  }
  throw new TypeError("The key's type and algorithm are none that are enrolled here.");
}

function bytesOf(value: number | Bytes | undefined, length?: number): Bytes {
  if (!(value instanceof Uint8Array) || (length !== undefined && value.length !== length)) throw new TypeError("The key lacks a member.");
  return value;
}

/** The CBOR (RFC 8949) that a COSE key needs: one map of whole numbers to whole numbers and byte strings, and nothing after it. */
function readMap(bytes: Bytes): Map<number, number | Bytes> {
  let at = 0;
  const take = (length: number): Bytes => {
    if (at + length > bytes.length) throw new TypeError("The key ends early.");
    return bytes.slice(at, (at += length));
  };
  const head = (): { major: number; argument: number } => {
    const first = take(1)[0]!;
    const [major, short] = [first >> 5, first & 31];
    if (short < 24) return { major, argument: short };
    if (short > 26) throw new TypeError("The key holds a number that is too long.");
    return { major, argument: take(2 ** (short - 24)).reduce((sum, byte) => sum * 256 + byte, 0) };
  };
  const value = (): number | Bytes => {
    const { major, argument } = head();
    if (major === 0) return argument;
    if (major === 1) return -1 - argument;
    if (major === 2) return take(argument);
    throw new TypeError("The key holds something that keys do not hold.");
  };
  const { major, argument: size } = head();
  if (major !== 5) throw new TypeError("The key is no map.");
  const members = new Map<number, number | Bytes>();
  for (let index = 0; index < size; index += 1) {
    const name = value();
    if (typeof name !== "number" || members.has(name)) throw new TypeError("The key names a member twice.");
    members.set(name, value());
  }
  if (at !== bytes.length) throw new TypeError("Something follows the key.");
  return members;
}

/** An ECDSA signature on P-256 from DER (as authenticators give it) to the 64 bytes that WebCrypto takes; null when it is not exactly DER. */
function derToRaw(der: Bytes): Bytes | null {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const raw = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1]!;
    const number = der.slice(at + 2, at + 2 + length);
    if (der[at] !== 2 || length === 0 || number.length !== length || number[0]! & 0x80) return null;
    const padded = number[0] === 0 && length > 1;
    if (padded && !(number[1]! & 0x80)) return null;
    const digits = padded ? number.slice(1) : number;
    if (digits.length > 32) return null;
    raw.set(digits, end - digits.length);
    at += 2 + length;
  }
  return at === der.length ? raw : null;
}
