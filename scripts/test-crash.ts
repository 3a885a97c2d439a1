/** `npm run test:crash`: kills the runtime at random moments under load and looks what is left. CRASHES says how often, 50 unless said otherwise. */
import { runOwn } from "./lib/own-node.mjs";

process.exitCode = await runOwn("test/crash/run.ts");
