import { describe, expect, test } from "vitest";
import { labels, isPrivilegedAct, pending, notOffered } from "../../worker/contract/actions.ts";
import { problems } from "../../worker/contract/problems.ts";
import { en } from "../../web/messages/en.ts";
import { fr } from "../../web/messages/fr.ts";

interface Word {
  key: string;
  value: unknown;
}

/** Every word of a dictionary with its path: `account.keys`. */
function words(dictionary: object, prefix = ""): Word[] {
  return Object.entries(dictionary).flatMap(([name, value]) =>
    typeof value === "object" && value !== null ? words(value, `${prefix}${name}.`) : [{ key: prefix + name, value }],
  );
}

const english = new Map(words(en).map(({ key, value }) => [key, value]));
const french = new Map(words(fr).map(({ key, value }) => [key, value]));

/** What a word says; sentences with gaps are filled with their parameters' places. */
function said(value: unknown): string {
  if (typeof value !== "function") return String(value);
  return String(
    (value as (...given: unknown[]) => unknown)(...Array.from({ length: value.length }, (_, place) => (value.length === 1 ? 2 : place + 2))),
  );
}

describe("the console's words", () => {
  test("are there in both languages, all of them and no others", () => {
    expect([...french.keys()].sort()).toEqual([...english.keys()].sort());
  });

  test("say something in both", () => {
    for (const [language, dictionary] of [
      ["en", english],
      ["fr", french],
    ] as const) {
      const silent = [...dictionary].filter(([key, value]) => key !== "signing.kinds.none" && said(value).trim() === "").map(([key]) => key);
      expect(silent, `${language}: words that say nothing`).toEqual([]);
    }
  });

  test("take the same gaps in both", () => {
    const uneven = [...english].filter(
      ([key, value]) =>
        typeof value !== typeof french.get(key) || (typeof value === "function" && value.length !== (french.get(key) as { length: number }).length),
    );
    expect(uneven.map(([key]) => key)).toEqual([]);
  });

  test("are French where French has its own: sentences are not left in English", () => {
    const same = [...english].filter(([key, value]) => said(value) === said(french.get(key)) && (said(value).match(/\p{L}{2,}/gu)?.length ?? 0) > 3);
    expect(same.map(([key]) => key)).toEqual([]);
  });

  test("name every problem that the API knows", () => {
    expect(Object.keys(en.problems)).toEqual(expect.arrayContaining(Object.keys(problems)));
  });

  test("say as a sentence what each act that can be signed will do", () => {
    const later = new Set<string>([...pending, ...notOffered]);
    const unsaid = labels.filter((label) => isPrivilegedAct(label) && !later.has(label) && !en.signing.acts[label]);
    expect(unsaid, "add a sentence under signing.acts in web/messages").toEqual([]);
  });
});
