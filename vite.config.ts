import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { seedOf, sizeOf } from "./scripts/lib/sizes.ts";
import { testSecrets } from "./test/secrets.ts";

/** The console's build, and the test projects: `pure` rules in Node, `worker` (SQL, Durable Objects, HTTP) in workerd. */
export default defineConfig({
  root: `${import.meta.dirname}/web`,
  plugins: [svelte()],
  build: { outDir: "../dist/client", emptyOutDir: true, target: "es2023", assetsInlineLimit: 0 },
  server: {
    proxy: { "/itcare": { target: "http://localhost:8787", ws: true }, "/auth": "http://localhost:8787", "/mailbox/": "http://localhost:8787" },
  },
  test: {
    projects: [
      { root: import.meta.dirname, test: { name: "pure", include: ["test/{policy,contract,web}/**/*.test.ts", "test/*.test.ts"] } },
      {
        root: import.meta.dirname,
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                ...testSecrets,
                MAIL: "mailbox",
                ZONE_PACE: "0",
                RATE_LIMITS: "off",
                ROUNDS: String(sizeOf("ROUNDS")),
                REQUESTS: String(sizeOf("REQUESTS")),
                SEED: String(seedOf()),
                DIRECTORY_MIGRATIONS: await readD1Migrations("db/directory/migrations"),
                REGION_MIGRATIONS: await readD1Migrations("db/region/migrations"),
              },
            },
          })),
        ],
        test: {
          name: "worker",
          include: ["test/{api,operations,db,identity,log}/**/*.test.ts"],
          setupFiles: ["test/setup.ts"],
          maxWorkers: 2,
          testTimeout: 60_000,
          deps: {
            optimizer: {
              ssr: {
                enabled: true,
                include: [
                  "@simplewebauthn/server/helpers",
                  "hono",
                  "zod",
                  "drizzle-orm",
                  "drizzle-orm/sqlite-core",
                  "drizzle-orm/d1",
                  "jose",
                  "oauth4webapi",
                  "openid-client",
                  "fast-check",
                ],
              },
            },
          },
        },
      },
    ],
  },
});
