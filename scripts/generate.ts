/**
 * `npm run generate`: writes the files that follow from the table of actions, to be committed and reviewed as a diff. `--check` writes nothing and
 * fails when one is not what it would be.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { matrixText } from "../test/policy/matrix.ts";
import { openApiDocument } from "../worker/gate/openapi.ts";
import { root } from "./lib/own-node.mjs";

const files: Record<string, string> = {
  "test/policy/matrix.txt": matrixText(),
  "web/public/openapi.json": `${JSON.stringify(openApiDocument(), null, 2)}\n`,
};

const stale = Object.keys(files).filter((path) => !existsSync(join(root, path)) || readFileSync(join(root, path), "utf8") !== files[path]);
if (process.argv.includes("--check")) {
  for (const path of stale) console.error(`${path} does not follow from the table any more: run npm run generate, and look at the diff.`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const path of stale) writeFileSync(join(root, path), files[path]!);
  console.log(stale.length > 0 ? `Wrote ${stale.join(", ")}.` : "Everything is up to date.");
}
