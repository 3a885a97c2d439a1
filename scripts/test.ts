/**
 * `npm test`: the checks, the crash test and the browser's tests, with vitest beside them. The last line is `N passed, N failed` over all of them.
 * `--long`: with full numbers, and a report in test/long-report.json.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium } from "./lib/chromium.ts";
import { ownEnvironment, root } from "./lib/own-node.mjs";
import { isFree } from "./lib/server.ts";
import { long as longSizes, SEED, short } from "./lib/sizes.ts";

interface Count {
  passed: number;
  failed: number;
}

const long = process.argv.includes("--long");
const seed = process.env.SEED ?? String(long ? Math.floor(Math.random() * 2 ** 31) : SEED);
const sizes = Object.entries(long ? longSizes : short).map(([name, number]) => [name, process.env[name] ?? String(number)] as const);
const folder = mkdtempSync(join(temporary(), "itcare-test-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
const MINUTE = 60_000;
const began = Date.now();
const REPORT = "test/long-report.json";

/** In memory where there is room: a database that is thrown away need not reach the disk with each commit, and waiting for that is a third of the time. */
function temporary(): string {
  const [memory, needed] = ["/dev/shm", 4 * 2 ** 30];
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize >= needed ? memory : tmpdir();
}

/** The commit that the files are, or null: they differ from it, or git does not know them. The report itself may differ. */
function commitOfFiles(): string | null {
  const git = (...args: string[]) => spawnSync("git", args, { cwd: root, encoding: "utf8" });
  const changed = git("status", "--porcelain", "--", ".", `:!${REPORT}`);
  return changed.status === 0 && changed.stdout === "" ? git("rev-parse", "HEAD").stdout.trim() : null;
}

interface Run {
  ok: boolean;
  output: string;
}

/** Runs a program to its end; what it prints is shown as it comes. */
function run(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
      env: ownEnvironment({ TMPDIR: folder, SEED: seed, ...Object.fromEntries(sizes), ...env }),
      timeout: (long ? 90 : 20) * MINUTE,
      killSignal: "SIGTERM",
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += String(chunk);
      process.stdout.write(chunk);
    });
    child.on("close", (code) => resolve({ ok: code === 0, output }));
  });
}

function readReport<Report>(path: string): Report | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Report) : null;
}

/** A runner that failed without a failed test (a file that does not load, a time-out) counts as one. */
function counted(ok: boolean, passed: number, failed: number): Count {
  return { passed, failed: ok ? failed : Math.max(failed, 1) };
}

async function check(): Promise<Count> {
  const { ok, output } = await run(["scripts/check.mjs"]);
  return counted(ok, output.match(/^✓/gm)?.length ?? 0, output.match(/^✗/gm)?.length ?? 0);
}

async function vitest(): Promise<Count> {
  const path = join(folder, "vitest.json");
  const { ok } = await run(["node_modules/vitest/vitest.mjs", "run", "--reporter=dot", "--reporter=json", `--outputFile.json=${path}`]);
  const report = readReport<{ numPassedTests: number; numFailedTests: number; testResults: { status: string; assertionResults: unknown[] }[] }>(path);
  const unloaded = report?.testResults.filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0).length ?? 0;
  return counted(ok, report?.numPassedTests ?? 0, (report?.numFailedTests ?? 0) + unloaded);
}

async function crash(): Promise<Count> {
  const { ok, output } = await run(["scripts/test-crash.ts"]);
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(output) ?? [];
  return counted(ok, Number(passed ?? 0), Number(failed ?? 0));
}

async function browser(): Promise<Count> {
  const chromium = ensureChromium();
  if (!chromium) return { passed: 0, failed: 1 };
  const path = join(folder, "playwright.json");
  const env = { CHROMIUM: chromium, E2E_PORT: String(await freePort()), E2E_HOME: join(folder, "e2e"), PLAYWRIGHT_JSON_OUTPUT_NAME: path };
  const { ok } = await run(["node_modules/@playwright/test/cli.js", "test", "-c", "test/e2e/playwright.config.ts", "--reporter=list,json"], env);
  const stats = readReport<{ stats: { expected: number; unexpected: number; flaky: number } }>(path)?.stats;
  return counted(ok, stats?.expected ?? 0, (stats?.unexpected ?? 0) + (stats?.flaky ?? 0));
}

async function freePort(port = 8900): Promise<number> {
  return (await isFree(port)) ? port : freePort(port + 1);
}

const steps: Record<string, () => Promise<Count>> = { check, crash, browser, vitest };
/** Two lanes beside each other: the browser and the crashes mostly wait, vitest takes whatever there is. */
const lanes = [["check", "crash", "browser"], ["vitest"]];
const tested = commitOfFiles();
if (long && tested === null) console.warn("The files are no commit of git's: the report will not name one.");
const report: Record<string, Count & { seconds: number }> = {};
await Promise.all(lanes.map(inOrder));

async function inOrder(names: readonly string[]): Promise<void> {
  for (const name of names) {
    console.log(`\n── ${name}`);
    const started = Date.now();
    const count = await steps[name]!();
    report[name] = { ...count, seconds: Math.round((Date.now() - started) / 1000) };
  }
}

const took = Math.round((Date.now() - began) / 1000);
const passed = Object.values(report).reduce((sum, step) => sum + step.passed, 0);
const failed = Object.values(report).reduce((sum, step) => sum + step.failed, 0);
if (long) {
  // What was changed while the tests ran was not tested.
  const commit = tested === commitOfFiles() ? tested : null;
  const numbers = Object.fromEntries(sizes.map(([name, number]) => [name.toLowerCase(), Number(number)]));
  const text = JSON.stringify(
    { at: new Date().toISOString(), commit, seed: Number(seed), numbers, passed, failed, seconds: took, steps: report },
    null,
    2,
  );
  writeFileSync(join(root, REPORT), `${text}\n`);
}
for (const [name, step] of Object.entries(report)) {
  const [good, bad, seconds] = [String(step.passed).padStart(5), String(step.failed).padStart(3), String(step.seconds).padStart(4)];
  console.log(`${name.padEnd(10)} ${good} passed  ${bad} failed  ${seconds} s`);
}
console.log(`${took} s, seed ${seed}; ${sizes.map(([name, number]) => `${number} ${name.toLowerCase()}`).join(", ")}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
