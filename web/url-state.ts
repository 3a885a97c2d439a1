/** A page's state in its address: a list of named codecs, read from and written to the query. What stands at its default is left out. */

export interface Codec<Value> {
  read(values: string[]): Value;
  write(value: Value): string[];
}

export const text = (fallback = ""): Codec<string> => ({
  read: (values) => values[0] ?? fallback,
  write: (value) => (value === fallback ? [] : [value]),
});

export const choice = <Value extends string>(allowed: readonly Value[], fallback: Value): Codec<Value> => ({
  read: (values) => allowed.find((value) => value === values[0]) ?? fallback,
  write: (value) => (value === fallback ? [] : [value]),
});

/** Repeated parameters: `?status=ACTIVE&status=INACTIVE`. */
export const list = (allowed?: readonly string[]): Codec<string[]> => ({
  read: (values) => [...new Set(values)].filter((value) => value !== "" && (!allowed || allowed.includes(value))),
  write: (value) => value,
});

export const whole = (fallback: number, least = 0): Codec<number> => ({
  read: (values) => {
    const number = /^\d{1,15}$/.test(values[0] ?? "") ? Number(values[0]) : fallback;
    return number >= least ? number : fallback;
  },
  write: (value) => (value === fallback ? [] : [String(value)]),
});

export type StateOf<S> = { -readonly [Key in keyof S]: S[Key] extends Codec<infer Value> ? Value : never };

type AnyCodec = Codec<unknown>;

export function readState<S extends Readonly<Record<string, unknown>>>(spec: S, query: URLSearchParams): StateOf<S> {
  return Object.fromEntries(Object.entries(spec).map(([key, codec]) => [key, (codec as AnyCodec).read(query.getAll(key))])) as StateOf<S>;
}

/** @param query the query as it stands: parameters that the spec does not name are kept. */
export function writeState<S extends Readonly<Record<string, unknown>>>(spec: S, state: StateOf<S>, query = new URLSearchParams()): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const [key, codec] of Object.entries(spec)) {
    next.delete(key);
    for (const value of (codec as AnyCodec).write(state[key as keyof S])) next.append(key, value);
  }
  return next;
}
