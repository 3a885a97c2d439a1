/** COSE public keys: which algorithm, and whether the key is one of it (W11). The library takes any pair and fails only when something is signed. */
import { decodeCredentialPublicKey } from "@simplewebauthn/server/helpers";
import { toBase64Url } from "../../contract/operation.ts";
import { algorithms } from "./relying-party.ts";
import { invalid, rejected } from "./ceremony.ts";

/** The labels of COSE key parameters (RFC 9052, RFC 9053). */
const kty = 1;
const alg = 3;
const first = -1;
const second = -2;
const third = -3;

const OKP = 1;
const EC2 = 2;
const RSA = 3;

/** @returns the key's algorithm @throws Problem("proof_invalid" | "proof_rejected") */
export async function requireUsableKey(publicKey: Uint8Array<ArrayBuffer>): Promise<(typeof algorithms)[number]> {
  const key = readKey(publicKey);
  const algorithm = algorithms.find((offered) => offered === key.get(alg));
  if (algorithm === undefined) throw rejected(`The key's algorithm is none of those offered (${algorithms.join(", ")}).`);
  const { jwk, importing } = toJwk(algorithm, key);
  try {
    await crypto.subtle.importKey("jwk", jwk, importing, false, ["verify"]);
  } catch {
    throw rejected("The public key is no key of its algorithm.");
  }
  return algorithm;
}

function readKey(publicKey: Uint8Array<ArrayBuffer>): Map<number, unknown> {
  try {
    const key: unknown = decodeCredentialPublicKey(publicKey);
    if (key instanceof Map) return key as Map<number, unknown>;
  } catch {
    // The answer is the same for whatever cannot be read.
  }
  throw invalid("The public key is not a COSE key.");
}

function toJwk(
  algorithm: (typeof algorithms)[number],
  key: Map<number, unknown>,
): { jwk: JsonWebKey; importing: Parameters<SubtleCrypto["importKey"]>[2] } {
  if (algorithm === -8 && key.get(kty) === OKP && key.get(first) === 6) {
    return { jwk: { kty: "OKP", crv: "Ed25519", x: bytesOf(key.get(second), 32, 32) }, importing: { name: "Ed25519" } };
  }
  if (algorithm === -7 && key.get(kty) === EC2 && key.get(first) === 1) {
    return {
      jwk: { kty: "EC", crv: "P-256", x: bytesOf(key.get(second), 32, 32), y: bytesOf(key.get(third), 32, 32) },
      importing: { name: "ECDSA", namedCurve: "P-256" },
    };
  }
  if (algorithm === -257 && key.get(kty) === RSA) {
    // 2,048 to 4,096 bits.
    return {
      jwk: { kty: "RSA", n: bytesOf(key.get(first), 256, 512), e: bytesOf(key.get(second), 1, 4) },
      importing: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    };
  }
  throw rejected("The key's type does not fit its algorithm.");
}

function bytesOf(value: unknown, least: number, most: number): string {
  if (value instanceof Uint8Array && value.length >= least && value.length <= most) return toBase64Url(value);
  throw rejected("A parameter of the public key has not the size that its algorithm asks for.");
}
