// Plain JavaScript: runs on Node 20, before anything is installed. What it starts is scripts/test.ts.
import { ensureInstalled, runOwn } from "./lib/own-node.mjs";

ensureInstalled();
process.exitCode = await runOwn("scripts/test.ts", process.argv.slice(2));
