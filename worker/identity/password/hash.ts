/**
 * Passwords at rest: HMAC-SHA-256 with the product's secret (the pepper), then scrypt. Algorithm, parameters, salt and hash stand in one string, so
 * that the parameters can grow: a login with the old ones writes the new ones.
 *
 * scrypt, because the platform caps PBKDF2 at 100,000 rounds of the 600,000 that OWASP asks for, in production only, and lets no WebAssembly of
 * argon2 compile. The platform caps scrypt at N·r·p = 2^20, and an isolate has 128 MB: N=2^15, r=8, p=3 (OWASP's cheat sheet) needs 32 MiB.
 */
import { createHmac, randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import { fromBase64Url, toBase64Url } from "../../contract/operation.ts";
import type { Env } from "../../env.ts";

export interface ScryptParameters {
  /** log2 of N. */
  ln: number;
  r: number;
  p: number;
}

export const current: ScryptParameters = { ln: 15, r: 8, p: 3 };

/** What a stored hash may ask for at most: the platform's cap on N·r·p, and a quarter of an isolate's memory (128·N·r bytes). */
export const MOST_COST = 2 ** 20;
export const MOST_MEMORY = 32 * 2 ** 20;

const SALT_BYTES = 16;
const HASH_BYTES = 32;

export function costOf({ ln, r, p }: ScryptParameters): { cost: number; memory: number } {
  return { cost: 2 ** ln * r * p, memory: 128 * 2 ** ln * r };
}

/** The string to store for a new password: `$scrypt$ln=15,r=8,p=3$salt$hash`, salt and hash as base64url. */
export function hashPassword(password: string, env: Pick<Env, "PASSWORD_PEPPER">, parameters: ScryptParameters = current): string {
  const salt = randomBytes(SALT_BYTES);
  const { ln, r, p } = parameters;
  return `$scrypt$ln=${ln},r=${r},p=${p}$${toBase64Url(salt)}$${toBase64Url(derive(password, salt, parameters, env))}`;
}

/**
 * Is it the password? Without a stored hash (nobody has this address, or no password was ever set) the same work is done for nothing, so that the
 * time tells nobody who exists.
 */
export function verifyPassword(password: string, stored: string | null, env: Pick<Env, "PASSWORD_PEPPER">): boolean {
  const parsed = stored === null ? null : parse(stored);
  const { parameters, salt, hash } = parsed ?? nobody;
  const derived = derive(password, salt, parameters, env);
  return timingSafeEqual(derived, hash) && parsed !== null;
}

/** True when a login should write the hash anew: its parameters are not today's. */
export function needsRehash(stored: string): boolean {
  const { parameters } = parse(stored) ?? nobody;
  return parameters.ln !== current.ln || parameters.r !== current.r || parameters.p !== current.p;
}

/** Synchronous on purpose: an isolate has one thread, so there is never more than one hash, and 32 MiB, at a time; the async form runs there too. */
function derive(password: string, salt: Uint8Array, { ln, r, p }: ScryptParameters, env: Pick<Env, "PASSWORD_PEPPER">): Uint8Array {
  const peppered = createHmac("sha256", fromBase64Url(env.PASSWORD_PEPPER)).update(normalize(password), "utf8").digest();
  return scryptSync(peppered, salt, HASH_BYTES, { N: 2 ** ln, r, p, maxmem: MOST_MEMORY + 2 ** 20 });
}

/** NFC once, before hashing, and no other change: the same characters typed on another keyboard are the same password. */
export function normalize(password: string): string {
  return password.normalize("NFC");
}

interface Parsed {
  parameters: ScryptParameters;
  salt: Uint8Array;
  hash: Uint8Array;
}

const nobody: Parsed = { parameters: current, salt: new Uint8Array(SALT_BYTES), hash: new Uint8Array(HASH_BYTES) };

/** A stored hash, or null for one whose form or cost is not ours: what the database says never makes this isolate run out of memory. */
function parse(stored: string): Parsed | null {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]{22})\$([\w-]{43})$/.exec(stored);
  if (!match) return null;
  const parameters = { ln: Number(match[1]), r: Number(match[2]), p: Number(match[3]) };
  const { cost, memory } = costOf(parameters);
  if (parameters.ln < 1 || cost === 0 || cost > MOST_COST || memory > MOST_MEMORY) return null;
  return { parameters, salt: fromBase64Url(match[4]!), hash: fromBase64Url(match[5]!) };
}
