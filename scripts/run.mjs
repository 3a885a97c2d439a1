// Plain JavaScript: runs on Node 20. What it is given runs on the project's own Node.
import { ensureInstalled, runOwn } from "./lib/own-node.mjs";

ensureInstalled();
const [script, ...args] = process.argv.slice(2);
process.exitCode = await runOwn(script, args);
