/**
 * `npm test`: the checks, vitest, the crash test and the browser's tests, one after the other. The last line is `N passed, N failed` over all of them.
 * `--long`: with full numbers, and a report in test/long-report.json.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check } from "./check.mjs";
import { ensureChromium } from "./lib/chromium.ts";
import { ownEnvironment, root } from "./lib/own-node.mjs";
import { isFree } from "./lib/server.ts";

interface Count {
  passed: number;
  failed: number;
}

const long = process.argv.includes("--long");
/** Fixed, so that a change is what makes a test fail; the long run looks elsewhere each time. */
const seed = process.env.SEED ?? (long ? String(Math.floor(Math.random() * 2 ** 31)) : "20261121");
const folder = mkdtempSync(join(tmpdir(), "itcare-test-"));
const MINUTE = 60_000;

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
      env: ownEnvironment({ SEED: seed, ...(long && { LONG: "1" }), ...env }),
      timeout: (long ? 240 : 20) * MINUTE,
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

async function vitest(): Promise<Count> {
  const path = join(folder, "vitest.json");
  const { ok } = await run(
    ["node_modules/vitest/vitest.mjs", "run", "--reporter=dot", "--reporter=json", `--outputFile.json=${path}`],
    long ? { ROUNDS: "1000", REQUESTS: "20000" } : {},
  );
  const report = readReport<{ numPassedTests: number; numFailedTests: number; testResults: { status: string; assertionResults: unknown[] }[] }>(path);
  const unloaded = report?.testResults.filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0).length ?? 0;
  return counted(ok, report?.numPassedTests ?? 0, (report?.numFailedTests ?? 0) + unloaded);
}

async function crash(): Promise<Count> {
  const { ok, output } = await run(["scripts/test-crash.ts"], { ROUNDS: long ? "50" : "5" });
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

const steps: Record<string, () => Count | Promise<Count>> = {
  check,
  vitest,
  ...(existsSync(join(root, "scripts/test-crash.ts")) && { crash }),
  browser,
};
const total: Count = { passed: 0, failed: 0 };
const lines: string[] = [];
const report: Record<string, Count & { seconds: number }> = {};
for (const [name, step] of Object.entries(steps)) {
  console.log(`\n── ${name}`);
  const started = Date.now();
  const { passed, failed } = await step();
  const seconds = Math.round((Date.now() - started) / 1000);
  total.passed += passed;
  total.failed += failed;
  report[name] = { passed, failed, seconds };
  lines.push(`${name.padEnd(10)} ${String(passed).padStart(5)} passed  ${String(failed).padStart(3)} failed  ${String(seconds).padStart(4)} s`);
}
rmSync(folder, { recursive: true, force: true });

if (long) {
  const commit = spawnSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).stdout.trim();
  writeFileSync(join(root, "test/long-report.json"), `${JSON.stringify({ at: new Date().toISOString(), commit, seed, steps: report }, null, 2)}\n`);
}
console.log(`\n${lines.join("\n")}\nseed ${seed}\n`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
