/** The customer's own key/value pairs: what they may be, and how many a resource has at most. Every key once. */
import * as z from "zod";
import { text } from "./shapes/common.ts";

export const MOST_TAGS = 50;
export const KEY_LENGTH = 64;
export const VALUE_LENGTH = 128;

/** A list is asked for `key:value`, `key:` and `!key:`, several with commas between: what a key or a value holds cannot be taken for that. */
export const tagKey = text
  .max(KEY_LENGTH, `at most ${KEY_LENGTH} characters`)
  .regex(/^[^:,!][^:,]*$/, "no colon and no comma, and no exclamation mark at its beginning");
export const tagValue = text.max(VALUE_LENGTH, `at most ${VALUE_LENGTH} characters`).regex(/^[^,]+$/, "no comma");

export const tagPair = z.object({ key: tagKey, value: tagValue }).strict();
export type TagPair = z.infer<typeof tagPair>;

export function isEveryKeyOnce(tags: readonly { key: string }[]): boolean {
  return new Set(tags.map(({ key }) => key)).size === tags.length;
}

export const tagList = z.array(tagPair).max(MOST_TAGS, `at most ${MOST_TAGS} tags`).refine(isEveryKeyOnce, "every key once");

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
