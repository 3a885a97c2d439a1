/**
 * The canonical operation: what exactly is signed, and its hash. A security key signs the hash as its WebAuthn challenge; what is executed is
 * recomputed from the request and compared. The text is RFC 8785 (JSON Canonicalization Scheme), the hash SHA-256.
 */
import type { Label } from "./actions.ts";
import { retention } from "./retention.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface CanonicalOperation {
  readonly version: 1;
  readonly label: Label;
  /** What it is done to. `revision` is null for what has none (a Service that receives a new resource). */
  readonly target: { readonly kind: string; readonly id: number; readonly revision: number | null };
  /** The request's body as it is understood, defaults included. */
  readonly parameters: Json;
  readonly actor: { readonly kind: "person" | "api-account"; readonly id: number };
  /** The public id of the session or, for a program, its client id. */
  readonly session: string;
  /** 32 random bytes, base64url: makes the hash unique, so that a signature is good once. */
  readonly nonce: string;
  /** ISO 8601, UTC. */
  readonly expires: string;
}

/** How long a challenge may be answered, in ms. */
export const SIGNATURE_LASTS = retention.challenge.for;

/**
 * RFC 8785 for the values that operations hold: keys sorted by UTF-16 code units, no white space, integers only.
 * @throws TypeError for a number that is no safe integer: other numbers would print differently in other languages.
 */
export function canonicalize(value: Json): string {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new TypeError(`An operation holds whole numbers only, not ${value}.`);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalize(item as Json)).join(",")}]`;
  const record = value as { readonly [key: string]: Json };
  const members = Object.keys(record)
    .filter((key) => record[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalize(record[key]!)}`);
  return `{${members.join(",")}}`;
}

export function canonicalText(operation: CanonicalOperation): string {
  return canonicalize(operation as unknown as Json);
}

/** SHA-256 over the UTF-8 text, base64url without padding: the WebAuthn challenge. */
export async function hashText(text: string): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

export async function hashOperation(operation: CanonicalOperation): Promise<string> {
  return hashText(canonicalText(operation));
}

export function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @throws SyntaxError for text that is not base64url without padding. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new SyntaxError("Not base64url without padding.");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Random bytes as base64url; 32 bytes unless said otherwise. */
export function randomToken(bytes = 32): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(bytes)));
}
