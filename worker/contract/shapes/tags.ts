/** Tags as requests bring them. */
import * as z from "zod";
import { KEY_LENGTH, keyForm, MOST_TAGS, VALUE_LENGTH, valueForm } from "../tags.ts";
import { text } from "./common.ts";

export const tagKey = text
  .max(KEY_LENGTH, `at most ${KEY_LENGTH} characters`)
  .regex(keyForm, "no colon and no comma, and no exclamation mark at its beginning");
const tagValue = text.max(VALUE_LENGTH, `at most ${VALUE_LENGTH} characters`).regex(valueForm, "no comma");

export const tagPair = z.object({ key: tagKey, value: tagValue }).strict();

export function isEveryKeyOnce(tags: readonly { key: string }[]): boolean {
  return new Set(tags.map(({ key }) => key)).size === tags.length;
}

export const tagList = z.array(tagPair).max(MOST_TAGS, `at most ${MOST_TAGS} tags`).refine(isEveryKeyOnce, "every key once");
