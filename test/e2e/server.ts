/** Where the browser's tests find their server and what it was seeded with. `npm test` chooses both; by hand they are fixed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Demo, DemoPerson } from "../../db/seed/demo.ts";

export const root = join(import.meta.dirname, "../..");
export const port = Number(process.env.E2E_PORT ?? 8900);
export const origin = `http://localhost:${port}`;
export const demoHome = process.env.E2E_HOME ?? join(root, ".wrangler/e2e");

const read = <Content>(file: string): Content => JSON.parse(readFileSync(join(demoHome, "demo", file), "utf8")) as Content;

/** The people, their one password, the API accounts. */
export function demo(): Demo {
  return read("demo.json");
}

/** @param key the first name in lower case */
export function person(key: string): DemoPerson {
  const found = demo().people.find((candidate) => candidate.key === key);
  if (!found) throw new Error(`Nobody in the demo is called ${key}.`);
  return found;
}

/** The activation link of somebody who has none but this way in: a path with its fragment. Good once. */
export function linkOf(key: string): string {
  const link = read<Record<string, string>>("links.json")[person(key).email];
  if (!link) throw new Error(`${key} has no activation link.`);
  return link;
}
