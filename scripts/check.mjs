// Plain JavaScript: runs on Node 20, before anything is installed.
/** `npm run check`: types, lint, format, generated files, dead files. Says everything that is wrong, not only the first thing. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureInstalled, ownEnvironment, ownNode, root } from "./lib/own-node.mjs";

const modules = join(root, "node_modules");
const checks = [
  ["types of worker, db, test and scripts", `${modules}/typescript/bin/tsc`, "-p", "."],
  [
    "types and markup of web",
    `${modules}/svelte-check/bin/svelte-check`,
    "--workspace",
    "web",
    "--tsconfig",
    "tsconfig.json",
    "--output",
    "human",
    "--fail-on-warnings",
  ],
  ["lint", `${modules}/oxlint/bin/oxlint`],
  ["format (npm run format mends it)", `${modules}/oxfmt/bin/oxfmt`, "--check", "."],
  ["generated files (npm run generate mends them)", "scripts/generate.ts", "--check"],
  ["dead files", "scripts/dead-files.ts"],
  ["what would be deployed", "scripts/deploy.ts", "--dry-run"],
];

/** @returns {{ passed: number, failed: number }} */
export function check() {
  const failed = checks.filter(([name, program, ...args]) => {
    const { status, stdout, stderr } = spawnSync(ownNode(), [program, ...args], { cwd: root, encoding: "utf8", env: ownEnvironment() });
    console.log(`${status === 0 ? "✓" : "✗"} ${name}`);
    if (status !== 0) console.log(`${stdout}${stderr}`.trim());
    return status !== 0;
  }).length;
  return { passed: checks.length - failed, failed };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  ensureInstalled();
  process.exitCode = check().failed > 0 ? 1 : 0;
}
