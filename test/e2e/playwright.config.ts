/** The browser's tests: Chromium, one after the other, against a server of their own with a fresh demo company. */
import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import { demoHome, origin, port, root } from "./server.ts";

export default defineConfig({
  testDir: ".",
  outputDir: join(root, "test-results"),
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: origin,
    locale: "en-GB",
    timezoneId: "Europe/Paris",
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
    // What moves is drawn by the processor here, and the tests wait until nothing does.
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: {
    // The zones are quick, not instant: the tests see an action run before it is done.
    command: `node scripts/start.mjs --quiet --fresh --port ${port} --home ${demoHome} --var ZONE_PACE:0.2 --var RATE_LIMITS:off`,
    cwd: root,
    url: `${origin}/itcare/health`,
    timeout: 180_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: "SIGTERM", timeout: 15_000 },
    stdout: "pipe",
    stderr: "pipe",
  },
});
