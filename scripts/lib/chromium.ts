/** Chromium for the browser's tests: found, or installed from the system's packages. Playwright's own download is never needed. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

/** The shell draws no window, which halves what a page costs; it is the same Chromium otherwise. */
const usual = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

const candidates = (): string[] => [process.env.CHROMIUM ?? "", ...usual, chromium.executablePath()];

function findChromium(): string | null {
  return candidates().find((path) => path !== "" && existsSync(path)) ?? null;
}

function apt(...args: string[]): void {
  spawnSync("apt-get", args, { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
}

/** The program's path, or null with a message that says what to install. */
export function ensureChromium(): string | null {
  const found = findChromium();
  if (found) return found;
  if (process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0) {
    console.log("Installing Chromium from the system's packages …");
    apt("update");
    for (const name of ["chromium-headless-shell", "chromium"]) {
      apt("install", "-y", "--no-install-recommends", name);
      const installed = findChromium();
      if (installed) return installed;
    }
  }
  console.error("No Chromium was found. Install it (Debian: apt-get install chromium) or say where it is: CHROMIUM=/path/to/chromium npm test");
  return null;
}
