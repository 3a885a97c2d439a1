/** CBOR (RFC 8949) as authenticators write it, and bytes. Enough for the tests, which bend every byte of it. */
export type Cbor = number | string | boolean | Uint8Array | Cbor[] | Map<string | number, Cbor>;

/** The few kinds of CBOR that a key sends, in their shortest form. */
export function encodeCbor(value: Cbor): Uint8Array {
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === "boolean") return new Uint8Array([value ? 0xf5 : 0xf4]);
  if (typeof value === "string") return concat(head(3, new TextEncoder().encode(value).length), new TextEncoder().encode(value));
  if (value instanceof Uint8Array) return concat(head(2, value.length), value);
  if (Array.isArray(value)) return concat(head(4, value.length), ...value.map(encodeCbor));
  return concat(head(5, value.size), ...[...value].flatMap(([key, item]) => [encodeCbor(key), encodeCbor(item)]));
}

function head(major: number, size: number): Uint8Array {
  if (size < 24) return new Uint8Array([(major << 5) | size]);
  if (size < 0x100) return new Uint8Array([(major << 5) | 24, size]);
  if (size < 0x10000) return new Uint8Array([(major << 5) | 25, size >> 8, size & 0xff]);
  return new Uint8Array([(major << 5) | 26, size >>> 24, (size >>> 16) & 0xff, (size >>> 8) & 0xff, size & 0xff]);
}

export function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function base64url(data: Uint8Array): string {
  return btoa(String.fromCharCode(...data))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}

export function random(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}

export async function sha256(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}
