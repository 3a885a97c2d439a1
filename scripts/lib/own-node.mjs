// Plain JavaScript: runs on Node 20, before anything is installed.
/** Installs what the lock file says when something differs, and runs programs with the project's own Node. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");
const bin = join(root, "node_modules", ".bin");

/**
 * Ends the program with a message that says what to do.
 * @param {string} message
 * @returns {never}
 */
export function giveUp(message) {
  console.error(`\n${message}\n`);
  process.exit(1);
}

export function requireNode20() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20)
    giveUp(
      `ITCare needs Node 20 or newer to begin with; this is Node ${process.versions.node}. Install a newer one from your system or nodejs.org, then run the same command again.`,
    );
}

/** True when node_modules holds exactly the versions of the lock file (packages for other platforms aside). */
export function isInstalled() {
  const hidden = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const there = JSON.parse(readFileSync(hidden, "utf8")).packages;
  return Object.entries(wanted).every(([path, { version, optional }]) => path === "" || (there[path] ? there[path].version === version : optional));
}

export function ensureInstalled() {
  requireNode20();
  if (isInstalled()) return;
  console.log("Installing the dependencies (once; about a minute) …");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) giveUp("`npm ci` has failed; its message stands above. Is the npm registry within reach?");
}

/** The Node that the lock file brings on Linux; elsewhere the one that runs this, which must then be new enough. */
export function ownNode() {
  const brought = join(bin, "node");
  if (process.platform === "linux" && existsSync(brought) && spawnSync(brought, ["--version"]).status === 0) return brought;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  return giveUp(`On ${process.platform} ITCare runs on your own Node, which must be 22.18 or newer; this is ${process.versions.node}.`);
}

export function ownEnvironment(more = {}) {
  return {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    NODE_NO_WARNINGS: "1",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_HIDE_BANNER: "true",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    ...more,
  };
}

/**
 * Runs a script with the project's Node, passes signals on, and answers its exit code.
 * @param {string} script relative to the top of the repository
 * @param {readonly string[]} args
 */
export function runOwn(script, args = [], { env = {}, stdio = "inherit" } = {}) {
  return new Promise((resolve) => {
    const child = spawn(ownNode(), [join(root, script), ...args], { cwd: root, stdio, env: ownEnvironment(env) });
    const passOn = (signal) => child.kill(signal);
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, passOn);
    child.on("close", (code) => {
      for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, passOn);
      resolve(code ?? 1);
    });
  });
}
