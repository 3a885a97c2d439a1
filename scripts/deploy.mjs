// Plain JavaScript: runs on Node 20, before anything is installed. What it starts is scripts/deploy.ts.
import { ensureInstalled, runOwn } from "./lib/own-node.mjs";

ensureInstalled();
process.exitCode = await runOwn("scripts/deploy.ts", process.argv.slice(2));
