/** The customer's own key/value pairs: how many a resource has at most, and how they are changed. Every key once. */
export const MOST_TAGS = 50;
export const KEY_LENGTH = 64;
export const VALUE_LENGTH = 128;

/** A list is asked for `key:value`, `key:` and `!key:`, several with commas between: what a key or a value holds cannot be taken for that. */
export const keyForm = /^[^:,!][^:,]*$/;
export const valueForm = /^[^,]+$/;

export interface TagPair {
  key: string;
  value: string;
}

/** What becomes of a resource's tags. `replace` stands alone; otherwise `remove` goes first, then `add` gives a key its value, the one it had before forgotten. */
export interface TagChange {
  replace?: readonly TagPair[];
  add?: readonly TagPair[];
  remove?: readonly string[];
}

export function changeTags(tags: readonly TagPair[], { replace, add = [], remove = [] }: TagChange): TagPair[] {
  if (replace) return replace.map(({ key, value }) => ({ key, value }));
  const added = new Map(add.map(({ key, value }) => [key, value]));
  const kept = tags.filter(({ key }) => !remove.includes(key)).map(({ key, value }) => ({ key, value: added.get(key) ?? value }));
  const keys = new Set(kept.map(({ key }) => key));
  return [...kept, ...add.filter(({ key }) => !keys.has(key)).map(({ key, value }) => ({ key, value }))];
}
