/** Fails for every source file that nothing reaches: followed by import from where the product, its scripts and its tests begin. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "./lib/own-node.mjs";

const sources = globSync("{worker,db,web,scripts,test}/**/*.{ts,mjs,svelte,css}", { cwd: root, exclude: ["**/node_modules/**", "**/*.d.ts"] }).map(
  (path) => path.replaceAll("\\", "/"),
);

const isTest = (path: string): boolean => /^test\/.*\.(test|spec)\.ts$/.test(path);
/** Named by a configuration, a page or a command rather than by an import. */
const named = ["package.json", "wrangler.toml", "vite.config.ts", "web/index.html", "test/e2e/playwright.config.ts"].filter((path) =>
  existsSync(join(root, path)),
);
const entries = [...named, ...sources.filter(isTest)];

/** Whatever is quoted in the file and is a source file: imports of every kind, workers by URL, files on a command line. */
function reached(path: string): string[] {
  const text = readFileSync(join(root, path), "utf8");
  const quoted = [...text.matchAll(/["'`]([^"'`\n]+)["'`]/g)].flatMap((match) => match[1]!.split(/\s+/));
  return quoted.flatMap((word) => {
    const candidates = [join(dirname(path), word), word.replace(/^\.?\//, ""), ...(word.startsWith("/") ? [`web${word}`] : [])];
    return candidates.map((candidate) => relative(root, join(root, candidate)).replaceAll("\\", "/"));
  });
}

const known = new Set(sources);
const alive = new Set<string>(entries);
for (const path of alive) for (const next of reached(path)) if (known.has(next)) alive.add(next);

const dead = sources.filter((path) => !alive.has(path));
for (const path of dead) console.error(`${path} is reached from nowhere: delete it, or import it where it is needed.`);
process.exitCode = dead.length > 0 ? 1 : 0;
