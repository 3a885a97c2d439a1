/**
 * Kills the whole runtime at random moments under load, starts it again, and looks: nothing acknowledged is lost, doubled or left half done, nothing is
 * stuck a minute after the restart, and the log has each event once.
 *
 *   npm run test:crash            50 rounds; CRASHES=5 for fewer, SHOW=1 to see what the Worker says
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownEnvironment, root } from "../../scripts/lib/own-node.mjs";
import { isFree } from "../../scripts/lib/server.ts";
import { long } from "../../scripts/lib/sizes.ts";
import type { LogExport } from "../../worker/contract/log-entry.ts";
import { acknowledgedStands, booksAgree, effectsAreExact, gather, logTells, plansAreWhole, settle } from "./checks.ts";
import { populate } from "./people.ts";
import { Server } from "./server.ts";
import { Writer } from "./writers.ts";

const ROUNDS = Number(process.env["CRASHES"] ?? long.CRASHES);
const STUCK_AFTER = 60_000;
const folder = mkdtempSync(join(tmpdir(), "itcare-crash-"));
const state = join(folder, "state");
const bundle = join(folder, "bundle");
const port = await freePort(8950);
const origin = `http://localhost:${port}`;

let passed = 0;
let failed = 0;
let server: Server | null = null;
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop(1));

build();
const company = await populate(state, origin);
const since = Date.now();
const writers = company.drivers.flatMap((driver) => driver.lanes.map((lane) => new Writer(driver, lane, origin)));
for (let round = 1; round <= ROUNDS; round++) await crash(round);
await stop(failed === 0 ? 0 : 1);

async function crash(round: number): Promise<void> {
  server ??= await Server.start(bundle, state, port);
  await trouble(server);
  await load();
  await server.kill();
  // Now and then again while it takes up what the first crash left.
  if (Math.random() < 0.3) {
    server = await Server.start(bundle, state, port);
    await pause(0, 1_000);
    await server.kill();
  }
  server = await Server.start(bundle, state, port);
  await pause(100, 300);
  await Promise.all(writers.map((writer) => writer.stop()));
  const settled = await settle(server, STUCK_AFTER);
  const facts = await gather(server, since);
  const acknowledged = writers.flatMap((writer) => writer.acknowledged);
  report(round, "nothing is stuck", settled === null ? [`something is still open after ${STUCK_AFTER} ms`] : []);
  report(round, "nothing acknowledged is lost", acknowledgedStands(acknowledged, facts));
  report(round, "each effect happened once", effectsAreExact(facts));
  report(round, "plans are run in order, and to their end", plansAreWhole(facts));
  report(round, "the books say what is there", await booksAgree(server, facts));
  report(
    round,
    "nobody got an answer that makes no sense",
    writers.flatMap((writer) => writer.surprises.splice(0)),
  );
  if (round % 10 === 0 || round === ROUNDS)
    for (const organizationId of company.representatives.keys())
      report(round, `the log of ${organizationId} tells all of it once`, await logTells(await exportLog(organizationId), organizationId, facts));
  say(
    `round ${round}: ${acknowledged.length} acknowledged, ${facts.operations.size} committed, settled ${settled === null ? "never" : `in ${settled} ms`}`,
  );
}

/** Runs until a random number of acts has been acknowledged, and a random moment longer: however quick the machine is, something is always under way. */
async function load(): Promise<void> {
  const acknowledged = (): number => writers.reduce((sum, writer) => sum + writer.acknowledged.length, 0);
  const enough = acknowledged() + 1 + Math.floor(Math.random() * 25);
  const latest = Date.now() + 8_000;
  for (const writer of writers) writer.start();
  while (acknowledged() < enough && Date.now() < latest) await pause(10, 20);
  await pause(0, 400);
}

/** The zones lose, double and delay some of what they are asked. */
async function trouble(server: Server): Promise<void> {
  const zones = new Set(company.drivers.flatMap((driver) => driver.zones));
  for (const zone of zones)
    for (const fault of ["time-out-after-effect", "duplicate-answer", "reorder", "vanish", "slow"] as const)
      if (Math.random() < 0.5) await server.ask({ zone, arrange: { fault, delay: 1_000 } });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function report(round: number, what: string, complaints: readonly string[]): void {
  if (complaints.length === 0) passed++;
  else failed++;
  if (complaints.length > 0) console.error(`round ${round}: FAILED: ${what}\n  ${complaints.slice(0, 20).join("\n  ")}`);
}

async function exportLog(organizationId: number): Promise<LogExport> {
  const response = await fetch(`${origin}/itcare/log/export`, {
    headers: { cookie: company.representatives.get(organizationId)!, "sec-fetch-site": "same-origin" },
  });
  return (await response.json()) as LogExport;
}

/** The same bundle that is deployed; the console is not needed here. */
function build(): void {
  const assets = join(folder, "assets");
  mkdirSync(assets);
  const built = spawnSync(
    process.execPath,
    [join(root, "node_modules/wrangler/bin/wrangler.js"), "deploy", "--dry-run", "--outdir", bundle, "--assets", assets],
    {
      cwd: root,
      encoding: "utf8",
      env: ownEnvironment({ CI: "1" }),
    },
  );
  if (built.status !== 0) throw new Error(`The Worker does not build:\n${built.stdout}${built.stderr}`);
}

async function pause(from: number, to: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, from + Math.random() * (to - from)));
}

async function freePort(candidate: number): Promise<number> {
  return (await isFree(candidate)) ? candidate : freePort(candidate + 1);
}

async function stop(code: number): Promise<void> {
  await server?.kill();
  const kinds = Map.groupBy(
    writers.flatMap((writer) => writer.acknowledged),
    ({ process: code }) => code,
  );
  say([...kinds].map(([code, some]) => `${code} ${some.length}`).join(", "));
  say(`${passed} passed, ${failed} failed`);
  process.exit(code);
}
