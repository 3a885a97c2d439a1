/** What would be deployed, looked at without an account: complete, free of what is a local start's, and no larger than its budget. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { ownEnvironment, root } from "./own-node.mjs";
import { writeProduction, type Production } from "./production.ts";
import type { Wrangler } from "./wrangler.ts";

/**
 * In KiB. Cloudflare takes 10 MiB of a Worker, compressed; what starts slowly is what is large. Of the pages two thirds are the API's description, which
 * grows with each act, is loaded by nobody who opens the console, and counts for little once it is compressed.
 */
export const budget = { worker: 2_300, workerCompressed: 500, pages: 3_300, pagesCompressed: 620 };

/** Of these no line may be in production: the demo company, what opens local databases, the tests. */
const neverDeployed = /(^|\/)(db\/seed|db\/migrate|scripts\/|test\/)/;

export interface Bundle {
  sizes: Record<keyof typeof budget, number>;
  /** As sentences; none: it can be deployed. */
  wrong: string[];
}

/** @param to where the built pages go; absent: where deploying takes them from @throws Error with what the build says */
export function buildConsole(to?: string): void {
  const args = [join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn", ...(to ? ["--outDir", to] : [])];
  const built = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", env: ownEnvironment() });
  if (built.status !== 0) throw new Error(`The console does not build:\n${built.stdout}${built.stderr}`);
}

/** Builds and bundles into a folder of its own: neither what runs here nor what was built is touched. */
export async function inspectBundle(production: Production, wrangler: Wrangler): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), "itcare-deploy-"));
  try {
    const pages = join(folder, "pages");
    buildConsole(pages);
    const config = writeProduction(
      { ...production, assets: { ...production.assets, directory: relative(root, pages) } },
      {},
      join(folder, "wrangler.json"),
    );
    const [bundled, meta] = [join(folder, "worker"), join(folder, "meta.json")];
    const said = await wrangler(["deploy", "--dry-run", "--config", config, "--outdir", bundled, "--metafile", meta]);
    if (!said.ok)
      return {
        sizes: { worker: 0, workerCompressed: 0, pages: 0, pagesCompressed: 0 },
        wrong: [`wrangler does not bundle the Worker:\n${said.all}`],
      };
    const code = contentsOf(bundled).filter(({ path }) => /\.(js|mjs|wasm)$/.test(path));
    const shown = contentsOf(pages);
    const sizes = { worker: kib(code), workerCompressed: compressed(code), pages: kib(shown), pagesCompressed: compressed(shown) };
    const { inputs } = JSON.parse(readFileSync(meta, "utf8")) as { inputs: Record<string, unknown> };
    return { sizes, wrong: [...tooLarge(sizes), ...foreign(Object.keys(inputs)), ...unaccounted(production)] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Content {
  path: string;
  bytes: Buffer;
}

function contentsOf(folder: string): Content[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => statSync(join(folder, path)).isFile());
  return paths.map((path) => ({ path, bytes: readFileSync(join(folder, path)) }));
}

const kib = (contents: readonly Content[]): number => Math.ceil(contents.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1024);
/** Each file by itself, as it travels. */
const compressed = (contents: readonly Content[]): number => kib(contents.map(({ path, bytes }) => ({ path, bytes: gzipSync(bytes) })));

function tooLarge(sizes: Bundle["sizes"]): string[] {
  return (Object.keys(budget) as (keyof typeof budget)[])
    .filter((what) => sizes[what] > budget[what])
    .map((what) => `${what} has ${sizes[what]} KiB of ${budget[what]}: make it smaller, or raise the budget in scripts/lib/bundle.ts and say why.`);
}

export function foreign(inputs: readonly string[]): string[] {
  return inputs
    .filter((path) => !path.includes("node_modules/") && neverDeployed.test(path))
    .map((path) => `${path} would be deployed: the Worker must not import it.`);
}

/** Every Durable Object has its class in the Worker and its migration, every database its migrations, each of another number. */
export function unaccounted({ main, durable_objects, migrations, d1_databases }: Production): string[] {
  const made = new Set(migrations.flatMap(({ new_sqlite_classes = [] }) => new_sqlite_classes));
  const source = readFileSync(join(root, main), "utf8");
  const exported = new Set([...source.matchAll(/^export \{ (\w+) \}/gm)].map((match) => match[1]!));
  const classes = durable_objects.bindings.map(({ class_name }) => class_name);
  const folders = [...new Set(d1_databases.map(({ migrations_dir }) => migrations_dir))];
  return [
    ...classes.filter((name) => !made.has(name)).map((name) => `${name} has no migration in wrangler.toml.`),
    ...classes.filter((name) => !exported.has(name)).map((name) => `${name} is not exported by ${main}.`),
    ...folders.flatMap((folder) => {
      const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(".sql"));
      const numbers = names.map((name) => /^(\d{4})_/.exec(name)?.[1] ?? name);
      const twice = numbers.filter((number, index) => numbers.indexOf(number) !== index);
      return [
        ...(names.length === 0 ? [`${folder} holds no migration.`] : []),
        ...twice.map((number) => `${folder} has the number ${number} twice.`),
      ];
    }),
  ];
}
