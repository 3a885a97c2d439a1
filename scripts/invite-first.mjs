// Plain JavaScript: runs on Node 20, before anything is installed. What it starts is scripts/invite-first.ts.
import { ensureInstalled, runOwn } from "./lib/own-node.mjs";

ensureInstalled();
process.exitCode = await runOwn("scripts/invite-first.ts", process.argv.slice(2));
