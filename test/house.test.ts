/** Rules about the repository itself. Each says what to do when it is broken. */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { retentionLines } from "../worker/contract/retention.ts";
import { problems } from "../worker/contract/problems.ts";

const root = join(import.meta.dirname, "..");

/** What git has or would have: committed files, and new ones that are not ignored. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((path) => path !== "" && statSync(join(root, path), { throwIfNoEntry: false })?.isFile());

const isText = (path: string): boolean => !/\.(png|jpg|ico|woff2?|webp|pdf)$/.test(path);
const texts = new Map(files.filter(isText).map((path) => [path, readFileSync(join(root, path), "utf8")]));
const isCode = (path: string): boolean => /\.(ts|mjs|svelte)$/.test(path) && !path.endsWith(".d.ts");
const code = [...texts.keys()].filter(isCode);
const product = code.filter((path) => /^(worker|db|web)\//.test(path));
const here = "test/house.test.ts";

/** `path:line: text` for every line that matches. */
function lines(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    texts
      .get(path)!
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
}

const isComment = (line: string): boolean => /^[^:]+:\d+: (\*|\/\/|\/\*)/.test(line);

/** Holds that nothing was found; the message says what to do. */
function none(found: readonly string[], doThis: string): void {
  expect(found, doThis).toEqual([]);
}

describe("directions", () => {
  type Layer = "contract" | "worker" | "db" | "tool" | "web" | "scripts" | "test" | "config";

  /** Seeding and migrating are tools: they use what the product has, and the product never uses them. */
  function layerOf(path: string): Layer {
    if (path.startsWith("worker/contract/")) return "contract";
    if (/^db\/(seed|migrate)\b/.test(path)) return "tool";
    const [top] = path.split("/");
    return top === "worker" || top === "db" || top === "web" || top === "scripts" || top === "test" ? top : "config";
  }

  const mayImport: Record<Layer, readonly Layer[]> = {
    contract: ["contract"],
    db: ["contract", "db"],
    tool: ["contract", "db", "tool", "worker"],
    worker: ["contract", "db", "worker"],
    web: ["contract", "web"],
    scripts: ["contract", "db", "tool", "worker", "scripts"],
    test: ["contract", "db", "tool", "worker", "web", "scripts", "test"],
    config: ["contract", "scripts", "test", "config"],
  };
  /** Generated files are the tests' to compare and the scripts' to write. */
  const exceptions = new Set(["scripts/generate.ts → test/policy/matrix.ts"]);

  function importsOf(path: string): string[] {
    return [...texts.get(path)!.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*["'](\.[^"']+)["']/g)].map((match) => match[1]!);
  }

  test("imports go one way: contract ← db ← worker, contract ← web, and nobody imports test", () => {
    const wrong = code.flatMap((path) =>
      importsOf(path)
        .map((specifier) => posix.normalize(posix.join(dirname(path), specifier)))
        .filter((target) => !mayImport[layerOf(path)].includes(layerOf(target)))
        .map((target) => `${path} → ${target}`)
        .filter((arrow) => !exceptions.has(arrow)),
    );
    none(wrong, "Move what is shared down to worker/contract, or the code that needs it up; design: Layout");
  });

  test("the contract is pure: it imports zod and itself, and touches no platform", () => {
    const contract = code.filter((path) => layerOf(path) === "contract");
    const foreign = contract.flatMap((path) =>
      [...texts.get(path)!.matchAll(/\bfrom ["']([^."'][^"']*)["']/g)].filter(([, name]) => name !== "zod").map(([, name]) => `${path} → ${name}`),
    );
    none(foreign, "Keep worker/contract free of packages other than zod: web and test load it too");
  });

  test("a relative import names its file", () => {
    const bare = code.flatMap((path) =>
      importsOf(path)
        .filter((specifier) => !/\.(ts|mjs|js|svelte|css|json|svg)(\?\w+)?$/.test(specifier))
        .map((specifier) => `${path} → ${specifier}`),
    );
    none(bare, "Write the extension: Node runs these files as they are");
  });
});

describe("one place for each thing", () => {
  const outside = (...places: readonly string[]) => product.filter((path) => !places.some((place) => path.startsWith(place)));

  test("only db/commit.ts calls batch()", () => {
    none(
      lines([...outside("db/commit.ts"), ...code.filter((path) => path.startsWith("scripts/"))], /\.batch\b/),
      "Use commit() for writes and readTogether() for reads, of db/commit.ts",
    );
  });

  test("only the gate mints permits, and nobody casts one", () => {
    none(lines(outside("worker/gate/"), /\bmintPermit\b/), "Take the permit as a parameter: the gate mints it after it has decided");
    none(lines(outside("worker/gate/permit.ts"), /\bas (unknown as )?Permit\b/), "A cast forges a permit: take it as a parameter");
  });

  test("a route is a row of the table, or one of the lists of protocol endpoints", () => {
    const routes = lines(
      outside("worker/app.ts", "worker/gate/mount.ts", "worker/identity/", "worker/dns/", "worker/mail/mailbox.ts", "web/"),
      /\.(get|post|put|patch|delete|all|on|route)\(\s*["'`]\//,
    );
    none(routes, "Add a row to worker/contract/actions.ts; only sign-in, OAuth, DNS and a local mailbox stand beside it");
  });

  test("errors are problems", () => {
    const made = lines(outside("worker/gate/", "worker/identity/oauth/errors.ts", "web/"), /status: [45]\d\d\b/).filter(
      (line) => !/worker\/contract\/problems\.ts|worker\/log\/organization-log\.ts/.test(line),
    );
    none(made, "Throw a Problem with a code of contract/problems.ts: its status stands there");
  });

  test("a Durable Object is named in its own wrapper", () => {
    const wrappers = {
      ZONE_CONTROLLERS: "worker/zones/wake.ts",
      SIMULATED_ZONES: "worker/zones/simulated/engine.ts",
      ORGANIZATION_LOGS: "worker/log/notify.ts",
      ORGANIZATION_PACES: "worker/pace/pace.ts",
    };
    for (const [namespace, wrapper] of Object.entries(wrappers)) {
      const named = lines(
        outside(wrapper, "worker/env.ts"),
        new RegExp(`\\b${namespace}\\b.*\\b(getByName|idFromName|idFromString|newUniqueId|get)\\(`),
      );
      none(named, `Ask ${wrapper} for it: the name of an object is its identity, and is made in one place`);
    }
    none(
      lines(outside(), /\bgetByName\(/).filter((line) => !line.includes("inJurisdiction(")),
      "Ask inJurisdiction() of worker/routing/jurisdiction.ts for the namespace: an object that is named outside of it is another one, kept anywhere",
    );
    none(lines(outside(...Object.values(wrappers)), /\b(idFromName|idFromString|newUniqueId)\(/), "Name Durable Objects in their wrappers only");
  });

  test("the database is used as D1 is", () => {
    none(
      lines(product, /\.transaction\(/).filter((line) => !isComment(line)),
      "D1 has no transaction(): use commit()",
    );
    none(
      lines(product, /meta\.changes/).filter((line) => !isComment(line)),
      "meta.changes counts what triggers wrote: give the write a `must`",
    );
    const migrations = [...texts.keys()].filter((path) => path.endsWith(".sql"));
    none(
      // The search index has no children, and is made of the resources again.
      lines(migrations, /on delete cascade|drop table(?! resource_name\b)/i),
      "On D1 a rebuild of the parent would take the children with it: add columns, delete rows by hand",
    );
  });
});

describe("the console", () => {
  const web = [...texts.keys()].filter((path) => path.startsWith("web/"));

  test("has no markup from strings and no inline script", () => {
    none(lines(web, /\{@html|\binnerHTML\b|\bouterHTML\b|insertAdjacentHTML/), "Build it from elements: Trusted Types let no string become markup");
    none(
      lines(web, /\son\w+="/).filter((line) => line.includes(".html:")),
      "Listen in a module: the policy lets no inline handler run",
    );
    const inHead = web.filter((path) => /<svelte:head>(?:(?!<\/svelte:head>)[\s\S])*<script/.test(texts.get(path)!));
    const inPage = web.filter((path) => path.endsWith(".html") && /<script\b(?![^>]*\bsrc=)/.test(texts.get(path)!));
    none([...inHead, ...inPage], "Give the script a file: the policy lets no inline script run");
  });

  test("asks nobody but ITCare", () => {
    const abroad = lines(
      web.filter((path) => /\.(ts|svelte|css|html)$/.test(path)),
      /["'(]https?:\/\/(?!localhost|[\w.-]*\.(example|invalid)\b|www\.w3\.org\/)/,
    ).filter((line) => !isComment(line));
    none(abroad, "Ship it with the console: nothing is loaded from elsewhere");
  });
});

describe("whatever is written", () => {
  test("every problem code is used", () => {
    const used = [...texts]
      .filter(([path]) => path.startsWith("worker/") && path !== "worker/contract/problems.ts")
      .map(([, text]) => text)
      .join("\n");
    none(
      Object.keys(problems).filter((name) => !used.includes(`"${name}"`)),
      "Delete the code from contract/problems.ts, or throw it",
    );
  });

  test("is finished", () => {
    none(
      lines(
        code.filter((path) => path !== here),
        /\b(TODO|FIXME|XXX|HACK)\b/,
      ),
      "Do it, or write it down where work is planned",
    );
    none(
      lines(
        code.filter((path) => path.startsWith("test/") && path !== here),
        /\.(only|skip|todo|fails)\(/,
      ),
      "A test runs, always: mend it or delete it",
    );
  });

  test("a file is one idea: 300 lines, unless it is a table", () => {
    const tables = [/\.(test|spec)\.ts$/, /^web\/messages\//, /^worker\/contract\/actions\.ts$/, /^worker\/identity\/password\/blocklist/];
    const long = code.filter((path) => !tables.some((table) => table.test(path))).filter((path) => texts.get(path)!.split("\n").length > 301);
    none(long, "Split it by idea, or list it as the table that it is");
    const longTests = code.filter((path) => tables[0]!.test(path)).filter((path) => texts.get(path)!.split("\n").length > 1000);
    none(longTests, "Split the test file by what it is about");
  });

  test("knows no machine but the reader's own", () => {
    const paths = lines(
      [...texts.keys()].filter((path) => path !== here && path !== "package-lock.json"),
      /(^|["'`\s(=])\/(work|home|root|Users|mnt|opt)\/\w/,
    );
    none(paths, "Write paths relative to the repository");
  });
});

test("the README says what is kept how long, as the sweepers have it", () => {
  const told = texts.get("README.md")!.split("\n");
  none(
    retentionLines().filter((line) => !told.includes(line)),
    "Copy the line from worker/contract/retention.ts into the README's table of retention",
  );
});

describe("packages", () => {
  const manifest = JSON.parse(texts.get("package.json")!) as Record<string, Record<string, string>>;

  test("are pinned exactly", () => {
    const groups = ["dependencies", "devDependencies", "optionalDependencies", "overrides"];
    const loose = groups.flatMap((group) =>
      Object.entries(manifest[group] ?? {})
        .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
        .map(([name, version]) => `${name}: ${version}`),
    );
    none(loose, "Pin the version exactly, and run `npm ci --dry-run` afterwards");
  });

  test("are each used", () => {
    const everything = [...texts]
      .filter(([path]) => isCode(path) || /\.(css|html|json|toml)$/.test(path))
      .filter(([path]) => path !== "package-lock.json" && path !== "package.json")
      .map(([, text]) => text)
      .join("\n");
    const byName = new Set(["@types/node", "@cloudflare/workers-types", "oxfmt", "oxlint", "svelte-check", "typescript"]);
    const direct = Object.keys({ ...manifest["dependencies"], ...manifest["devDependencies"] });
    none(
      direct.filter((name) => !byName.has(name) && !everything.includes(name)),
      "Remove the package: nothing imports it",
    );
  });

  test("are one runtime: miniflare is the one that wrangler brings", () => {
    const lock = JSON.parse(texts.get("package-lock.json")!) as { packages: Record<string, { dependencies?: Record<string, string> }> };
    const wanted = lock.packages["node_modules/wrangler"]!.dependencies!["miniflare"];
    expect(manifest["devDependencies"]!["miniflare"], "Pin miniflare at exactly wrangler's version: another one brings a second workerd").toBe(
      wanted,
    );
  });

  test("come from whatever registry the reader has", () => {
    none(
      lines(["package-lock.json"], /"resolved":/).slice(0, 3),
      "Remove `resolved` from the lock file: npm config set omit-lockfile-registry-resolved true, and lock again",
    );
  });
});
