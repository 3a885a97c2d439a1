// Plain JavaScript: runs on Node 20, before anything is installed. What it starts is scripts/start.ts.
import { ensureInstalled, runOwn } from "./lib/own-node.mjs";

ensureInstalled();
process.exitCode = await runOwn("scripts/start.ts", process.argv.slice(2));
