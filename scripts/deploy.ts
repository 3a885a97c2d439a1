/**
 * `npm run deploy`: brings ITCare to a Cloudflare account, and later up to date there. production.toml says where.
 *
 *   npm run deploy                    what is missing is made, what is there is found
 *   npm run deploy -- --dry-run       builds, bundles and looks whether everything is accounted for; no account, no network
 */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { parseArgs } from "node:util";
import { budget, buildConsole, inspectBundle } from "./lib/bundle.ts";
import { checkSettings, deploy, Stopped } from "./lib/deployment.ts";
import { giveUp } from "./lib/own-node.mjs";
import { readProduction, writeProduction } from "./lib/production.ts";
import { wrangler } from "./lib/wrangler.ts";

const { values: options } = parseArgs({ options: { "dry-run": { type: "boolean" } } });
const production = readProduction();

try {
  if (options["dry-run"]) await dryRun();
  else {
    await deploy({ production, wrangler, say: console.log, ask, configure: (ids) => writeProduction(production, ids), buildConsole });
    console.log(
      "\nThe first time, invite the first person of Service Delivery:\n\n  npm run invite-first -- --organization NAME --name NAME --email ADDRESS\n",
    );
  }
} catch (error) {
  if (error instanceof Stopped) giveUp(error.message);
  throw error;
}

async function dryRun(): Promise<void> {
  await checkSettings(production, true);
  const { sizes, wrong } = await inspectBundle(production, wrangler);
  if (wrong.length > 0) giveUp(wrong.join("\n"));
  const lines = Object.entries(sizes).map(([what, size]) => `${what} ${size} of ${budget[what as keyof typeof budget]} KiB`);
  console.log(`Everything that production needs is accounted for: ${lines.join(", ")}.`);
}

/** Typed without an echo, and kept nowhere but in the Worker. */
async function ask(question: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  process.stdout.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true });
  const answer = await reader.question("");
  reader.close();
  process.stdout.write("\n");
  return answer.trim();
}
